"""A case's clock: working days from its receipt to its promised day, without the days that do not count. Pure.

The day of receipt does not count; a limit of no days means the day of receipt itself, or the next that is worked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Protocol

Open = Literal["green", "yellow", "red", "stopped"]
Light = Literal[Open, "kept", "missed"]
"""How a case stands to its promise; the last two are of settled cases, which have no clock any more."""
LIGHTS: Final[tuple[Light, ...]] = ("red", "yellow", "green", "stopped")
_HORIZON_DAYS: Final = 3_650


class Calendar(Protocol):
    """Which days are worked, and of which years that is known."""

    def is_working(self, day: date) -> bool:
        """Whether people are at work that day."""

    def knows(self, year: int) -> bool:
        """Whether the notice of that year is in the data."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Days that do not count: from `since` up to, not including, `until`; None: it still stands."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the day does not count."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a case's time depends on."""

    begins: date
    limit_days: int
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands on a day; `turns` is the next day on which it will read otherwise by itself."""

    due: date | None
    light: Light
    used: int
    left: int
    turns: date | None
    guessed: bool  # a year without its notice lies on the way


def read(clock: Clock, calendar: Calendar, today: date, yellow_share: float) -> Reading:
    """How the clock stands; it is yellow from the day on which `yellow_share` of the limit is used."""
    yellow_at = max(1, math.ceil(clock.limit_days * yellow_share))
    used, due, yellow_on, guessed = 0, None, None, False
    for number, day in enumerate(_days(clock, calendar), 1):
        guessed = guessed or not calendar.knows(day.year)
        if day <= today:
            used = number
        if clock.limit_days and yellow_on is None and number >= yellow_at:
            yellow_on = day
        if number >= max(1, clock.limit_days):
            due = day
            break
    left = max(0, clock.limit_days - used)
    if due is None:
        return Reading(None, "stopped", used, left, None, guessed)
    if today > due:
        return Reading(due, "red", used, 0, None, guessed)
    late = due + timedelta(days=1)
    if any(stop.holds(today) for stop in clock.stops):
        ends = [stop.until for stop in clock.stops if stop.holds(today) and stop.until is not None]
        return Reading(due, "stopped", used, left, max(ends, default=late), guessed)
    coming = [stop.since for stop in clock.stops if stop.since > today]
    if yellow_on is not None and today >= yellow_on:
        return Reading(due, "yellow", used, left, min([late, *coming]), guessed)
    return Reading(due, "green", used, left, min([yellow_on or late, *coming]), guessed)


def _days(clock: Clock, calendar: Calendar) -> Iterator[date]:
    """The days that count, in order; none after a stop that nobody has ended."""
    first = clock.begins if clock.limit_days == 0 else clock.begins + timedelta(days=1)
    for n in range(_HORIZON_DAYS):
        day = first + timedelta(days=n)
        if any(stop.until is None and stop.since <= day for stop in clock.stops):
            return
        if calendar.is_working(day) and not any(stop.holds(day) for stop in clock.stops):
            yield day
