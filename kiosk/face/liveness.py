"""Whether a living head turns before the camera: a pure state machine over sightings.

The ratio r = (nose − middle of the eyes) along the eye line ÷ eye distance moves when something with depth turns
and hardly moves when a flat picture does. The rest value comes first; then turns are asked for in an order drawn
beforehand, each after a pause of random length, and each must be made in the direction asked for. A face that is
not the one seen at rest counts for nothing and, seen repeatedly, ends the check.

In the camera's picture the resident's left is on the right-hand side: turning left makes r grow.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias, assert_never

from kiosk.face.result import Reason, Turn


@dataclass(frozen=True, slots=True)
class Rules:
    """The bounds of the check; ratios are in eye distances, times in seconds."""

    turns: int = 3
    rest_frames: int = 5
    rest_spread: float = 0.08
    turn_shift: float = 0.09
    back_shift: float = 0.05
    window: int = 3
    hold_min_s: float = 0.4
    hold_max_s: float = 1.2
    turn_timeout_s: float = 15.0
    total_timeout_s: float = 90.0
    lost_s: float = 2.0
    strikes: int = 3
    same_frontal: float = 0.45
    same_turned: float = 0.30


@dataclass(frozen=True, slots=True)
class Sighting:
    """One frame that shows one face: its ratio, its likeness to the face at rest and to the frame before (cosines).

    `frontal_ok` is whether its quality would do for the rest value.
    """

    at: float
    ratio: float
    like_rest: float = 1.0
    like_previous: float = 1.0
    frontal_ok: bool = True


@dataclass(frozen=True, slots=True)
class Nothing:
    """One frame without a usable face."""

    at: float


Seen: TypeAlias = Sighting | Nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """What was drawn before the camera opened: the turns and the pause before each."""

    turns: tuple[Turn, ...]
    holds_s: tuple[float, ...]


def draw_plan(source: random.Random, rules: Rules) -> Plan:
    """A plan in which both directions occur (a print bent to fool one side has to fool the other as well)."""
    while True:
        turns = tuple(source.choice((Turn.left, Turn.right)) for _ in range(rules.turns))
        if rules.turns < 2 or len(set(turns)) == 2:
            break
    holds = tuple(source.uniform(rules.hold_min_s, rules.hold_max_s) for _ in range(rules.turns))
    return Plan(turns, holds)


@dataclass(frozen=True, slots=True)
class Resting:
    """Looking straight ahead; the rest value is being taken."""

    samples: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """Straight ahead for a moment of unknown length; a turn that nobody asked for is a recording's."""

    index: int
    until: float


@dataclass(frozen=True, slots=True)
class Turning:
    """A turn has been asked for."""

    index: int
    since: float


@dataclass(frozen=True, slots=True)
class Returning:
    """The turn was made; back to straight ahead."""

    index: int
    since: float


@dataclass(frozen=True, slots=True)
class Alive:
    """All turns were made as asked by one face."""


@dataclass(frozen=True, slots=True)
class Over:
    """The check ended without proof of life."""

    reason: Reason


Phase: TypeAlias = Resting | Holding | Turning | Returning | Alive | Over


@dataclass(frozen=True, slots=True)
class Liveness:
    """One run of the check; `step` gives the next."""

    rules: Rules
    plan: Plan
    started: float
    phase: Phase = Resting()
    rest: float = 0.0
    recent: tuple[float, ...] = ()
    last_seen: float = 0.0
    strikes: int = 0

    @classmethod
    def begin(cls, rules: Rules, plan: Plan, now: float) -> Liveness:
        """A run that starts now."""
        return cls(rules, plan, now, last_seen=now)

    @property
    def fraction(self) -> float:
        """How much is done, 0–1."""
        steps = 1 + len(self.plan.turns)
        match self.phase:
            case Resting(samples):
                return len(samples) / self.rules.rest_frames / steps
            case Holding(index) | Turning(index):
                return (1 + index) / steps
            case Returning(index):
                return (1.6 + index) / steps
            case Alive():
                return 1.0
            case Over():
                return 0.0
            case _:
                assert_never(self.phase)

    @property
    def prompt(self) -> str:
        """The id of what to ask now."""
        match self.phase:
            case Resting() | Over():
                return "face.prompt.look"
            case Holding() | Alive():
                return "face.prompt.hold"
            case Turning(index):
                return f"face.prompt.turn_{self.plan.turns[index].value}"
            case Returning():
                return "face.prompt.return"
            case _:
                assert_never(self.phase)


