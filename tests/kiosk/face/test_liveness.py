"""The state machine alone, fed with numbers."""

from __future__ import annotations

import random
from collections.abc import Sequence

from kiosk.face.liveness import Alive, Liveness, Nothing, Over, Plan, Rules, Sighting, draw_plan, step
from kiosk.face.result import Reason, Turn

RULES = Rules(turns=2)
PLAN = Plan((Turn.left, Turn.right), (0.5, 0.5))


def run(ratios: Sequence[float | None], like: float = 1.0) -> Liveness:
    """Ten sightings a second; None is a frame without a face."""
    state = Liveness.begin(RULES, PLAN, 0.0)
    for n, ratio in enumerate(ratios):
        at = n * 0.1
        state = step(state, Nothing(at) if ratio is None else Sighting(at, ratio, like))
    return state


STILL = [0.02] * 14
LEFT, RIGHT = [0.15] * 6, [-0.12] * 6
BACK = [0.02] * 12


def test_turns_as_asked_are_alive() -> None:
    state = run([*STILL, *LEFT, *BACK, *RIGHT, *BACK])
    assert state.phase == Alive()
    assert state.fraction == 1.0


def test_a_small_movement_is_no_turn() -> None:
    assert not isinstance(run([*STILL, *([0.07] * 40)]).phase, Alive)


def test_the_other_direction_is_a_wrong_turn() -> None:
    assert run([*STILL, *RIGHT]).phase == Over(Reason.wrong_turn)


def test_a_turn_before_it_was_asked_is_a_wrong_turn() -> None:
    assert run([*([0.02] * 5), *LEFT]).phase == Over(Reason.wrong_turn)


def test_one_wild_frame_is_not_a_turn() -> None:
    assert run([*STILL, 0.02, -0.3, 0.02, *LEFT, *BACK, *RIGHT, *BACK]).phase == Alive()


def test_another_face_ends_the_check_after_its_strikes() -> None:
    assert run([*STILL, *LEFT], like=0.1).phase == Over(Reason.other_face)


def test_a_face_gone_for_too_long_ends_the_check() -> None:
    assert run([*STILL, *([None] * 30)]).phase == Over(Reason.no_face)


def test_a_turn_never_made_times_out() -> None:
    assert run([*STILL, *([0.02] * 200)]).phase == Over(Reason.timeout)


def test_the_plan_is_random_and_has_both_directions() -> None:
    plans = {draw_plan(random.Random(seed), Rules()).turns for seed in range(60)}
    assert len(plans) == 6
    assert all(set(turns) == {Turn.left, Turn.right} for turns in plans)
