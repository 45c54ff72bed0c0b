"""Takes the channel's word that something was paid: by notice, by asking, or by the statement; each payment once."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, lock_cases
from hub.casework.joining import join_whole
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again, move
from hub.hub import Hub
from hub.moments import local_day
from hub.payments.channel import Notice, Payment
from hub.payments.following import ask_refund
from hub.payments.orders import PAYMENT, order_of, step, yuan
from hub.payments.state import MONEY, UNPAID
from hub.payments.tables import PaymentNotice, PaymentOrder, PaymentRefund
from hub.payments.tickets import raise_ticket
from hub.tables import Case, DecisionJob
from hub.withdrawals import read_addressee

CHANNEL = "channel"
_APART: Final = timedelta(days=1)  # a channel's clock may differ from ours


class Taken(StrEnum):
    """What a payment came to."""

    TAKEN = "taken"
    KNOWN = "known"  # it counted already
    GIVEN_BACK = "given_back"  # nothing was owed any more, or it was paid twice: it goes back
    AMOUNT_DIFFERS = "amount_differs"
    ELSEWHERE = "elsewhere"  # another order has this payment: one of the channel's words is wrong, a person is told
    ORDER_UNKNOWN = "order_unknown"
    STALE = "stale"  # too old to be believed; asking and the statement tell


def take_notice(hub: Hub, notice: Notice) -> Taken:
    """A notice whose signature held; the same one counts once, whatever it met."""
    if hub.clock() - notice.sent_at > timedelta(days=hub.settings.pay_notice_days):
        return Taken.STALE
    addressee = _hearer(hub, notice.number, notice.amount_fen)
    with hub.database.writing() as session:
        order = locked_order(session, notice.number)
        if order is None:
            return Taken.ORDER_UNKNOWN
        if (known := session.get(PaymentNotice, notice.id)) is not None:
            return Taken.KNOWN if known.order_id == order.id else Taken.STALE
        result = _take(session, hub, order, Payment(notice.trade, notice.amount_fen, notice.at))
        _tell(session, hub, order, result, addressee)
        session.add(
            PaymentNotice(
                id=notice.id,
                order_id=order.id,
                trade=notice.trade,
                amount_fen=notice.amount_fen,
                result=result.value,
                received_at=hub.clock(),
            )
        )
    hub.work.set()
    return result


def take_payment(hub: Hub, number: str, payment: Payment) -> Taken:
    """A payment that was asked about, or stands in the statement."""
    addressee = _hearer(hub, number, payment.amount_fen)
    with hub.database.writing() as session:
        order = locked_order(session, number)
        result = Taken.ORDER_UNKNOWN if order is None else _take(session, hub, order, payment)
        if order is not None:
            _tell(session, hub, order, result, addressee)
    hub.work.set()
    return result


def locked_order(session: Session, number: str) -> PaymentOrder | None:
    """The order, with everything that may move with it: the job, the case, the order, always in this sequence."""
    found = session.scalars(select(PaymentOrder.case_id).where(PaymentOrder.number == number)).one_or_none()
    if found is None:
        return None
    session.get_one(DecisionJob, found, with_for_update=True)
    lock_cases(session, {found})
    return order_of(session, found, lock=True)


def _hearer(hub: Hub, number: str, amount_fen: int) -> Addressee | None:
    """Who has to be told of this payment at once; nobody where it is what was owed, for then the rule speaks next.

    Slow on purpose, so before any lock.
    """
    with hub.database.reading() as session:
        order = session.scalars(select(PaymentOrder).where(PaymentOrder.number == number)).one_or_none()
        if order is None or (order.state in UNPAID and order.amount_fen == amount_fen):
            return None
        return read_addressee(session, hub, session.get_one(Case, order.case_id))


def _tell(session: Session, hub: Hub, order: PaymentOrder, result: Taken, addressee: Addressee | None) -> None:
    """What the order now says reaches the terminal too: nobody is shown a code to pay what has been paid."""
    if addressee is not None and result in (Taken.GIVEN_BACK, Taken.AMOUNT_DIFFERS):
        session.flush()
        answer(session, hub, session.get_one(Case, order.case_id), addressee)


def _take(session: Session, hub: Hub, order: PaymentOrder, payment: Payment) -> Taken:
    now = hub.clock()
    if _has_it_elsewhere(session, order, payment.trade):
        raise_ticket(session, hub, "trade_elsewhere", payment.trade, order, 0, payment.amount_fen)
        return Taken.ELSEWHERE
    if order.trade is not None and order.trade != payment.trade:
        if order.state != "in_doubt" or payment.amount_fen != order.amount_fen:
            return _second(session, hub, order, payment)
        _let_go(session, hub, order)
    if order.state in MONEY or (order.state == "in_doubt" and order.received_fen == payment.amount_fen):
        return Taken.KNOWN
    order.trade, order.received_fen, order.paid_at = payment.trade, payment.amount_fen, _paid_at(order, payment, now)
    if payment.amount_fen != order.amount_fen:
        return _wrong(session, hub, order, payment)
    step(session, order, "pay", CHANNEL, payment.trade, now)
    if order.state != "paid":
        why = hub.texts("hub.pay.because.over")
        ask_refund(session, order, payment.trade, payment.amount_fen, "rule", why, now)
        return Taken.GIVEN_BACK
    order.receipt = f"演示{local_day(order.paid_at):%Y%m%d}{order.id:08d}"
    _go_on(session, hub, order)
    return Taken.TAKEN


def _let_go(session: Session, hub: Hub, order: PaymentOrder) -> None:
    """What was owed has come after all: the other amount that was told of before goes back, if there ever was one."""
    if order.trade is not None and order.received_fen:
        why = hub.texts("hub.pay.because.amount", yuan=yuan(order.received_fen))
        ask_refund(session, order, order.trade, order.received_fen, "rule", why, hub.clock())


def _has_it_elsewhere(session: Session, order: PaymentOrder, trade: str) -> bool:
    """Whether another order has this payment, or has had it given back."""
    paid = select(PaymentOrder.id).where(PaymentOrder.trade == trade, PaymentOrder.id != order.id)
    back = select(PaymentRefund.number).where(PaymentRefund.trade == trade, PaymentRefund.order_id != order.id)
    return session.scalars(paid).first() is not None or session.scalars(back).first() is not None


def _paid_at(order: PaymentOrder, payment: Payment, now: datetime) -> datetime:
    """When the channel says it was paid; a moment that cannot be is taken for now, so that some day's books have it."""
    return payment.at if order.made_at - _APART <= payment.at <= now + _APART else now


