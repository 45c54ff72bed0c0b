"""SMS over real HTTP: only with consent, one short text without anything of the case, and a call where it fails."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.moments import local_text
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.notices.tables import Notice, NoticeContact
from hub.staff import add_staff
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, act, apply, case_of, decide
from tests.hub.notices.hands import PHONE, agree, behave, notices_of, texts
from tests.hub.notices.test_notices import steps_of
from tests.hub.pictured import PASSWORD
from tests.hub.running import VILLAGE, FakeTerminal, HandClock

HOUR_S = 3600


@pytest.fixture
def sender(hub: Hub) -> NoticeWorker:
    """The worker that sends, one round at a time."""
    return NoticeWorker(hub, SandboxSms(hub))


def test_who_has_agreed_gets_one_short_sms_outside_of_quiet_hours_that_says_nothing_of_the_case(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, sender: NoticeWorker
) -> None:
    person = people["lin-yuelan"]
    agree(hub, terminal, person)
    clock.turn(6 * HOUR_S)  # 18:00
    apply(terminal, person)
    decide(hub)
    clock.turn(4.5 * HOUR_S)  # 22:30: it would be time
    sender.run_once()
    clock.turn(9 * HOUR_S)
    sender.run_once()
    assert texts(hub) == []
    clock.turn(HOUR_S)
    for _ in range(2):
        sender.run_once()
    (text,) = texts(hub)
    assert local_text(text.taken_at) == "2026-11-24 08:30"
    assert len(text.words) <= 70, "one message, not two"
    assert text.words.startswith("（演示）【智助】林**您好")
    case = case_of(hub)
    for secret in (person.name, person.id_number, case.masked_name, case.number, "养老", "http", "://", PHONE):
        assert secret not in text.words + text.to
    clock.turn(hub.settings.sms_ask_s)
    sender.run_once()
    assert notices_of(hub)[-1] == ("decision", f"sms:{text.ticket}")
    assert steps_of(hub) == [("sms", "sent", text.ticket), ("sms", "delivered", text.ticket)]
    assert text.words in browse("op").get("/sandbox/sms").text
    clock.turn(9 * DAY_S)
    assert "没有要打的电话" in browse("jia").get("/desk/calls").text
    with hub.database.reading() as session:
        (contact,) = session.scalars(select(NoticeContact))
    assert PHONE.encode() not in contact.number_sealed


@pytest.mark.parametrize("manner", ["late", "wrong", "garbled", "undelivered", "silent", "twice"])
def test_a_gateway_that_fails_in_any_way_sends_at_most_once_and_a_clerk_calls_where_nothing_came(
    hub: Hub,
    terminal: FakeTerminal,
    people: People,
    clock: HandClock,
    browse: Browse,
    sender: NoticeWorker,
    manner: str,
) -> None:
    agree(hub, terminal, people["lin-yuelan"])
    behave(browse("op"), manner)
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    for _ in range(13):
        clock.turn(6 * HOUR_S)
        sender.run_once()
        NoticeWorker(hub, SandboxSms(hub)).run_once()  # another replica, or this one after a restart
    reaches = manner in ("late", "twice")
    assert len(texts(hub)) == (reaches or manner == "undelivered")
    assert (notices_of(hub)[-1][1] is not None) == reaches
    assert ("短信没送到" in browse("jia").get("/desk/calls").text) != reaches
    with hub.database.reading() as session:
        assert session.scalars(select(NoticeContact.ended_why)).one() == ("refused" if manner == "wrong" else "")


def test_who_takes_the_consent_back_gets_nothing_also_not_what_was_to_go_already(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, sender: NoticeWorker
) -> None:
    agree(hub, terminal, people["lin-yuelan"])
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    agree(hub, terminal, people["lin-yuelan"], "no")
    clock.turn(5 * HOUR_S)
    sender.run_once()
    assert texts(hub) == []
    assert ("sms", "void", "no_consent") in steps_of(hub)
    with hub.database.reading() as session:
        assert all(one.call_at is not None for one in session.scalars(select(Notice)) if one.told_at is None)


def test_an_sms_that_asks_somebody_to_come_is_followed_by_a_call_when_nobody_came(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, sender: NoticeWorker
) -> None:
    person = people["lin-yuelan"]
    agree(hub, terminal, person)
    apply(terminal, person, identity=BY_TYPING)
    decide(hub)
    jia = browse("jia")
    assert act(jia, case_of(hub).number, "ask_papers", "收入证明", "缺一份").is_success
    clock.turn(5 * HOUR_S)
    sender.run_once()
    clock.turn(HOUR_S)
    sender.run_once()
    assert notices_of(hub)[-1] == ("papers", None)
    assert "短信送到" in jia.get(f"/desk/cases/{case_of(hub).number}").text
    clock.turn(3 * DAY_S)
    assert "没有要打的电话" in browse("jia").get("/desk/calls").text
    clock.turn(3 * DAY_S)
    assert "短信送到了，人还没来" in browse("jia").get("/desk/calls").text
    terminal.lookup(person.id_number)
    assert "没有要打的电话" in browse("jia").get("/desk/calls").text


def test_the_sandbox_page_is_for_operators_and_shows_no_number(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, sender: NoticeWorker
) -> None:
    add_staff(hub.database, clock, "cun", "clerk", VILLAGE, PASSWORD)
    agree(hub, terminal, people["lin-yuelan"])
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    clock.turn(5 * HOUR_S)
    sender.run_once()
    page = browse("op").get("/sandbox/sms").text
    assert "演示" in page
    assert re.search(r"[0-9]\*+[0-9]", page)
    assert PHONE not in page
    assert browse("cun").get("/sandbox/sms").status_code == 403