def step(run: Liveness, seen: Seen) -> Liveness:
    """The run after one more frame."""
    if isinstance(run.phase, Alive | Over):
        return run
    if seen.at - run.started > run.rules.total_timeout_s:
        return replace(run, phase=Over(Reason.timeout))
    if isinstance(run.phase, (Turning, Returning)) and seen.at - run.phase.since > run.rules.turn_timeout_s:
        return replace(run, phase=Over(Reason.timeout))
    if isinstance(seen, Nothing):
        return _lost(run, seen)
    phase = run.phase
    if isinstance(phase, Resting):
        return _rest(run, phase, seen)
    if not _same(run, seen):
        strikes = run.strikes + 1
        over = strikes >= run.rules.strikes
        return replace(run, strikes=strikes, recent=(), phase=Over(Reason.other_face) if over else phase)
    run = replace(run, last_seen=seen.at, recent=(*run.recent, seen.ratio - run.rest)[-run.rules.window :])
    assert not isinstance(phase, Alive | Over), "answered above"
    return _turn(run, phase, seen.at) if len(run.recent) == run.rules.window else run


def _lost(run: Liveness, seen: Nothing) -> Liveness:
    """A face out of sight: at rest the samples start again, later it may be gone only for a moment."""
    if isinstance(run.phase, Resting):
        return replace(run, phase=Resting())
    if seen.at - run.last_seen > run.rules.lost_s:
        return replace(run, phase=Over(Reason.no_face))
    return replace(run, recent=())


def _rest(run: Liveness, phase: Resting, seen: Sighting) -> Liveness:
    if not seen.frontal_ok or seen.like_previous < run.rules.same_frontal:
        return replace(run, phase=Resting(), last_seen=seen.at)
    samples = (*phase.samples, seen.ratio)[-run.rules.rest_frames :]
    if len(samples) < run.rules.rest_frames or max(samples) - min(samples) > run.rules.rest_spread:
        return replace(run, phase=Resting(samples), last_seen=seen.at)
    until = seen.at + run.plan.holds_s[0]
    return replace(run, phase=Holding(0, until), rest=median(samples), recent=(), last_seen=seen.at)


def _same(run: Liveness, seen: Sighting) -> bool:
    """Whether it is the face of the rest value: always roughly, strictly when it looks straight ahead."""
    straight = abs(seen.ratio - run.rest) <= run.rules.back_shift
    bound = run.rules.same_frontal if straight else run.rules.same_turned
    return seen.like_rest >= bound and seen.like_previous >= run.rules.same_turned


def _turn(run: Liveness, phase: Holding | Turning | Returning, now: float) -> Liveness:
    moved = median(run.recent)
    match phase:
        case Holding(index, until):
            if abs(moved) >= run.rules.turn_shift:
                return replace(run, phase=Over(Reason.wrong_turn))
            return replace(run, phase=Turning(index, now)) if now >= until else run
        case Turning(index):
            asked = 1.0 if run.plan.turns[index] is Turn.left else -1.0
            if moved * asked >= run.rules.turn_shift:
                return replace(run, phase=Returning(index, now))
            return replace(run, phase=Over(Reason.wrong_turn)) if -moved * asked >= run.rules.turn_shift else run
        case Returning(index):
            if abs(moved) > run.rules.back_shift:
                return run
            if index + 1 == len(run.plan.turns):
                return replace(run, phase=Alive())
            return replace(run, phase=Holding(index + 1, now + run.plan.holds_s[index + 1]), recent=())
        case _:
            assert_never(phase)
