"""A device that blinks is not gone: what is shown changes only when absence outlasts the grace."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.presence.presence import Grace, Presence, Reading, after

GRACE = Grace(grace_s=10.0, misses=3)
PRESENT, ABSENT, UNSURE = Reading.present, Reading.absent, Reading.inconclusive

readings = st.lists(st.tuples(st.sampled_from(Reading), st.floats(0.0, 30.0)), max_size=60)
graces = st.builds(Grace, st.floats(0.0, 60.0), st.integers(1, 6))


def shown(looks: list[tuple[Reading, float]], grace: Grace = GRACE) -> list[Reading]:
    presence, at, told = Presence(), 0.0, []
    for reading, gap_s in looks:
        at += gap_s
        presence = after(presence, reading, at, grace)
        told.append(presence.shown)
    return told


def test_nothing_is_known_at_first_and_a_first_sight_is_believed_at_once() -> None:
    assert Presence().shown is UNSURE
    assert shown([(PRESENT, 0.0)]) == [PRESENT]


def test_absence_is_believed_after_three_looks_and_ten_seconds() -> None:
    looks = [(PRESENT, 0.0), (ABSENT, 1.0), (ABSENT, 4.0), (ABSENT, 4.0), (ABSENT, 4.0)]
    assert shown(looks) == [PRESENT, PRESENT, PRESENT, PRESENT, ABSENT]


def test_one_look_after_a_long_sleep_is_not_enough() -> None:
    assert shown([(PRESENT, 0.0), (ABSENT, 3600.0)])[-1] is PRESENT


def test_many_looks_in_a_moment_are_not_enough() -> None:
    assert shown([(PRESENT, 0.0)] + [(ABSENT, 0.1)] * 20)[-1] is PRESENT


def test_looks_that_cannot_tell_neither_count_nor_undo() -> None:
    gone = [(ABSENT, 4.0), (UNSURE, 1.0), (ABSENT, 4.0), (UNSURE, 1.0), (ABSENT, 4.0)]
    assert shown([(PRESENT, 0.0), *gone])[-1] is ABSENT
    assert shown([(PRESENT, 0.0), *gone[:3]])[-1] is PRESENT


def test_what_nobody_can_tell_of_any_more_is_not_shown_as_present_for_ever() -> None:
    assert shown([(PRESENT, 0.0)] + [(UNSURE, 5.0)] * 4)[-1] is UNSURE


def test_a_device_that_comes_back_is_believed_at_once() -> None:
    assert shown([(ABSENT, 6.0)] * 3 + [(PRESENT, 0.1)])[-2:] == [ABSENT, PRESENT]


@given(readings, graces)
def test_no_absence_shorter_than_the_grace_is_ever_shown(looks: list[tuple[Reading, float]], grace: Grace) -> None:
    presence, at = Presence(), 0.0
    run_since, run_times = 0.0, 0
    for reading, gap_s in looks:
        at += gap_s
        before, presence = presence, after(presence, reading, at, grace)
        if reading is ABSENT:
            run_since, run_times = (run_since, run_times + 1) if run_times else (at, 1)
        elif reading is PRESENT:
            run_times = 0
            assert presence.shown is PRESENT
        if presence.shown is ABSENT and before.shown is not ABSENT:
            assert reading is ABSENT
            assert run_times >= grace.misses
            assert at - run_since >= grace.grace_s


@given(readings)
def test_between_two_changes_to_absent_a_grace_has_passed(looks: list[tuple[Reading, float]]) -> None:
    presence, at, last = Presence(), 0.0, float("-inf")
    for reading, gap_s in looks:
        at += gap_s
        before, presence = presence, after(presence, reading, at, GRACE)
        if presence.shown is ABSENT and before.shown is PRESENT:
            assert at - last >= GRACE.grace_s
            last = at


@given(readings, graces)
def test_one_sight_of_the_device_takes_away_every_doubt(looks: list[tuple[Reading, float]], grace: Grace) -> None:
    presence, at = Presence(), 0.0
    for reading, gap_s in looks:
        at += gap_s
        presence = after(presence, reading, at, grace)
        assert presence.doubtful or reading is PRESENT
    assert after(presence, PRESENT, at, grace) == Presence(PRESENT)
