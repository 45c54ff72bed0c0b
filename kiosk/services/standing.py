"""What may be told of one device: its own words, what the kernel sees of it, and how long ago that was. Pure.

A device that is silent or away for a moment still stands as it last said; a device that nobody heard of for long stands
as unknown, whatever it said before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from drivers.health import Cause, Health, State, aged
from drivers.presence.presence import Grace, Presence, Reading, after

UNPLUGGED: Final = "device.unplugged"
_READING: Final = {
    State.ready: Reading.present,
    State.limited: Reading.present,
    State.failed: Reading.present,
    State.absent: Reading.absent,
    State.unknown: Reading.inconclusive,
}


@dataclass(frozen=True)
class Standing:
    """One device at one moment of a clock that only goes forward.

    `heard` is its presence by its own words and silences: at first it is taken to be there, for the journey would
    otherwise turn residents away until every device has been asked.
    """

    health: Health
    at: float
    heard: Presence = field(default_factory=lambda: Presence(Reading.present))
    kernel: Reading = Reading.inconclusive

    @property
    def ready(self) -> bool:
        """Whether the journey may count on it."""
        there = self.heard.shown is Reading.present and self.kernel is not Reading.absent
        return there and self.health.state not in (State.failed, State.absent)


def told(standing: Standing, health: Health, at: float, grace: Grace) -> Standing:
    """The driver's word: believed where it reached the device; that it reached none must outlast the grace first."""
    reading = _reading(health)
    heard = after(standing.heard, reading, at, grace)
    if heard.shown is Reading.present and reading is not Reading.present:
        return replace(standing, heard=heard)
    if standing.kernel is Reading.absent and reading is not Reading.present:
        return replace(standing, heard=heard, at=at)  # that nothing is plugged in says more than that nothing answers
    return replace(standing, health=_same_since(standing.health, health), heard=heard, at=at)


def seen(standing: Standing, shown: Reading, at: float, now: datetime) -> Standing:
    """What the kernel shows of it, after the grace; that it is plugged in is no word of the device's own."""
    if shown is not Reading.absent:
        return replace(standing, kernel=shown)
    gone = Health(State.absent, Cause.environment, UNPLUGGED, f"{UNPLUGGED}.resident", f"{UNPLUGGED}.technician", now)
    return replace(standing, health=_same_since(standing.health, gone), kernel=shown, at=at)


def grown_old(standing: Standing, at: float, fresh_s: float, now: datetime) -> Standing:
    """The same after silence: from `fresh_s` on nothing is known any more, and it is not counted on."""
    health = aged(standing.health, at - standing.at, fresh_s, now)
    if health is standing.health:
        return standing
    return replace(standing, health=health, heard=Presence())


def _reading(health: Health) -> Reading:
    """What the word says of its presence; one that was reached and has nothing to tell yet is there."""
    untried = health.state is State.unknown and health.cause is None
    return Reading.present if untried else _READING[health.state]


def _same_since(before: Health, health: Health) -> Health:
    same = (before.state, before.code) == (health.state, health.code)
    return replace(health, since=before.since) if same else health
