"""A party who does not answer, over real HTTP: written to or called before the day, both told at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.moments import local_text
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.notices.tables import Notice
from hub.parties.taking import sweep_parties
from hub.parties.telling import last_call
from tests.hub.notices.hands import agree, texts
from tests.hub.parties.table import Table
from tests.hub.pictured import csrf_of, signed_in
from tests.hub.running import HandClock

DAY_S, HOUR_S = 86_400, 3_600
ASKED = "二手房转移登记（卖方林*国）要本人确认"


@pytest.fixture
def notices(hub: Hub) -> NoticeWorker:
    """The worker that writes to people, with the sandbox gateway."""
    return NoticeWorker(hub, SandboxSms(hub))


def _of(hub: Hub, table: Table, kind: str = "confirm") -> list[Notice]:
    """The buyer's notices."""
    with hub.database.reading() as session:
        rows = session.scalars(select(Notice).where(Notice.subject != "", Notice.kind == kind))
        return list(rows.all())


def _calls(url: str) -> Iterator[str]:
    with signed_in(url, "dengji") as browser:
        yield browser.get("/desk/calls").text


def test_who_has_agreed_to_it_gets_a_text_and_who_has_not_come_is_called_before_the_day(
    table: Table, url: str, hub: Hub, clock: HandClock, notices: NoticeWorker
) -> None:
    agree(hub, table.terminal, table.buyer)
    table.sell()
    clock.turn((hub.settings.notice_sms_hours + 0.1) * HOUR_S)
    notices.run_once()
    clock.turn(HOUR_S / 10)
    notices.run_once()
    (text,) = texts(hub)
    assert "有件事等您确认" in text.words
    assert "440" not in text.words
    (asked,) = _of(hub, table)
    assert (asked.sms_state, asked.told_at) == ("delivered", None)
    # Monday the 30th is the day; five days later would be too late, and at the weekend nobody rings.
    assert local_text(asked.call_at) == "2026-11-27 08:00"
    assert ASKED not in next(_calls(url))
    clock.turn(4 * DAY_S)
    assert ASKED in next(_calls(url))
    assert "前带身份证" in next(_calls(url))
    (offered,) = table.offered()
    assert offered.left != 0
    assert [one.told_by for one in _of(hub, table)] == [f"terminal:{table.terminal.id}"]
    assert ASKED not in next(_calls(url))


def test_who_cannot_be_written_to_is_called_and_told_of_the_end_as_the_other_is(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    sale = table.sell()
    clock.turn(3.1 * DAY_S)
    with signed_in(url, "dengji") as clerk:
        page = clerk.get("/desk/calls")
        assert ASKED in page.text
        assert f"买方 {table.buyer.id_number[:4]}" in page.text
        assert table.buyer.id_number not in page.text
        (asked,) = _of(hub, table)
        said = clerk.post(f"/desk/calls/{asked.id}", data={"answer": "reached", "csrf": csrf_of(page)})
        assert ASKED not in said.text
        desk = clerk.get(f"/desk/cases/{table.case(sale).number}").text
    assert "要确认的事" in desk
    clock.turn(6 * DAY_S)
    assert sweep_parties(hub) == 1
    clock.turn(4 * DAY_S)
    listed = next(_calls(url))
    assert "已经结束，不用再去确认：买方到11月30日没有确认" in listed
    assert listed.count("买方到11月30日没有确认") == 2, "a call to each"
    (gone,) = table.offered()
    assert gone.left == 0
    assert next(_calls(url)).count("买方到11月30日没有确认") == 1, "the buyer has read it at the terminal"
    table.terminal.lookup(table.seller.id_number)
    assert "买方到11月30日没有确认" not in next(_calls(url))


def test_whoever_has_answered_is_called_no_more_and_the_other_hears_nothing_of_it(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    sale = table.sell()
    assert table.terminal.lookup(table.seller.id_number).is_success
    assert [one.told_at for one in _of(hub, table)] == [None], "the seller's card says nothing to the buyer"
    assert "要本人确认" not in str(table.seen(sale).reasons)
    table.say(asked=sale.event_id)
    clock.turn(4 * DAY_S)
    assert [one.told_by for one in _of(hub, table)] == ["case"]
    assert ASKED not in next(_calls(url))


def test_what_was_taken_back_is_said_to_who_had_heard_of_it_and_to_nobody_else(
    table: Table, url: str, hub: Hub, clock: HandClock
) -> None:
    heard, unheard = table.sell(), table.sell(buyer=table.people["pan-jinfeng"])
    assert table.offered()
    for one in (heard, unheard):
        taken_back: dict[str, object] = {"case": {"event_id": one.event_id}}
        table.terminal.send(table.terminal.event(taken_back, "cn.zhizhu.case.withdrawn.v1"))
    table.work()
    (told,) = _of(hub, table, "decision")
    assert told.text.startswith("请您确认的二手房转移登记（卖方林*国）已经结束")
    assert [one.told_at is not None for one in _of(hub, table)] == [True, True]


def test_the_last_call_is_on_a_day_that_is_worked(hub: Hub) -> None:
    assert local_text(last_call(hub, date(2026, 12, 2))) == "2026-12-01 08:00"
    assert local_text(last_call(hub, date(2026, 10, 8))) == "2026-09-30 08:00", "after the holidays of October"


def test_a_clerks_words_about_a_sale_are_not_told_to_whoever_has_found_the_buyers_card(table: Table, url: str) -> None:
    sale = table.sell()
    with signed_in(url, "dengji") as clerk:
        number = table.case(sale).number
        form = {"outcome": "refuse", "reason": "房子被查封了", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
        assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    (found,) = table.offered()
    assert (found.left, found.detail) == (0, "未通过")
    (sure,) = table.offered(level="card_face")
    assert sure.detail == "房子被查封了"
