"""Waiting grows to a cap, is spread, and ends at once with success."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from offline.sync.pace import FIRST_BATCH, LONGEST_ORDERED_WAIT_S, LONGEST_WAIT_S, Pace
from offline.wire.batch import MAX_BATCH_EVENTS

STEPS = st.lists(st.sampled_from(("succeeded", "failed", "shrunk")), max_size=60)


@given(STEPS, st.integers())
def test_a_pace_stays_in_its_bounds_whatever_happens(steps: list[str], seed: int) -> None:
    pace, chance = Pace(), Random(seed)
    for step in steps:
        pace = getattr(pace, step)()
        assert 1 <= pace.batch <= MAX_BATCH_EVENTS
        assert 0 <= pace.wait_s(chance) <= LONGEST_WAIT_S
        assert (pace.wait_s(chance) == 0) == (pace.failures == 0)
    assert pace.succeeded().wait_s(chance) == 0


@given(st.integers())
def test_waits_double_until_the_cap(seed: int) -> None:
    pace, chance = Pace(), Random(seed)
    ceilings = []
    for _ in range(30):
        pace = pace.failed()
        ceilings.append(max(pace.wait_s(chance) for _ in range(40)))
    assert ceilings[0] <= 1
    assert 4 <= ceilings[3] <= 8
    assert LONGEST_WAIT_S / 2 <= ceilings[-1] <= LONGEST_WAIT_S
    assert pace.batch == 1
    assert Pace().batch == FIRST_BATCH


@given(st.floats(0, 1e9), st.integers())
def test_an_ordered_wait_is_obeyed_spread_and_bounded(ordered: float, seed: int) -> None:
    wait = Pace().wait_s(Random(seed), ordered)
    assert min(ordered, LONGEST_ORDERED_WAIT_S) <= wait <= LONGEST_ORDERED_WAIT_S * 1.1 + 1
