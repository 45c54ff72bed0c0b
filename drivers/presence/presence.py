"""When a device counts as there and when as gone: a reading is not yet a fact. Pure; the clock is the caller's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Reading(StrEnum):
    """What one look at a device says; a look that could not tell says so and is not taken for either."""

    present = "present"
    absent = "absent"
    inconclusive = "inconclusive"


@dataclass(frozen=True)
class Grace:
    """What it takes for a device to count as gone: this long without it, and this many looks in a row.

    Long alone is not enough, for a machine that slept looks once and sees a long gap; often alone is not enough, for a
    hub that is reset brings its devices back within seconds, however often they are looked for meanwhile.
    """

    grace_s: float = 10.0
    misses: int = 3


@dataclass(frozen=True)
class _Run:
    """Looks in a row that said the same."""

    times: int = 0
    since: float = 0.0

    def and_again(self, at: float) -> _Run:
        return _Run(self.times + 1, self.since if self.times else at)

    def is_over(self, grace: Grace, at: float) -> bool:
        return self.times >= grace.misses and at - self.since >= grace.grace_s


@dataclass(frozen=True)
class Presence:
    """What is shown of one device, and the looks that may yet change it. A fresh one knows nothing."""

    shown: Reading = Reading.inconclusive
    gone: _Run = field(default_factory=_Run)
    unsure: _Run = field(default_factory=_Run)

    @property
    def doubtful(self) -> bool:
        """Whether the last look did not see what is shown, so that the next one is wanted soon."""
        return bool(self.gone.times or self.unsure.times)


def after(presence: Presence, reading: Reading, at: float, grace: Grace) -> Presence:
    """What is so after one more look at `at` seconds of a clock that only goes forward.

    Coming back is believed at once. Going away is believed when absence outlasted the grace; looks that could not tell
    neither add to it nor end it, and a device that nobody could tell of for as long is shown as inconclusive.
    """
    match reading:
        case Reading.present:
            return Presence(Reading.present)
        case Reading.absent:
            gone = presence.gone.and_again(at)
            shown = Reading.absent if gone.is_over(grace, at) else presence.shown
            return Presence(shown, gone)
        case Reading.inconclusive:
            unsure = presence.unsure.and_again(at)
            shown = Reading.inconclusive if unsure.is_over(grace, at) else presence.shown
            return replace(presence, shown=shown, unsure=unsure)
