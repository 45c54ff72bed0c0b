"""Codes typed by a scanner in keyboard mode: key strokes in, codes out (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from drivers.code_scanner import event as events
from drivers.code_scanner import keymap
from drivers.code_scanner.code import CODE_BYTES_MAX, Broken, Fault, Item, item_of
from drivers.code_scanner.event import Event, EventCutter

REPEATS_MAX: Final = 8
"""No scanner holds a key: this many repeats in a row (a quarter of a second) are a key that is stuck."""
_IGNORED_KEYS: Final = frozenset({69, 58})
"""Num Lock and Caps Lock, which some scanners tap around a code to get their letters right."""


@dataclass
class KeyFinder:
    """Input events in, codes out; Return or Tab ends a code, as does a keyboard that falls still."""

    _cutter: EventCutter = field(default_factory=EventCutter)
    _shifts: set[int] = field(default_factory=set)
    _typed: bytearray = field(default_factory=bytearray)
    _fault: Fault | None = None
    _repeats: int = 0
    _dropped: bool = False

    @property
    def begun(self) -> bool:
        """See Finder.begun."""
        return bool(self._typed) or self._fault is not None or self._cutter.begun or self._cutter.lost

    def feed(self, untrusted_data: bytes) -> tuple[Item, ...]:
        """See Finder.feed."""
        found: list[Item] = []
        for event in self._cutter.feed(untrusted_data):
            found += self._take(event)
        if self._cutter.lost:
            self._spoil("noise")
        return tuple(found)

    def idle(self) -> tuple[Item, ...]:
        """See Finder.idle."""
        if self._cutter.begun:
            self._spoil("noise")
        self._cutter.restart()
        return tuple(self._end())

    def _take(self, event: Event) -> list[Item]:
        if event.type == events.SYN:
            self._synchronise(event.code)
            return []
        if event.type != events.KEY or self._dropped:
            return []
        match event.value:
            case events.DOWN:
                self._repeats = 0
                return self._press(event.code)
            case events.REPEAT:
                return self._repeat()
            case _:
                self._shifts.discard(event.code)
        return []

    def _synchronise(self, code: int) -> None:
        if code == events.SYN_DROPPED:
            # The kernel's queue ran over: key strokes are missing, so whatever this code becomes, it is wrong.
            self._dropped = True
            self._shifts.clear()
            self._spoil("keys_lost")
        elif code == events.SYN_REPORT:
            self._dropped = False

    def _press(self, code: int) -> list[Item]:
        if code in keymap.SHIFTS:
            self._shifts.add(code)
            return []
        if code in _IGNORED_KEYS:
            return []
        if code in keymap.ENDS:
            return self._end()
        char = (keymap.SHIFTED if self._shifts else keymap.PLAIN).get(code)
        if char is None:
            self._spoil("foreign_key")
        elif len(self._typed) >= CODE_BYTES_MAX:
            self._spoil("too_long")
        else:
            self._typed += char.encode("ascii")
        return []

    def _repeat(self) -> list[Item]:
        # Told while it lasts: a key that is stuck never falls still.
        self._repeats += 1
        if self._repeats < REPEATS_MAX:
            return []
        self._fault = "stuck_key"
        return self._end()

    def _spoil(self, fault: Fault) -> None:
        self._fault = self._fault or fault

    def _end(self) -> list[Item]:
        typed, fault = bytes(self._typed), self._fault
        self._typed.clear()
        self._fault = None
        self._repeats = 0
        if fault is not None:
            return [Broken(fault)]
        return [item_of(typed)] if typed else []


def strokes_of(text: str) -> bytes:
    """The events with which a scanner types this text; raises ValueError for what has no key."""
    said = bytearray()
    for char in text:
        stroke = keymap.STROKES.get(char)
        if stroke is None:
            raise ValueError(f"a keyboard has no key for {char!r}")
        code, shifted = stroke
        if shifted:
            said += press(42, events.DOWN)
        said += press(code, events.DOWN) + press(code, events.UP)
        if shifted:
            said += press(42, events.UP)
    return bytes(said)


def press(code: int, value: int) -> bytes:
    """One change of one key with the report that closes it."""
    return events.encode(Event(events.KEY, code, value)) + events.encode(Event(events.SYN, events.SYN_REPORT, 0))
