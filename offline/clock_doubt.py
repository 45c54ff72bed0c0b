"""Whether a terminal's clock can be believed; pure. A clock in doubt refuses nobody, it is only said to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from offline.wire.event import Clock
from offline.wire.uptime import Uptime

TOLERANCE: Final = timedelta(seconds=60)
DRIFT: Final = 200e-6
"""How far a clock may run away from the hours counted since it was right (parts; quartz: 20 to 100 millionths)."""
LONGEST_OFF: Final = timedelta(days=45)
"""A clock further ahead than this after a start without a word from the hub is not believed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The hub's time of day (UTC), and how long the machine had been running when it was heard."""

    at: datetime
    up: Uptime

    def now(self, up: Uptime) -> datetime:
        """The time of day by the seconds counted since; only within the same start of the machine."""
        return self.at + timedelta(seconds=up.seconds - self.up.seconds)


def judge(now: datetime, up: Uptime, heard: Heard | None, seen: datetime | None) -> Clock:
    """The agent's judgement of the clock `now`.

    Within one start of the machine the seconds counted since the hub was heard must agree with the clock, so that any
    jump is found, forwards or backwards. After another start the clock must not stand before the last time that was
    believed (`seen`), as one without a battery does, nor impossibly far behind it.
    """
    if heard is None:
        return "unsure"
    if heard.up.boot == up.boot:
        counted = abs(up.seconds - heard.up.seconds)
        return _believed(abs(now - heard.now(up)) <= TOLERANCE + timedelta(seconds=counted * DRIFT))
    known = heard.at if seen is None else max(heard.at, seen)
    return _believed(known - TOLERANCE <= now <= known + LONGEST_OFF)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the agent has written down: its last judgement, the hub's last word, the latest time that was believed."""

    word: Clock = "unsure"
    heard: Heard | None = None
    seen: datetime | None = None

    def at(self, now: datetime, up: Uptime) -> Clock:
        """The agent's judgement, as far as what it rests on still holds: a jump is found before the agent looks."""
        return "unsure" if self.word == "unsure" else judge(now, up, self.heard, self.seen)


def _believed(yes: bool) -> Clock:
    return "trusted" if yes else "unsure"
