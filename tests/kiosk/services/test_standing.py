"""What may be told of a device: it blinks unseen, its own word counts at once, and silence ends in unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.health import Cause, Health, State, aged
from drivers.presence.presence import Grace, Reading
from kiosk.services.standing import Standing, grown_old, seen, told

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GRACE = Grace(10.0, 3)
FRESH_S = 60.0


def health(state: State, code: str = "", since: datetime = NOW) -> Health:
    cause = None if state is State.ready else Cause.device
    return Health(state, cause, code or f"printer.{state}", "", "", since)


READY = Standing(health(State.ready), 0.0)
BACK_LATER = NOW + timedelta(hours=1)


def silent(standing: Standing, state: State, *moments: float) -> Standing:
    for at in moments:
        standing = told(standing, health(state), at, GRACE)
    return standing


@pytest.mark.parametrize("state", [State.absent, State.unknown])
def test_a_device_that_does_not_answer_stands_as_it_last_said_until_the_grace_is_over(state: State) -> None:
    blinking = silent(READY, state, 1.0, 6.0)
    assert (blinking.health, blinking.ready) == (READY.health, True)
    gone = silent(READY, state, 1.0, 6.0, 11.0)
    assert (gone.health.state, gone.ready) == (state, False)


def test_what_a_device_says_of_itself_counts_at_once() -> None:
    failed = told(READY, health(State.failed), 1.0, GRACE)
    assert (failed.health.state, failed.ready) == (State.failed, False)
    limited = told(failed, health(State.limited), 2.0, GRACE)
    assert (limited.health.state, limited.ready) == (State.limited, True)


def test_since_stays_while_the_code_does() -> None:
    again = told(READY, health(State.ready, since=BACK_LATER), 5.0, GRACE)
    assert again.health.since == NOW
    other = told(again, health(State.ready, "printer.other", BACK_LATER), 6.0, GRACE)
    assert other.health.since == BACK_LATER


def test_a_socket_that_is_empty_says_more_than_a_driver_that_finds_nothing() -> None:
    empty = seen(READY, Reading.absent, 1.0, NOW)
    assert (empty.health.code, empty.ready) == ("device.unplugged", False)
    assert silent(empty, State.absent, 2.0, 8.0, 20.0).health == empty.health
    plugged = seen(empty, Reading.present, 21.0, NOW)
    assert not plugged.ready
    assert told(plugged, health(State.ready), 22.0, GRACE).ready


def test_what_the_kernel_cannot_tell_changes_nothing() -> None:
    assert seen(READY, Reading.inconclusive, 1.0, NOW) == READY


def test_a_device_that_was_not_heard_of_is_unknown_and_not_counted_on_until_it_speaks() -> None:
    assert grown_old(READY, FRESH_S, FRESH_S, NOW) is READY
    old = grown_old(READY, FRESH_S + 0.1, FRESH_S, NOW)
    assert (old.health.state, old.health.code, old.ready) == (State.unknown, "device.not_heard", False)
    assert grown_old(old, FRESH_S + 9.0, FRESH_S, BACK_LATER) is old
    assert told(old, health(State.ready), 100.0, GRACE).ready


@pytest.mark.parametrize("state", [State.failed, State.absent])
def test_a_device_in_need_is_so_for_somebodys_fault(state: State) -> None:
    with pytest.raises(ValueError, match="fault"):
        Health(state, None, "x", "", "", NOW)


events = st.lists(
    st.tuples(st.sampled_from([*State, *Reading]), st.floats(0.0, 20.0)),
    max_size=60,
)


@given(events)
def test_nothing_older_than_the_freshness_is_ever_told_as_known(events: list[tuple[State | Reading, float]]) -> None:
    standing, at = READY, 0.0
    for what, gap_s in events:
        at += gap_s
        match what:
            case State():
                standing = told(standing, health(what), at, GRACE)
            case Reading():
                standing = seen(standing, what, at, NOW)
        standing = grown_old(standing, at, FRESH_S, NOW)
        assert standing.health.state is State.unknown or at - standing.at <= FRESH_S
        if standing.ready:
            assert standing.health.state is not State.failed
            assert standing.kernel is not Reading.absent


@given(st.sampled_from(State), st.floats(0.0, 1e6), st.floats(1.0, 1e4))
def test_health_only_ever_ages_into_unknown(state: State, silent_s: float, fresh_s: float) -> None:
    before = health(state)
    after = aged(before, silent_s, fresh_s, BACK_LATER)
    assert after == before if silent_s <= fresh_s else after.state is State.unknown
