"""How a bell stands at a moment: pure, so that nothing has to run for it to reach further up or to lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from offline.wire.bell import BellState, Called

What = Literal["helped", "window", "paper", "repair", "nobody"]
"""What it was: helped on the spot, done at the window instead, paper put in, a repair asked for, nobody was there."""
WHATS: Final[tuple[What, ...]] = get_args(What)
_VILLAGE_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long nobody may answer until those above are called, and until it is said that nobody comes."""

    above_after: timedelta
    lapses_after: timedelta
    coming_lasts: timedelta  # somebody said that they come, and never said that it is done


@dataclass(frozen=True, slots=True)
class Rung:
    """What is known of a bell. `alone`: no account of the village itself could answer it."""

    rung_at: datetime
    answered_at: datetime | None = None
    answered_region: str | None = None
    done_at: datetime | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Its state, whom it reaches, and who answered."""

    state: BellState
    called: Called
    answered_from: Called | None = None

    @property
    def open(self) -> bool:
        """Whether it rings or somebody is on the way: then the terminal rings no second one."""
        return self.state in ("waiting", "coming")


def standing(rung: Rung, now: datetime, bounds: Bounds) -> Standing:
    """The one judgement that terminal, desk and tests share."""
    until = now if rung.answered_at is None else rung.answered_at
    called: Called = "above" if rung.alone or until - rung.rung_at >= bounds.above_after else "village"
    came_from = None if rung.answered_region is None else level_of(rung.answered_region)
    if rung.done_at is not None:
        return Standing("done", called, came_from)
    if rung.answered_at is not None:
        over = now - rung.answered_at >= bounds.coming_lasts
        return Standing("done" if over else "coming", called, came_from)
    if now - rung.rung_at >= bounds.lapses_after:
        return Standing("lapsed", called)
    return Standing("waiting", called)


def level_of(region: str) -> Called:
    """Whether a division is a village, or above one."""
    return "village" if len(region) == _VILLAGE_DIGITS and not region.endswith("000") else "above"
