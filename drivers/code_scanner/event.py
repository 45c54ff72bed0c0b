"""The kernel's input events, 24 bytes each on a 64-bit machine (linux/input.h), both ways (pure).

seconds, 8 bytes | microseconds, 8 bytes | type, 2 | code, 2 | value, 4, signed     in the machine's own order
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

SYN: Final = 0x00
KEY: Final = 0x01
MSC: Final = 0x04
LED: Final = 0x11
REP: Final = 0x14
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3
UP: Final = 0
DOWN: Final = 1
REPEAT: Final = 2

_LAYOUT: Final = struct.Struct("=qqHHi")
EVENT_BYTES: Final = _LAYOUT.size
_KNOWN_TYPES: Final = frozenset({SYN, KEY, MSC, LED, REP})
_KEY_MAX: Final = 0x2FF


class BadEvent(ValueError):
    """These bytes are no event of a keyboard: the reading has lost its place."""


@dataclass(frozen=True)
class Event:
    """One event without its time, which nobody here asks for."""

    type: int
    code: int
    value: int


def encode(event: Event, seconds: int = 0, microseconds: int = 0) -> bytes:
    """The 24 bytes of this event."""
    return _LAYOUT.pack(seconds, microseconds, event.type, event.code, event.value)


def parse(untrusted_bytes: bytes) -> Event:
    """The event in exactly 24 bytes; raises BadEvent for what no keyboard says."""
    if len(untrusted_bytes) != EVENT_BYTES:
        raise BadEvent("length")
    _, microseconds, type_, code, value = _LAYOUT.unpack(untrusted_bytes)
    if type_ not in _KNOWN_TYPES or not 0 <= microseconds < 1_000_000:
        raise BadEvent("type or time")
    if type_ == KEY and (code > _KEY_MAX or value not in (UP, DOWN, REPEAT)):
        raise BadEvent("key")
    return Event(type_, code, value)


@dataclass
class EventCutter:
    """Bytes in, events out. After a BadEvent everything is thrown away until `restart`."""

    lost: bool = False
    _held: bytearray = field(default_factory=bytearray)

    @property
    def begun(self) -> bool:
        """Whether part of an event is held."""
        return bool(self._held)

    def feed(self, untrusted_data: bytes) -> tuple[Event, ...]:
        """The events completed by these bytes; `lost` tells whether the place was lost among them."""
        if self.lost:
            return ()
        self._held += untrusted_data
        found: list[Event] = []
        while len(self._held) >= EVENT_BYTES:
            piece = bytes(self._held[:EVENT_BYTES])
            del self._held[:EVENT_BYTES]
            try:
                found.append(parse(piece))
            except BadEvent:
                self.lost = True
                self._held.clear()
        return tuple(found)

    def restart(self) -> None:
        """Begin anew: the line has been still, so the next byte is the first of an event."""
        self.lost = False
        self._held.clear()
