"""What becomes of an order when its case ends: nobody pays for what is over, and money goes back by itself."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.payments.orders import PAYMENT, fee_of, note, order_of, step
from hub.payments.state import UNPAID
from hub.payments.tables import PaymentOrder, PaymentRefund
from hub.tables import Case

ASKED = "asked"
REFUSED = "refused"
_NUMBER_CHARS: Final = 40


def follow_case(session: Session, hub: Hub, case: Case) -> None:
    """Cancels or refunds the order of a case that ended without what was paid for, in the same transaction."""
    if case.state not in ("refused", "withdrawn"):
        return
    pay_back(session, hub, case, case.state)


def pay_back(session: Session, hub: Hub, case: Case, because: str) -> None:
    """Cancels or refunds the case's order, whatever became of the case itself; `because`: refused or withdrawn."""
    order = order_of(session, case.id, lock=True)  # also of an item that has lost its fee meanwhile
    if order is None:
        return
    now, why = hub.clock(), hub.texts(f"hub.pay.because.{because}")
    if order.state == "paid" or (order.state in UNPAID and order.received_fen):
        give_back(session, order, "rule", why, now)
    elif order.state in UNPAID:
        step(session, order, "cancel", "rule", why, now)


def give_back(session: Session, order: PaymentOrder, actor: str, reason: str, now: datetime) -> None:
    """Asks for the order's money to go back; raises IllegalPayment where there is none, or it goes back already."""
    step(session, order, "ask_refund", actor, reason, now)
    ask_refund(session, order, order.trade or "", order.received_fen, actor, reason, now)


def ask_refund(
    session: Session, order: PaymentOrder, trade: str, amount_fen: int, actor: str, reason: str, now: datetime
) -> None:
    """Writes down that a payment goes back; a worker sees to it. Unique by the channel's number, for ever."""
    session.add(
        PaymentRefund(
            number=refund_number(trade),
            order_id=order.id,
            trade=trade,
            amount_fen=amount_fen,
            reason=reason[:200],
            actor=actor[:40],
            state=ASKED,
            asked_at=now,
            try_at=now,
        )
    )
    session.flush()


def refused_refund(session: Session, order: PaymentOrder) -> PaymentRefund | None:
    """The order's own refund, where the channel would not make it: it may be asked for again, under the same number."""
    if order.state != "refund_asked" or order.trade is None:
        return None
    wanted = select(PaymentRefund).where(PaymentRefund.trade == order.trade, PaymentRefund.state == REFUSED)
    return session.scalars(wanted).one_or_none()


def ask_again(
    session: Session, order: PaymentOrder, refund: PaymentRefund, actor: str, reason: str, now: datetime
) -> None:
    """Has a worker ask the channel once more."""
    refund.state, refund.try_at, refund.tries = ASKED, now, 0
    note(session, order, "ask_refund", order.state, actor, reason, now)


def refund_number(trade: str) -> str:
    """Our own number of a refund, always the same for a payment; a long one's is made of its digest."""
    told = f"TK{trade}"
    return told if len(told) <= _NUMBER_CHARS else f"TK{hashlib.sha256(trade.encode()).hexdigest()}"[:_NUMBER_CHARS]


def unpaid(session: Session, hub: Hub, case: Case) -> bool:
    """Whether a fee is owed and surely not here: such a case is not approved, by nobody.

    What waits for its payment owes it also when its item has lost the fee meanwhile.
    """
    if not fee_of(hub, case.item) and case.waits_for != PAYMENT:
        return False
    order = order_of(session, case.id)
    return order is None or order.state != "paid"
