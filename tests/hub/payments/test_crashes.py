"""A paid but unfiled case cannot happen: the hub dies at every one of its commits, and all comes right afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.database import Database
from hub.payments.tables import PaymentOrder, PaymentRefund, SandboxBill
from hub.tables import Case, DecisionJob
from tests.hub.payments.till import Till
from tests.hub.running import HandClock
from tests.hub.sealed import Claimed

COMMITS = 12
"""More than a payment has from its filing to its answer: the last ones of these runs are never reached."""


class PowerCut(BaseException):
    """The process is gone; nobody inside it can catch that."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, at: int, *, after: bool) -> Iterator[list[int]]:
    """The commit of that number never happens, or happens and nobody hears of it."""
    count, real = [0], Database.writing

    @contextmanager
    def writing(self: Database) -> Iterator[Session]:
        with real(self) as session:
            yield session
            count[0] += 1
            if count[0] == at and not after:
                raise PowerCut
        if count[0] == at:
            raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(Database, "writing", writing)
        yield count


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "behind the commit"])
def test_wherever_the_hub_dies_money_has_its_case_and_the_case_its_answer(
    till: Till, clock: HandClock, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    reached = 0
    for at in range(1, COMMITS + 1):
        filed = till.file(("lin-jianguo", "lin-yuelan", "cai-xiuying")[at % 3]) if at <= 3 else till.file("chen-deshui")
        if till.seen(filed).state != "waiting":
            break  # everybody has paid
        cashier = till.open(till.phone(filed))
        with dying(monkeypatch, at, after=after) as count:
            try:
                till.channel.pay(cashier.rpartition("/")[2])
                till.work()
            except PowerCut:
                reached += 1
        holds(till)
        if count[0] < at:
            finish(till, clock, filed, cashier)
            break
        finish(till, clock, filed, cashier)
    assert reached >= 3


def finish(till: Till, clock: HandClock, filed: Claimed, cashier: str) -> None:
    """The hub starts again; the phone, told nothing, looks once more and pays where it has not."""
    till.channel.pay(cashier.rpartition("/")[2])
    for _ in range(3):
        clock.turn(till.hub.settings.pay_ask_most_s + till.hub.settings.lease_s)
        till.work()
        holds(till)
    seen = till.seen(filed)
    assert (seen.state, seen.order.state if seen.order else "") == ("approved", "paid")


def holds(till: Till) -> None:
    """What is true at every moment, whoever died."""
    with till.hub.database.reading() as session:
        orders = session.scalars(select(PaymentOrder)).all()
        cases = {case.id: case for case in session.scalars(select(Case))}
        bills = session.scalars(select(SandboxBill)).all()
        refunds = session.scalars(select(PaymentRefund.trade)).all()
        jobs = {job.case_id: job.state for job in session.scalars(select(DecisionJob))}
    numbers = {order.number for order in orders}
    assert len({order.case_id for order in orders}) == len(orders)
    assert {bill.number for bill in bills} <= numbers
    assert len(set(refunds)) == len(refunds)
    for order in orders:
        case = cases[order.case_id]
        if order.state == "paid":
            assert order.received_fen == order.amount_fen
            assert (case.state, jobs[case.id]) != ("received", "done"), "paid, and nobody will ever decide"
            assert case.state != "waiting"
        if case.state == "approved":
            assert order.state == "paid"
        if case.waits_for == "payment":
            assert order.state in ("made", "shown", "in_doubt")
