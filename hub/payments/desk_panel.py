"""The desk's section about a case's payment: the order, its journal, and giving the money back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.desk import is_before
from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.payments.following import refused_refund
from hub.payments.orders import order_of, yuan
from hub.payments.state import may
from hub.payments.tables import PaymentRefund, PaymentStep
from hub.staff import SignedIn
from hub.tables import Case


def payment_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """How the order of a case stands; nothing for a case that costs nothing."""
    order = order_of(session, case.id)
    if order is None:
        return None
    steps = session.scalars(select(PaymentStep).where(PaymentStep.order_id == order.id).order_by(PaymentStep.id))
    refunds = session.scalars(select(PaymentRefund).where(PaymentRefund.order_id == order.id))
    return Panel(
        "desk/payment.html",
        {
            "order": order,
            "yuan": yuan(order.amount_fen),
            "received": yuan(order.received_fen),
            "until": local_text(order.until),
            "paid_at": local_text(order.paid_at),
            "steps": [(local_text(one.at), one.event, _actor(hub, one.actor), one.reason) for one in steps],
            "refunds": [(one, yuan(one.amount_fen)) for one in refunds],
            "may_refund": is_before(hub, case, who)
            and order.received_fen > 0
            and (may(order.state, "ask_refund") or refused_refund(session, order) is not None),
            "reason_chars": hub.settings.desk_reason_chars,
        },
    )


def _actor(hub: Hub, actor: str) -> str:
    """Who did it: one of the staff by name, everybody else in words."""
    known = f"hub.pay.by.{actor}"
    return hub.texts(known) if known in hub.texts else actor
