"""Measures how much a terminal holds; cheap, because what was measured before is remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from offline.agent_store import AgentView
from offline.bounds import Bounds, Load, Priority, Room, refusal, room_for
from offline.pictures import PictureFolder
from offline.trouble import DiskFault
from offline.wire.chain import Head

_BESIDE_BYTES: Final = 12 * 1024
"""More than an event makes the file grow beside its payload: rows, indices, pages begun."""


class Events(Protocol):
    """The part of terminal.db that measuring needs."""

    def head(self) -> Head:
        """The end of the chain."""

    def sizes(self, after: int, upto: int) -> tuple[tuple[int, int], ...]:
        """(sequence number, bytes) of the events of a stretch."""

    def oldest_sure(self, after: int) -> datetime | None:
        """When the first event of sure time behind a sequence number was made."""

    def file_bytes(self) -> int:
        """The size of the file."""


@dataclass(frozen=True, slots=True)
class _Span:
    """The sizes of the events between two sequence numbers."""

    low: int = 0
    high: int = 0
    size: int = 0


class Gauge:
    """One terminal's level, used by one thread. `free` gives the free bytes of the disk that holds a folder."""

    def __init__(
        self,
        bounds: Bounds,
        events: Events,
        agent: AgentView,
        state_dir: Path,
        *,
        clock: Callable[[], datetime],
        free: Callable[[Path], int] | None = None,
    ) -> None:
        self.bounds = bounds
        self._events = events
        self._agent = agent
        self._state_dir = state_dir
        self._pictures = PictureFolder(state_dir)
        self._clock = clock
        self._free = free or free_bytes
        self._span = _Span()
        self._load: Load | None = None
        self._events_since = self._bytes_since = 0

    def measure(self) -> Room:
        """Reads the level anew; raises StoreTrouble."""
        head, drained = self._events.head().seq, self._agent.drained_to()
        gone = self._agent.done_after(drained)
        self._events_since = self._bytes_since = 0
        self._load = Load(
            events=max(0, head - drained - gone),
            waiting_bytes=self._event_bytes(drained, head, holes=gone > 0) + self._pictures.total_bytes(),
            oldest_age_s=self._age_s(drained),
            file_bytes=self._events.file_bytes(),
            free_bytes=self._free(self._state_dir),
        )
        return room_for(self._load, self.bounds)

    def kept(self, size: int) -> None:
        """One more event was kept since."""
        self._events_since += 1
        self._bytes_since += size

    def takes(self, priority: Priority) -> bool:
        """Whether one more act is taken by the level as last read, with all kept since and the disk as it is now.

        It never takes too much: what happened meanwhile elsewhere only made room.
        """
        if (load := self._load) is None:
            return self.measure().takes(priority)
        now = Load(
            events=load.events + self._events_since,
            waiting_bytes=load.waiting_bytes + self._bytes_since,
            oldest_age_s=load.oldest_age_s,
            file_bytes=load.file_bytes + self._bytes_since + self._events_since * _BESIDE_BYTES,
            free_bytes=self._free(self._state_dir),
        )
        return refusal(priority, now, self.bounds) is None

    def _event_bytes(self, low: int, high: int, *, holes: bool) -> int:
        """The bytes of what waits; only what is new since the last time is read, unless some went out of turn."""
        if holes:
            gone = self._agent.acked(low + 1, high)
            return sum(size for seq, size in self._events.sizes(low, high) if seq not in gone)
        span = self._span
        if not span.low <= low <= span.high <= high:
            span = _Span(low, low)
        left = sum(size for _, size in self._events.sizes(span.low, low))
        came = sum(size for _, size in self._events.sizes(span.high, high))
        self._span = _Span(low, high, span.size - left + came)
        return self._span.size

    def _age_s(self, drained: int) -> float | None:
        """How long the oldest has waited; a doubtful clock, now or then, counts no age, for it may refuse nobody."""
        now = self._clock()
        if self._agent.clock(now) != "trusted":
            return None
        oldest = self._events.oldest_sure(drained)
        return None if oldest is None else (now - oldest).total_seconds()


def free_bytes(folder: Path) -> int:
    """What the disk still has for a program without special rights."""
    try:
        disk = os.statvfs(folder)
    except OSError as failure:
        raise DiskFault(folder.name) from failure
    return disk.f_bavail * disk.f_frsize
