"""Reconciles a day: fetches the statement, takes what no notice told, and leaves a ticket for each difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.moments import SHANGHAI
from hub.payments.channel import Line, Payment, PaymentChannel
from hub.payments.reconciliation import Difference, Ours, compare
from hub.payments.tables import PaymentDay, PaymentOrder, PaymentRefund
from hub.payments.taking import take_payment
from hub.payments.tickets import raise_ticket

_BY_TRADE: Final = ("paid_twice", "trade_elsewhere")


@dataclass(frozen=True, slots=True)
class Report:
    """How a day came out."""

    day: date
    ours_count: int
    ours_fen: int
    theirs_count: int
    theirs_fen: int
    refunds_fen: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether both books say the same."""
        return not self.differences


def reconcile(hub: Hub, channel: PaymentChannel, day: date) -> Report:
    """A day's report; run again it finds the same tickets. Raises ChannelTrouble where there is no statement."""
    lines = channel.statement(day)
    with hub.database.reading() as session:
        report = _compared(session, day, lines)
    for one in report.differences:
        if one.line is not None:
            take_payment(hub, one.number, Payment(one.trade, one.theirs_fen, one.line.at))
    with hub.database.writing() as session:
        for one in report.differences:
            done = hub.texts("hub.pay.ticket.taken") if one.kind == "lost_notice" else ""
            about = one.trade if one.kind in _BY_TRADE else one.number or one.trade
            raise_ticket(session, hub, one.kind, about, _order(session, one), one.ours_fen, one.theirs_fen, done)
        session.merge(
            PaymentDay(
                day=day,
                ours_count=report.ours_count,
                ours_fen=report.ours_fen,
                theirs_count=report.theirs_count,
                theirs_fen=report.theirs_fen,
                refunds_fen=report.refunds_fen,
                differences=len(report.differences),
                run_at=hub.clock(),
            )
        )
    return report


def _compared(session: Session, day: date, lines: tuple[Line, ...]) -> Report:
    begin = datetime.combine(day, time(), SHANGHAI)
    end = begin + timedelta(days=1)
    paid = select(PaymentOrder).where(
        PaymentOrder.paid_at >= begin, PaymentOrder.paid_at < end, PaymentOrder.trade.is_not(None)
    )
    returned = select(PaymentOrder.number, PaymentRefund.trade, PaymentRefund.amount_fen).where(
        PaymentRefund.order_id == PaymentOrder.id, PaymentRefund.done_at >= begin, PaymentRefund.done_at < end
    )
    ours = [Ours(row.number, row.trade or "", row.received_fen) for row in session.scalars(paid)]
    numbers, trades = {line.number for line in lines}, {line.trade for line in lines}
    known = {
        row.number: row.trade for row in session.scalars(select(PaymentOrder).where(PaymentOrder.number.in_(numbers)))
    }
    refunds = session.scalars(select(PaymentRefund).where(PaymentRefund.trade.in_(trades)))
    given_back = [Ours(number, trade, fen) for number, trade, fen in session.execute(returned)]
    payments = [line for line in lines if line.kind == "payment"]
    return Report(
        day=day,
        ours_count=len(ours),
        ours_fen=sum(one.amount_fen for one in ours),
        theirs_count=len(payments),
        theirs_fen=sum(line.amount_fen for line in payments),
        refunds_fen=sum(line.amount_fen for line in lines if line.kind == "refund"),
        differences=compare(ours, known, {row.trade: row.amount_fen for row in refunds}, lines, given_back),
    )


def _order(session: Session, one: Difference) -> PaymentOrder | None:
    if not one.number:
        return None
    return session.scalars(select(PaymentOrder).where(PaymentOrder.number == one.number)).one_or_none()
