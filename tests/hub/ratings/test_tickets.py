"""Tickets of bad ratings: every order of acts, their clocks, and the whole course in two browsers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from hub.hub import Hub
from hub.ratings.state import KINDS, SECOND, Act, Bounds, IllegalTicketAct, Standing, after, open_acts, refusal
from hub.ratings.tables import RatingTicket
from hub.tables import Case
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, answer_of, apply, decide
from tests.hub.pictured import csrf_of
from tests.hub.ratings.test_giving import rate
from tests.hub.running import LINE, FakeTerminal, HandClock

BOUNDS = Bounds(simple_days=5, complex_days=15, extension_days=15, calls=3)
ACTS: tuple[Act, ...] = get_args(Act)
CLERKS = ("jia", "yi", "bing")
RATED = "ding"  # had a hand in the case


class TicketMachine(RuleBasedStateMachine):
    """A ticket on which anybody tries anything."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = Standing(limit_days=BOUNDS.simple_days, rated=frozenset((RATED,)))
        self.done: list[tuple[Act, str]] = []

    @rule(
        act=st.sampled_from(ACTS),
        by=st.sampled_from((*CLERKS, RATED)),
        kind=st.sampled_from((*KINDS, "malicious", "")),
        days=st.integers(-1, 20),
    )
    def tries(self, act: Act, by: str, kind: str, days: int) -> None:
        before = self.ticket
        allowed = not refusal(before, act, by, BOUNDS)
        assert allowed == (act in open_acts(before, by, BOUNDS))
        try:
            self.ticket = after(before, act, by, BOUNDS, kind=kind, days=days)
        except IllegalTicketAct:
            assert not allowed or act in ("judge", "ask_extension")
            assert self.ticket == before
            return
        assert allowed
        self.done.append((act, by))

    @invariant()
    def nobody_closes_without_a_call_or_alone(self) -> None:
        acts = [act for act, _ in self.done]
        assert RATED not in {by for _, by in self.done}
        if self.ticket.state == "closed":
            assert acts[-1] in ("approve", "uphold")
            assert "reached" in acts or acts.count("not_reached") >= BOUNDS.calls
        asked = ""
        for act, by in self.done:
            if act in SECOND:
                assert by != asked
            elif act in ("ask_extension", "answer", "appeal"):
                asked = by

    @invariant()
    def the_limit_only_grows_by_what_was_granted(self) -> None:
        assert self.ticket.limit_days == (BOUNDS.complex_days if self.ticket.kind == "complex" else BOUNDS.simple_days)
        assert 0 <= self.ticket.extra_days <= BOUNDS.extension_days
        assert self.ticket.extra_days == 0 or ("grant" in [act for act, _ in self.done])

    @invariant()
    def somebody_can_always_go_on(self) -> None:
        if self.ticket.state != "closed":
            assert any(open_acts(self.ticket, by, BOUNDS) for by in CLERKS)


TestTickets = TicketMachine.TestCase
TestTickets.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def ticket_of(hub: Hub) -> RatingTicket:
    with hub.database.reading() as session:
        return session.scalars(select(RatingTicket)).one()


def do(browser: httpx.Client, ticket: int, act: str, words: str = "", **more: str) -> httpx.Response:
    page = browser.get(f"/desk/ratings/{ticket}")
    return browser.post(f"/desk/ratings/{ticket}", data={"csrf": csrf_of(page), "act": act, "words": words} | more)


@pytest.fixture
def rated(hub: Hub, terminal: FakeTerminal, people: People) -> dict[str, object]:
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    rate(terminal, applied["event_id"], level=2, options=["slow"])
    decide(hub)
    return applied


