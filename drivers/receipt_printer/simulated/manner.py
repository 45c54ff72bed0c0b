"""How the next character comes out, and the commands that change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from drivers.receipt_printer.simulated.paper import Glyph, Side

LINE_DOTS = 34
"""ESC 2: a sixth of an inch at 203 dpi."""


@dataclass(frozen=True)
class Manner:
    """Everything a style command sets; as it stands after ESC @."""

    chinese: bool = True
    wide: int = 1
    high: int = 1
    hanzi_wide: int = 1
    hanzi_high: int = 1
    bold: bool = False
    underline: bool = False
    side: Side = "left"
    line_dots: int = LINE_DOTS

    def glyph(self, char: str) -> Glyph:
        """The character in this manner.

        A size set by GS ! counts for all characters, one set by FS ! for Hanzi; the greater shows.
        """
        wide = self.wide if char.isascii() else max(self.wide, self.hanzi_wide)
        high = self.high if char.isascii() else max(self.high, self.hanzi_high)
        return Glyph(char, wide, high, self.bold, self.underline)


def _align(manner: Manner, n: int) -> Manner:
    return replace(manner, side="center" if n in (1, 49) else "right" if n in (2, 50) else "left")


def _size(manner: Manner, n: int) -> Manner:
    return replace(manner, wide=(n >> 4 & 7) + 1, high=(n & 7) + 1)


def _hanzi_mode(manner: Manner, n: int) -> Manner:
    wide, high = (2 if n & 0x04 else 1), (2 if n & 0x08 else 1)
    return replace(manner, hanzi_wide=wide, hanzi_high=high, underline=bool(n & 0x80))


def _quad(manner: Manner, n: int) -> Manner:
    return replace(manner, hanzi_wide=1 + (n & 1), hanzi_high=1 + (n & 1))


PLAIN: Mapping[tuple[int, int], Callable[[Manner], Manner]] = MappingProxyType(
    {
        (0x1B, 0x32): lambda manner: replace(manner, line_dots=LINE_DOTS),
        (0x1C, 0x26): lambda manner: replace(manner, chinese=True),
        (0x1C, 0x2E): lambda manner: replace(manner, chinese=False),
    }
)
"""Style commands of two bytes."""

WITH_NUMBER: Mapping[tuple[int, int], Callable[[Manner, int], Manner]] = MappingProxyType(
    {
        (0x1B, 0x61): _align,
        (0x1B, 0x45): lambda manner, n: replace(manner, bold=bool(n & 1)),
        (0x1B, 0x2D): lambda manner, n: replace(manner, underline=n in (1, 2, 49, 50)),
        (0x1B, 0x33): lambda manner, n: replace(manner, line_dots=n),
        (0x1C, 0x21): _hanzi_mode,
        (0x1C, 0x57): _quad,
        (0x1D, 0x21): _size,
    }
)
"""Style commands of two bytes and a number."""
