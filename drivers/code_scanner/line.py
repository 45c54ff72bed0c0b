"""Codes on a serial line: no length, no checksum, only a suffix and the stillness after it (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from drivers.code_scanner.code import CODE_BYTES_MAX, Broken, Item, item_of

_ENDS: Final = b"\r\n"
_PIECES: Final = re.compile(rb"[\r\n]|[^\r\n]+")


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
        for piece in _PIECES.findall(untrusted_data):
            if piece in _ENDS:
                found += self._cut()
            else:
                room = CODE_BYTES_MAX - len(self._held)
                self._held += piece[:room]
                self._flooded |= len(piece) > room
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
