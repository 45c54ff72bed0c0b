"""What is on the simulated paper: rows of characters, pictures, and where they lie, in dots of 1/8 mm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Side = Literal["left", "center", "right"]

DOTS_PER_MM = 8
HEAD_TO_CUTTER_DOTS = 64
"""Paper between head and cutter: the white that every real ticket has on top."""


@dataclass(frozen=True)
class Glyph:
    """One printed character; a plain one is 12 or, from the Hanzi font, 24 dots wide."""

    char: str
    wide: int
    high: int
    bold: bool
    underline: bool

    @property
    def width_dots(self) -> int:
        """The cell it takes on the line."""
        return (12 if self.char.isascii() else 24) * self.wide


@dataclass(frozen=True)
class Row:
    """One printed line; `top` counts from the upper edge of the ticket."""

    glyphs: tuple[Glyph, ...]
    side: Side
    top: int

    @property
    def width_dots(self) -> int:
        """Dots from its first to its last cell."""
        return sum(glyph.width_dots for glyph in self.glyphs)

    @property
    def height_dots(self) -> int:
        """Dots of its highest character."""
        return max((24 * glyph.high for glyph in self.glyphs), default=24)

    @property
    def text(self) -> str:
        """What can be read on it."""
        return "".join(glyph.char for glyph in self.glyphs)


@dataclass(frozen=True)
class Dots:
    """A picture; each row one bool per dot, True is black."""

    rows: tuple[tuple[bool, ...], ...]
    side: Side
    top: int


@dataclass(frozen=True)
class Ticket:
    """A piece of paper in the tray (`cut`), or a scrap torn off by hand."""

    marks: tuple[Row | Dots, ...]
    qr: tuple[str, ...]
    length_dots: int
    width_dots: int
    cut: bool

    @property
    def text(self) -> str:
        """All its lines."""
        return "\n".join(mark.text for mark in self.marks if isinstance(mark, Row))

    @property
    def length_mm(self) -> float:
        """How much paper it took."""
        return self.length_dots / DOTS_PER_MM


@dataclass
class Sheet:
    """The piece of paper under the head, not yet cut."""

    marks: list[Row | Dots] = field(default_factory=list)
    qr: list[str] = field(default_factory=list)
    head: int = HEAD_TO_CUTTER_DOTS

    @property
    def touched(self) -> bool:
        """Whether anything was printed or fed on it."""
        return bool(self.marks) or self.head > HEAD_TO_CUTTER_DOTS

    def take_off(self, width_dots: int, *, cut: bool) -> Ticket:
        """The ticket that leaves the printer here."""
        return Ticket(tuple(self.marks), tuple(self.qr), self.head, width_dots, cut)
