"""From touch to receipt: filed, waiting, paid by a phone, decided; and every way in which a channel fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.payments.channel import Notice
from hub.payments.sandbox import Behaviour
from hub.payments.tables import PaymentOrder, PaymentRefund, PaymentTicket
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.canonical import b64
from tests.conftest import LogWatch
from tests.hub.payments.till import FEE_FEN, MEDICAL, Till
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, HandClock
from tests.hub.sealed import claim
from tests.hub.stores import both_stores


def kinds(till: Till) -> list[str]:
    with till.hub.database.reading() as session:
        return list(session.scalars(select(PaymentTicket.kind).order_by(PaymentTicket.id)))


def notice_for(till: Till, number: str, clock: HandClock, **changes: object) -> Notice:
    said: dict[str, object] = {
        "id": "0123456789abcdef",
        "number": number,
        "trade": "YS1",
        "amount_fen": FEE_FEN,
        "at": clock(),
        "sent_at": clock(),
    }
    return Notice.model_validate(said | changes)


@both_stores
def test_filed_then_waiting_then_paid_by_a_phone_then_decided(till: Till) -> None:
    filed = till.file()
    asked = till.seen(filed)
    assert (asked.state, asked.due.light if asked.due else "") == ("waiting", "stopped")
    assert asked.order is not None
    assert (asked.order.amount_fen, asked.order.state) == (FEE_FEN, "unpaid")
    path = till.phone(filed)
    assert "400.00" in till.page(path)
    assert "演示" in till.page(path)
    cashier = till.open(path)
    assert "不会动您的钱" in till.page(cashier)
    till.cashier(cashier, "decline")
    assert "还没有缴" in till.page(path)
    till.cashier(till.open(path), "pay")
    till.work()
    done = till.seen(filed)
    assert (done.state, done.order.state if done.order else "") == ("approved", "paid")
    assert done.order is not None
    assert done.order.receipt.startswith("演示20261123")
    assert done.order.pay_url is None
    assert done.order.receipt in till.page(path)


def test_the_rule_is_asked_before_anybody_pays_and_nobody_pays_twice_for_one_person(till: Till) -> None:
    mine, mothers = till.file(), till.file(payee="lin-yuelan")
    assert [till.seen(one).state for one in (mine, mothers)] == ["waiting", "waiting"]
    till.pay(mine)
    till.pay(mothers)
    till.work()
    assert [till.seen(one).state for one in (mine, mothers)] == ["approved", "approved"]
    again = till.seen(till.file())
    assert (again.state, again.order) == ("refused", None)
    assert "已经交过" in again.reasons[-1].text


def test_whom_a_person_has_to_look_at_pays_first_and_is_then_looked_at(till: Till) -> None:
    filed = till.file(payee="chen-deshui")
    till.pay(filed)
    till.work()
    seen = till.seen(filed)
    assert (seen.state, seen.order.state if seen.order else "") == ("in_review", "paid")


@pytest.mark.parametrize("way", ["late", "twice", "never", "wrong"])
def test_a_notice_that_is_late_twice_silent_or_wrong_ends_right(till: Till, clock: HandClock, way: str) -> None:
    filed = till.file()
    till.pay(filed, notice=way)
    till.work()
    assert till.seen(filed).state == ("approved" if way == "twice" else "waiting")
    if way == "wrong":
        assert kinds(till) == ["amount_differs"]
        order = till.seen(filed).order
        assert order is not None
        assert (order.state, order.pay_url) == ("checking", None), "nobody is shown a code for what has been paid"
    clock.turn(1200)
    till.work()
    clock.turn(1200)
    till.work()
    assert till.seen(filed).state == "approved"
    with till.hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PaymentRefund)) == 0
    assert till.refused == []


def test_no_order_is_paid_without_a_case_whatever_a_notice_says(till: Till, clock: HandClock) -> None:
    filed = till.file()
    number = till.order(filed).number
    unknown = till.notify(notice_for(till, "JF999", clock))
    assert (unknown.status_code, unknown.json()["retryable"]) == (404, True)
    forged = till.notify(notice_for(till, number, clock), b64(bytes(64)))
    assert (forged.status_code, "签名不对" in forged.json()["detail"]) == (403, True)
    old = notice_for(till, number, clock, sent_at=clock() - timedelta(days=8))
    assert (till.notify(old).status_code, "重放" in till.notify(old).json()["detail"]) == (409, True)
    wrong = till.notify(notice_for(till, number, clock, amount_fen=1))
    assert wrong.json() == {"result": "amount_differs"}
    assert till.order(filed).state == "in_doubt"
    right = notice_for(till, number, clock, id="fedcba9876543210")
    assert till.notify(right).json() == {"result": "taken"}
    assert till.notify(right).json() == {"result": "known"}
    second = notice_for(till, number, clock, id="00000000000000aa", trade="YS2")
    assert till.notify(second).json() == {"result": "given_back"}
    assert kinds(till) == ["amount_differs", "paid_twice"]
    assert till.order(filed).state == "paid"
    with till.hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PaymentOrder)) == 1
        assert session.scalars(select(PaymentRefund.trade)).all() == ["YS2"]


def test_one_who_does_not_pay_in_time_is_told_and_late_money_goes_back(
    till: Till, clock: HandClock, logs: LogWatch
) -> None:
    logs.expect("still missing")
    unopened, opened, silent = till.file(), till.file(payee="lin-yuelan"), till.file(payee="cai-xiuying")
    cashier = till.open(till.phone(opened))
    till.pay(silent, notice="never")
    till.channel.behave(Behaviour(query="silent", statement="silent"))
    clock.turn(till.hub.settings.pay_hours * 3600 + 1)
    till.work()
    assert till.seen(unopened).state == "withdrawn"
    assert "没有缴" in till.seen(unopened).reasons[0].text
    assert [till.order(one).state for one in (opened, silent)] == ["in_doubt", "in_doubt"]
    assert kinds(till) == ["silent", "silent"]
    till.channel.behave(Behaviour())
    clock.turn(till.hub.settings.pay_ask_most_s)
    till.work()
    assert [till.seen(one).state for one in (opened, silent)] == ["withdrawn", "approved"]
    assert "不收钱了" in till.page(cashier)
    late = notice_for(till, till.order(opened).number, clock, trade="YS9")
    assert till.notify(late).json() == {"result": "given_back"}
    assert till.order(opened).state == "refund_asked"
    assert till.seen(opened).state == "withdrawn"


def test_a_phone_page_nobody_made_says_what_to_do(till: Till) -> None:
    for path in ("/pay/nosuchtoken", "/sandbox/cashier/nosuchkey"):
        reply = LINE.get(f"{till.url}{path}")
        assert (reply.status_code, "没有这张缴费单" in reply.text) == (404, True)
    assert LINE.post(f"{till.url}/pay/nosuchtoken").status_code == 404
    with till.hub.database.reading() as session:
        assert session.scalars(select(Case)).all() == []


def test_doubted_before_its_rule_it_is_paid_after_a_clerks_yes_and_then_decided(till: Till) -> None:
    add_staff(till.hub.database, till.hub.clock, "jia", "clerk", "440981000000", PASSWORD)
    identity = {"level": "card_face", "way": "face", "session": ""}
    claimed = claim(till.hub, till.terminal, till.people["lin-jianguo"], MEDICAL, identity=identity)
    seen = till.seen(claimed)
    assert (seen.state, seen.order) == ("in_review", None)
    with signed_in(till.url, "jia") as clerk:
        page = clerk.get(f"/desk/cases/{seen.case_no}")
        assert "由规则接着办" in page.text
        assert 'value="vouch"' in page.text
        form = {"outcome": "vouch", "reason": "认得，是本人", "csrf": csrf_of(page)}
        for _ in range(2):  # twice, as a tired hand does
            clerk.post(f"/desk/cases/{seen.case_no}/decision", data=form)
            till.work()
    till.pay(claimed)
    till.work()
    assert till.seen(claimed).state == "approved"


def test_where_nothing_can_be_paid_any_more_the_desk_does_not_say_that_paying_helps(till: Till) -> None:
    add_staff(till.hub.database, till.hub.clock, "jia", "clerk", "440981000000", PASSWORD)
    first = till.file()
    till.pay(first)
    till.work()
    second = till.file()
    seen = till.seen(second)
    assert (seen.state, seen.order, seen.review) == ("refused", None, "open")
    asked = till.terminal.event({"case": {"event_id": second.event_id}}, "cn.zhizhu.case.review_asked.v1")
    till.terminal.send(asked)
    till.work()
    with signed_in(till.url, "jia") as clerk:
        page = clerk.get(f"/desk/cases/{seen.case_no}").text
    assert ("没有可以缴费的单子" in page, "缴了会自动接着办" in page) == (True, False)