def test_a_bad_rating_is_called_judged_mended_answered_and_reviewed_by_another(
    hub: Hub, url: str, terminal: FakeTerminal, rated: dict[str, object], browse: Browse
) -> None:
    jia, yi = browse("jia"), browse("yi")
    number = ticket_of(hub).id
    listed = jia.get("/desk/ratings").text
    assert "11-24" in listed, "one working day to call"
    assert browse("far").get(f"/desk/ratings/{number}").status_code == 404
    assert browse("op").get("/desk/ratings").status_code == 403
    assert "请写明原因" in do(jia, number, "reached").text
    do(jia, number, "reached", "电话里说等了一上午")
    do(jia, number, "judge", "取号机坏了，要换", kind="complex")
    assert (ticket_of(hub).kind, ticket_of(hub).limit_days) == ("complex", 15)
    do(jia, number, "ask_extension", "配件要等", days="10")
    assert "请另一位同事" in do(jia, number, "grant").text
    do(yi, number, "grant")
    assert ticket_of(hub).extra_days == 10
    do(jia, number, "answer", "换了取号机，不用再排两次队。")
    assert "请另一位同事" in do(jia, number, "approve").text
    assert not [one for one in answer_of(terminal, rated).reasons if one.code == "rating_reply"]
    assert do(yi, number, "approve").is_success
    closed = ticket_of(hub)
    assert (closed.state, closed.in_time, closed.closed_month) == ("closed", True, "2026-11")
    told = [one.text for one in answer_of(terminal, rated).reasons if one.code == "rating_reply"]
    assert told == ["您的评价有答复了：换了取号机，不用再排两次队。"]
    claim = rated["claim"]
    assert isinstance(claim, dict)
    assert "换了取号机" in LINE.get(f"{url}/verify/{claim['code']}").text
    assert "换了取号机" in terminal.ask("GET", f"/v1/claims/{claim['code']}").text
    assert "100.0%" in LINE.get(f"{url}/indicators").text, "settled in time"
    assert jia.get(f"/desk/ratings/{number}").text.count("<li><b>") == 7


def test_nobody_reached_in_three_calls_does_not_hold_it_up_for_ever(
    hub: Hub, rated: dict[str, object], browse: Browse
) -> None:
    del rated
    jia, number = browse("jia"), ticket_of(hub).id
    assert "还没有联系够次数" in do(jia, number, "unreachable", "没人接").text
    for _ in range(3):
        do(jia, number, "not_reached", "没人接")
    do(jia, number, "unreachable", "三次没人接")
    assert ticket_of(hub).state == "contacted"


def test_an_appeal_that_another_upholds_leaves_the_rating_out_and_says_so(
    hub: Hub, url: str, rated: dict[str, object], browse: Browse
) -> None:
    del rated
    jia, yi, number = browse("jia"), browse("yi"), ticket_of(hub).id
    do(jia, number, "reached", "说点错了")
    do(jia, number, "appeal", "本人说是点错的")
    assert "请另一位同事" in do(jia, number, "uphold").text
    do(yi, number, "dismiss", "没有录音")
    assert "驳回过一次" in do(jia, number, "appeal", "再申诉").text
    assert ticket_of(hub).kind == ""
    page = LINE.get(f"{url}/indicators").text
    assert "经复核不计入的" in page
    assert ticket_of(hub).state == "contacted"


def test_the_clock_counts_working_days_and_a_late_answer_is_counted_late(
    hub: Hub, rated: dict[str, object], browse: Browse, clock: HandClock
) -> None:
    del rated
    jia, number = browse("jia"), ticket_of(hub).id
    do(jia, number, "reached", "说了")
    do(jia, number, "judge", "马上改", kind="clear")
    assert "2026-11-30" in jia.get(f"/desk/ratings/{number}").text, "five working days over a weekend"
    clock.turn(8 * DAY_S)
    assert date(2026, 11, 23) + timedelta(days=8) == date(2026, 12, 1)
    jia, yi = browse("jia"), browse("yi")
    assert "已超期" in jia.get("/desk/ratings").text
    do(jia, number, "answer", "改好了")
    do(yi, number, "approve")
    assert ticket_of(hub).in_time is False


def test_who_had_a_hand_in_the_case_neither_sees_its_bad_rating_among_the_work_nor_can_do_anything_about_it(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    applied = apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    with hub.database.reading() as session:
        number = session.scalars(select(Case.number)).one()
    jia, yi = browse("jia"), browse("yi")
    sent = {"outcome": "visit", "reason": "请带户口本来", "csrf": csrf_of(jia.get(f"/desk/cases/{number}"))}
    assert jia.post(f"/desk/cases/{number}/decision", data=sent).is_success
    decide(hub)
    rate(terminal, applied["event_id"], level=1, options=["slow"])
    decide(hub)
    ticket = ticket_of(hub).id
    assert f"/desk/ratings/{ticket}" not in jia.get("/desk/ratings").text
    assert f"/desk/ratings/{ticket}" in yi.get("/desk/ratings").text
    assert "由别的同事联系" in jia.get(f"/desk/ratings/{ticket}").text
    for act in ("reached", "not_reached", "unreachable", "appeal"):
        assert "差评由别的同事处理" in do(jia, ticket, act, "打过了").text
    assert ticket_of(hub).state == "open"
    for act, kind in (("reached", ""), ("judge", "clear"), ("answer", "")):
        do(yi, ticket, act, "已改", kind=kind)
    assert "差评由别的同事处理" in do(jia, ticket, "approve").text, "nor be the second pair of eyes"
    assert ticket_of(hub).state == "answered"
