"""How much a terminal may hold, and who is refused first when it gets full; pure.

Nothing that was acknowledged is ever dropped or expires: a bound only says what is not begun any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MB: Final = 1024 * 1024
KB: Final = 1024


class Priority(StrEnum):
    """How long an item is still taken while a terminal fills; each item of the catalogue declares it."""

    ESSENTIAL = "essential"  # refused last: somebody's living hangs on it
    ORDINARY = "ordinary"
    DEFERRABLE = "deferrable"  # refused first: it can as well be done next month


class Cause(StrEnum):
    """Which bound refuses."""

    DISK = "disk"  # the disk's reserve is needed for what was acknowledged
    FILE = "file"  # terminal.db is as large as it may grow
    EVENTS = "events"  # so many events wait for the hub
    BYTES = "bytes"  # they and their pictures are so large
    AGE = "age"  # the oldest has waited so long: what can be put off is better done elsewhere
    SHUT_OUT = "shut_out"  # the hub takes nothing from this terminal any more: no bound, but as final


SHARES: Final[Mapping[Priority, float]] = MappingProxyType(
    {Priority.ESSENTIAL: 1.0, Priority.ORDINARY: 0.9, Priority.DEFERRABLE: 0.75}
)
"""How full each bound may be for a priority to be taken still."""
RESERVES: Final[Mapping[Priority, int]] = MappingProxyType(
    {Priority.ESSENTIAL: 1, Priority.ORDINARY: 2, Priority.DEFERRABLE: 4}
)
"""How many times the disk's reserve must be free for a priority to be taken still."""
GUARD: Final = 1.1
"""The file's hard limit over its bound: an acknowledged act can still be settled when no new one is taken."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one terminal, each a setting (`KEYS`)."""

    max_events: int = 50_000
    max_bytes: int = 1024 * MB
    max_age_days: float = 30.0
    file_max_bytes: int = 4096 * MB
    reserve_bytes: int = 64 * MB
    attachment_max_bytes: int = 2048 * KB

    @classmethod
    def of(cls, setting: Callable[[str], float]) -> Bounds:
        """The bounds as the settings of these keys say them."""
        return cls(
            max_events=int(setting("outbox.max_events")),
            max_bytes=int(setting("outbox.max_mb") * MB),
            max_age_days=float(setting("outbox.max_age_days")),
            file_max_bytes=int(setting("outbox.file_max_mb") * MB),
            reserve_bytes=int(setting("disk.reserve_mb") * MB),
            attachment_max_bytes=int(setting("attachment.max_kb") * KB),
        )

    def in_settings(self) -> dict[str, int | float]:
        """The bounds under the keys and in the units of the settings."""
        return {
            "outbox.max_events": self.max_events,
            "outbox.max_mb": self.max_bytes // MB,
            "outbox.max_age_days": self.max_age_days,
            "outbox.file_max_mb": self.file_max_bytes // MB,
            "disk.reserve_mb": self.reserve_bytes // MB,
            "attachment.max_kb": self.attachment_max_bytes // KB,
        }

    @property
    def guard_bytes(self) -> int:
        """What terminal.db may take in all, settlements included."""
        return int(self.file_max_bytes * GUARD)


KEYS: Final = tuple(Bounds().in_settings())
"""The settings that bound a terminal."""


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: what waits for the hub, how large it and the file are, what the disk still has."""

    events: int = 0
    waiting_bytes: int = 0
    oldest_age_s: float | None = None  # None: nothing waits, or its age cannot be known while a clock is in doubt
    file_bytes: int = 0
    free_bytes: int = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Room:
    """What is taken now: for each priority the bound that refuses it, None where it is taken. `full` is 0 … 1."""

    deferrable: Cause | None = None
    ordinary: Cause | None = None
    essential: Cause | None = None
    full: float = 0.0
    free_bytes: int = 0

    def why(self, priority: Priority) -> Cause | None:
        """The bound that refuses acts of a priority; None where they are taken."""
        match priority:
            case Priority.DEFERRABLE:
                return self.deferrable
            case Priority.ORDINARY:
                return self.ordinary
            case Priority.ESSENTIAL:
                return self.essential

    def takes(self, priority: Priority) -> bool:
        """Whether one more act of a priority is taken."""
        return self.why(priority) is None

    @property
    def least(self) -> Priority | None:
        """The least important priority that is still taken; None when nothing is."""
        return next((each for each in reversed(Priority) if self.takes(each)), None)

    @property
    def cause(self) -> Cause | None:
        """The bound that refuses the most important of what is refused."""
        return self.essential or self.ordinary or self.deferrable


def closed(room: Room) -> Room:
    """The room of a terminal that the hub has shut out: whatever it kept now would go nowhere."""
    return Room(Cause.SHUT_OUT, Cause.SHUT_OUT, Cause.SHUT_OUT, room.full, room.free_bytes)


def room_for(load: Load, bounds: Bounds) -> Room:
    """What may be taken with so much held already; less room never takes more, and the essential goes last."""
    return Room(
        deferrable=refusal(Priority.DEFERRABLE, load, bounds),
        ordinary=refusal(Priority.ORDINARY, load, bounds),
        essential=refusal(Priority.ESSENTIAL, load, bounds),
        full=max(
            load.events / bounds.max_events,
            load.waiting_bytes / bounds.max_bytes,
            load.file_bytes / bounds.file_max_bytes,
        ),
        free_bytes=load.free_bytes,
    )


def refusal(priority: Priority, load: Load, bounds: Bounds) -> Cause | None:
    """The bound that refuses one priority alone; None where it is taken."""
    share = SHARES[priority]
    if load.free_bytes < bounds.reserve_bytes * RESERVES[priority]:
        return Cause.DISK
    if load.file_bytes >= bounds.file_max_bytes * share:
        return Cause.FILE
    if load.events + 1 > bounds.max_events * share:
        return Cause.EVENTS
    if load.waiting_bytes >= bounds.max_bytes * share:
        return Cause.BYTES
    # Age alone turns nobody away who needs it: the file has room, only the answer will be late.
    old = load.oldest_age_s is not None and load.oldest_age_s > bounds.max_age_days * 86_400
    return Cause.AGE if old and priority is Priority.DEFERRABLE else None
