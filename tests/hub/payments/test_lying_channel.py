"""A channel that lies, says what cannot be or keeps its books back; and a clerk who is quicker than the rule."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.payments.channel import Line, Notice
from hub.payments.following import refund_number
from hub.payments.reconciliation import Ours, compare
from hub.payments.sandbox import Behaviour
from hub.payments.tables import PaymentDay, PaymentOrder, PaymentRefund, PaymentTicket
from hub.payments.worker import PaymentWorker
from hub.staff import add_staff
from hub.tables import Case
from tests.conftest import LogWatch
from tests.hub.payments.till import FEE_FEN, Till
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import NOON, VILLAGE, HandClock
from tests.hub.sealed import Claimed
from tests.hub.stores import both_stores

DAY = date(2026, 11, 23)


def notice(till: Till, filed: Claimed, **changes: object) -> Notice:
    now = till.hub.clock()
    said: dict[str, object] = {"id": "0123456789abcdef", "trade": "YS1", "amount_fen": FEE_FEN, "at": now}
    return Notice.model_validate(said | {"number": till.order(filed).number, "sent_at": now} | changes)


def tickets(till: Till) -> list[tuple[str, str]]:
    with till.hub.database.reading() as session:
        return [(one.kind, one.about) for one in session.scalars(select(PaymentTicket).order_by(PaymentTicket.id))]


def test_one_payment_that_is_told_of_two_orders_counts_for_the_first_and_a_person_is_told(till: Till) -> None:
    first, second = till.file(), till.file(payee="lin-yuelan")
    assert till.notify(notice(till, first)).json() == {"result": "taken"}
    for name in ("another-notice", "one-notice-more"):
        assert till.notify(notice(till, second, id=name)).json() == {"result": "elsewhere"}
    assert (till.order(first).state, till.order(second).state) == ("paid", "made")
    assert tickets(till) == [("trade_elsewhere", "YS1")]


def test_payments_whose_long_numbers_begin_alike_are_each_given_back(till: Till) -> None:
    filed, alike = till.file(), "A" * 39
    for n in range(3):
        assert till.notify(notice(till, filed, id=f"notice-{n}", trade=f"{alike}{n}")).is_success
    with till.hub.database.reading() as session:
        numbers = session.scalars(select(PaymentRefund.number)).all()
    assert (len(set(numbers)), {len(one) for one in numbers}, refund_number("YS1")) == (2, {40}, "TKYS1")


@pytest.mark.parametrize("at", [datetime(9999, 12, 31, 23, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_payment_at_a_moment_that_cannot_be_is_taken_for_now(till: Till, at: datetime) -> None:
    filed = till.file()
    assert till.notify(notice(till, filed, at=at)).json() == {"result": "taken"}
    assert (till.order(filed).paid_at, (till.order(filed).receipt or "")[:10]) == (NOON, "演示20261123")


def test_a_wrong_word_about_money_does_not_cost_who_then_pays_rightly_her_case(till: Till) -> None:
    filed = till.file()
    cashier = till.open(till.phone(filed))
    assert till.notify(notice(till, filed, amount_fen=1)).json() == {"result": "amount_differs"}
    till.cashier(cashier, "pay")
    till.work()
    assert (till.order(filed).state, till.seen(filed).state) == ("paid", "approved")
    with till.hub.database.reading() as session:
        assert [(one.trade, one.amount_fen) for one in session.scalars(select(PaymentRefund))] == [("YS1", 1)]


def test_money_that_a_clerk_gives_back_before_the_rule_decides_leaves_nothing_approved(
    till: Till, clock: HandClock
) -> None:
    add_staff(till.hub.database, clock, "xianli", "clerk", f"{VILLAGE[:6]}000000", PASSWORD)
    filed = till.file()
    till.pay(filed)
    till.work(decide=False)
    with till.hub.database.reading() as session:
        number = session.scalars(select(Case.number)).one()
    with signed_in(till.url, "xianli") as desk:
        form = {"reason": "群众要退", "csrf": csrf_of(desk.get(f"/desk/cases/{number}"))}
        assert desk.post(f"/desk/cases/{number}/refund", data=form).is_success
        till.work()
        assert "由工作人员看怎么办" in desk.get(f"/desk/cases/{number}").text
    assert (till.seen(filed).state, till.order(filed).state) == ("in_review", "refunded")


@both_stores
def test_of_two_that_were_paid_for_one_person_the_first_counts_whoever_decides_first(till: Till) -> None:
    first, second = till.file(), till.file()
    for filed in (first, second):
        till.pay(filed)
    till.work(decide=False)
    worker = DecisionWorker(till.hub)
    assert [worker.decide(case_id) for case_id in reversed(worker.claim())] == [True, True]
    assert (till.seen(first).state, till.seen(second).state) == ("approved", "refused")


def test_an_item_that_has_lost_its_fee_still_gives_back_what_was_paid(till: Till, clock: HandClock) -> None:
    filed = till.file(payee="chen-deshui")  # a clerk's case
    till.pay(filed)
    till.work()
    item = till.hub.catalogue.item("residents-medical-insurance")
    items = tuple(one for one in till.hub.catalogue.items if one.id != item.id)
    catalogue = type(till.hub.catalogue)((*items, item.model_copy(update={"fee_fen": 0})))
    object.__setattr__(till.hub, "catalogue", catalogue)
    add_staff(till.hub.database, clock, "xianli", "clerk", f"{VILLAGE[:6]}000000", PASSWORD)
    with till.hub.database.reading() as session:
        number = session.scalars(select(Case.number)).one()
    with signed_in(till.url, "xianli") as desk:
        form = {"outcome": "refuse", "reason": "不在一户", "csrf": csrf_of(desk.get(f"/desk/cases/{number}"))}
        assert desk.post(f"/desk/cases/{number}/decision", data=form).is_success
    assert till.order(filed).state == "refund_asked"


def test_a_day_whose_statement_was_kept_back_is_reconciled_later(till: Till, clock: HandClock, logs: LogWatch) -> None:
    logs.expect("still missing")
    till.pay(till.file())
    till.work()
    till.channel.behave(Behaviour(statement="silent"))
    for _ in range(2):
        clock.turn(24 * 3600)
        till.work()
    till.channel.behave(Behaviour())
    clock.turn(24 * 3600)
    till.work()
    with till.hub.database.reading() as session:
        days = session.scalars(select(PaymentDay.day).order_by(PaymentDay.day)).all()
    assert days == [date(2026, 11, day) for day in (22, 23, 24, 25)]


def test_refunds_are_compared_too_by_amount_and_by_being_there() -> None:
    paid, back = Line("JF1", "T1", 100, "payment", NOON), Line("JF1", "T1", 1, "refund", NOON)
    ours = [Ours("JF1", "T1", 100)]
    found = [compare(ours, {"JF1": "T1"}, {"T1": 100}, lines, ours) for lines in ([paid, back], [paid])]
    assert [[(one.kind, one.ours_fen, one.theirs_fen) for one in each] for each in found] == [
        [("unknown_refund", 100, 1)],
        [("refund_missing", 100, 0)],
    ]
    other = Line("JF2", "T1", 100, "payment", NOON)
    assert [one.kind for one in compare(ours, {"JF1": "T1", "JF2": None}, {}, [paid, other])] == ["trade_elsewhere"]


def test_an_order_that_fails_stops_neither_the_others_nor_the_worker(
    till: Till, logs: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.expect("could not be seen to")
    first, second = till.file(), till.file(payee="lin-yuelan")
    for filed in (first, second):
        till.pay(filed, notice="never")
    till.hub.clock.turn(60)  # type: ignore[attr-defined]
    real, bad = till.channel.query, till.order(first).number

    def query(number: str) -> object:
        if number == bad:
            raise ValueError("the channel said nonsense")
        return real(number)

    monkeypatch.setattr(till.channel, "query", query)
    PaymentWorker(till.hub, till.channel).run_once()
    with till.hub.database.reading() as session:
        states = dict(session.execute(select(PaymentOrder.number, PaymentOrder.state)).all())
    assert (states[bad], states[till.order(second).number]) == ("shown", "paid")
