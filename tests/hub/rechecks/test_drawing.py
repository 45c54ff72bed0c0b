"""What is drawn follows from the hub's secret and the cases alone, in the share that was asked for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.rechecks.drawing import Decided, drawn

CASES = st.lists(st.builds(Decided, st.uuids().map(str), st.sampled_from("abc")), unique_by=lambda one: one.number)
MANY = [Decided(f"4409-{n}", "pension") for n in range(10_000)]


@given(cases=CASES, secret=st.binary(min_size=32, max_size=32), share=st.integers(0, 1000), least=st.integers(0, 3))
@settings(max_examples=60)
def test_the_draw_is_the_same_in_any_order_and_leaves_no_item_out(
    cases: list[Decided], secret: bytes, share: int, least: int
) -> None:
    found = drawn(secret, cases, share, least)
    assert found == drawn(secret, reversed(cases), share, least)
    assert found <= {one.number for one in cases}
    for item in {one.item for one in cases}:
        numbers = {one.number for one in cases if one.item == item}
        assert len(numbers & found) >= min(least, len(numbers))
        # What is drawn of an item depends on its own cases alone.
        assert numbers & found == drawn(secret, [one for one in cases if one.item == item], share, least)


def test_a_share_is_drawn_whatever_the_secret_and_another_secret_draws_others() -> None:
    here, there = (drawn(bytes([n]) * 32, MANY, 20, 1) for n in (1, 2))
    for found in (here, there):
        assert 130 < len(found) < 270, "20 of 1000, five standard deviations either way"
    assert len(here & there) < 20
    assert drawn(b"x" * 32, MANY, 1000, 0) == {one.number for one in MANY}
    assert drawn(b"x" * 32, MANY, 0, 0) == frozenset()
