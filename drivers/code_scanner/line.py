"""Codes on a serial line: no length, no checksum, only a suffix and the stillness after it (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from drivers.code_scanner.code import CODE_BYTES_MAX, Broken, Item, item_of

_ENDS: Final = (0x0D, 0x0A)


@dataclass
class LineFinder:
    """Cuts at CR, LF or CRLF, and, unless `needs_suffix`, where the line falls still."""

    needs_suffix: bool = False
    _held: bytearray = field(default_factory=bytearray)
    _flooded: bool = False

    @property
    def begun(self) -> bool:
        """See Finder.begun."""
        return bool(self._held) or self._flooded

    def feed(self, untrusted_data: bytes) -> tuple[Item, ...]:
        """See Finder.feed. Empty lines are no codes: CRLF is one end, not two."""
        found: list[Item] = []
        for byte in untrusted_data:
            if byte in _ENDS:
                found += self._cut()
            elif len(self._held) < CODE_BYTES_MAX:
                self._held.append(byte)
            else:
                self._flooded = True
        return tuple(found)

    def idle(self) -> tuple[Item, ...]:
        """See Finder.idle."""
        if self.needs_suffix and self._held and not self._flooded:
            self._held.clear()
            return (Broken("half"),)
        return tuple(self._cut())

    def _cut(self) -> list[Item]:
        held, flooded = bytes(self._held), self._flooded
        self._held.clear()
        self._flooded = False
        if flooded:
            return [Broken("too_long")]
        return [item_of(held)] if held else []
