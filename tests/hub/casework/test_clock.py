"""Working days from receipt to promise: holidays, pauses, extensions, and the demo of 33 and 90 days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clocks.clock import Clock, Stop, read
from seeds.calendar import WorkCalendar
from seeds.catalogue import Catalogue

CALENDAR = WorkCalendar.load()
MONDAY = date(2026, 11, 23)
SHARE = 0.7


def _due(begins: date, limit: int, *stops: Stop) -> date | None:
    return read(Clock(begins, limit, stops), CALENDAR, begins, SHARE).due


def test_the_day_of_receipt_does_not_count() -> None:
    assert _due(MONDAY, 1) == date(2026, 11, 24)
    assert _due(date(2026, 11, 27), 1) == date(2026, 11, 30)  # a Friday: over the weekend


def test_a_limit_of_no_days_means_the_same_day_or_the_next_that_is_worked() -> None:
    assert _due(MONDAY, 0) == MONDAY
    assert _due(date(2026, 11, 28), 0) == date(2026, 11, 30)


@pytest.mark.parametrize(("limit", "due"), [(33, date(2026, 4, 8)), (90, date(2026, 7, 1))])
def test_a_project_of_33_or_90_working_days_skips_festivals_and_counts_worked_weekends(limit: int, due: date) -> None:
    begins = date(2026, 2, 13)
    assert _due(begins, limit) == due
    by_hand = [day for n in range(1, 200) if CALENDAR.is_working(day := begins + timedelta(days=n))]
    assert by_hand[limit - 1] == due


def test_the_two_demo_items_have_these_limits_and_may_be_paused_for_every_special_procedure() -> None:
    items = [Catalogue.load().item(f"{kind}-investment-project") for kind in ("social", "government")]
    assert [item.time_limits.promised_days for item in items] == [33, 90]
    assert all(len(item.casework.procedures) == 4 for item in items)


def test_the_light_turns_yellow_at_the_share_and_red_after_the_day() -> None:
    clock = Clock(MONDAY, 10)
    read_on = {day: read(clock, CALENDAR, day, SHARE) for day in (MONDAY + timedelta(days=n) for n in range(20))}
    assert read_on[date(2026, 12, 1)].light == "green"
    assert read_on[date(2026, 12, 1)].turns == date(2026, 12, 2)
    assert (read_on[date(2026, 12, 2)].light, read_on[date(2026, 12, 2)].used) == ("yellow", 7)
    assert read_on[date(2026, 12, 7)].light == "yellow"
    assert read_on[date(2026, 12, 8)].light == "red"


def test_a_pause_stops_the_clock_and_what_was_used_stays_used() -> None:
    paused = read(Clock(MONDAY, 5, (Stop(date(2026, 11, 26), None),)), CALENDAR, date(2026, 12, 30), SHARE)
    assert (paused.light, paused.due, paused.used, paused.turns) == ("stopped", None, 2, None)
    assert _due(MONDAY, 5, Stop(date(2026, 11, 26), date(2026, 12, 3))) == date(2026, 12, 7)


def test_days_of_an_extension_do_not_count_and_the_clock_goes_on_by_itself() -> None:
    flood = Stop(date(2026, 11, 25), date(2026, 11, 27))
    during = read(Clock(MONDAY, 5, (flood,)), CALENDAR, date(2026, 11, 26), SHARE)
    assert (during.light, during.due, during.turns) == ("stopped", date(2026, 12, 2), date(2026, 11, 27))


def test_a_due_day_in_a_year_without_its_notice_is_a_guess_and_says_so() -> None:
    assert not read(Clock(MONDAY, 20), CALENDAR, MONDAY, SHARE).guessed
    assert read(Clock(MONDAY, 40), CALENDAR, MONDAY, SHARE).guessed


def test_a_case_that_is_late_stays_late_when_somebody_pauses_it_then() -> None:
    late = Clock(MONDAY, 1, (Stop(date(2026, 12, 1), None),))
    assert read(late, CALENDAR, date(2026, 12, 2), SHARE).light == "red"


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(
    begins=DAYS,
    limit=st.integers(0, 90),
    stops=st.lists(st.tuples(DAYS, st.integers(0, 60)), max_size=4),
    ahead=st.integers(0, 120),
)
def test_time_only_ever_uses_days_up_and_stops_only_ever_give_more(
    begins: date, limit: int, stops: list[tuple[date, int]], ahead: int
) -> None:
    given_stops = tuple(Stop(since, since + timedelta(days=days)) for since, days in stops)
    clock = Clock(begins, limit, given_stops)
    today, later = begins + timedelta(days=ahead), begins + timedelta(days=ahead + 1)
    now, then, bare = read(clock, CALENDAR, today, SHARE), read(clock, CALENDAR, later, SHARE), _due(begins, limit)
    assert now.due == then.due
    assert now.due is not None
    assert bare is not None
    assert now.due >= bare
    assert now.used <= then.used <= max(1, limit)
    if now.turns is not None and now.turns > later:
        assert then.light == now.light, "the sweep would come too late"