def _go_on(session: Session, hub: Hub, order: PaymentOrder) -> None:
    """The case comes before its rule again."""
    case = session.get_one(Case, order.case_id)
    if (case.state, case.waits_for) != ("waiting", PAYMENT):  # it lies before a person: there the money is seen
        return
    reason = hub.texts("hub.pay.receipt_of", receipt=order.receipt or "", yuan=yuan(order.received_fen))
    move(session, hub, case, "payment_made", By("party", CHANNEL), reason=reason)
    before_its_rule_again(session, case.id)
    join_whole(session, hub, case)


def _wrong(session: Session, hub: Hub, order: PaymentOrder, payment: Payment) -> Taken:
    """Another amount: the case goes on waiting, a person is told; what came for a case that is over goes back."""
    now, owed = hub.clock(), order.amount_fen
    raise_ticket(session, hub, "amount_differs", order.number, order, owed, payment.amount_fen)
    why = hub.texts("hub.pay.because.amount", yuan=yuan(payment.amount_fen))
    if order.state in ("expired", "cancelled"):
        step(session, order, "pay", CHANNEL, why, now)
        ask_refund(session, order, payment.trade, payment.amount_fen, "rule", why, now)
        return Taken.GIVEN_BACK
    step(session, order, "doubt", CHANNEL, why, now)
    order.ask_at = now + timedelta(seconds=hub.settings.pay_ask_s)  # the notice may have been wrong, not the money
    return Taken.AMOUNT_DIFFERS


def _second(session: Session, hub: Hub, order: PaymentOrder, payment: Payment) -> Taken:
    """Money for an order that has some already: it goes back, and a person is told."""
    if session.scalars(select(PaymentRefund.number).where(PaymentRefund.trade == payment.trade)).first():
        return Taken.KNOWN
    raise_ticket(session, hub, "paid_twice", payment.trade, order, 0, payment.amount_fen)
    why = hub.texts("hub.pay.because.twice")
    ask_refund(session, order, payment.trade, payment.amount_fen, "rule", why, hub.clock())
    return Taken.GIVEN_BACK
