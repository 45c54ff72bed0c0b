"""Where an item has a fee, its order comes before the decision: the case waits until it is paid.

The rule is asked first what it would say, so that nobody pays for what it would refuse; and once more when it is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer
from hub.casework.joining import join_whole
from hub.casework.state import By
from hub.casework.steps import move
from hub.hub import Hub
from hub.payments.orders import PAYMENT, amount_of, fee_of, make_order, order_of, yuan
from hub.payments.tables import PaymentOrder
from hub.tables import Case
from offline.wire.claims import subject_of
from seeds.decision import Decision


def payment_facts(session: Session, hub: Hub, case: Case, subject_number: str) -> dict[str, object] | None:
    """What a rule may know of the payment; None for an item that costs nothing."""
    if not fee_of(hub, case.item):
        return None
    order = order_of(session, case.id)
    since = hub.clock() - timedelta(days=hub.settings.pay_again_days)
    earlier = select(PaymentOrder.id).where(
        PaymentOrder.paid_for == _paid_for(hub, subject_number),
        PaymentOrder.item == case.item,
        PaymentOrder.state == "paid",
        PaymentOrder.paid_at > since,
        PaymentOrder.case_id != case.id,
    )
    if order is not None and order.state == "paid":
        # Of two that were paid before either was decided only the later one is too much, whoever decides first.
        earlier = earlier.where(tuple_(PaymentOrder.paid_at, PaymentOrder.id) < (order.paid_at, order.id))
    return {
        "paid": order is not None and order.state == "paid",
        "paid_fen": 0 if order is None else order.received_fen,
        "paid_before": session.scalars(earlier.limit(1)).first() is not None,
    }


def await_payment(
    session: Session,
    hub: Hub,
    case: Case,
    decision: Decision,
    subject_number: str,
    addressee: Addressee | None,
    form: Mapping[str, object],
) -> bool:
    """Whether the case has to be paid first; then its order is made, it waits, and its terminal is told.

    Nobody could be told of an order whose application cannot be opened: a person looks at that case.
    """
    if not fee_of(hub, case.item) or decision.outcome == "refuse" or addressee is None or not subject_number:
        return False
    told = {reason.code for reason in decision.reasons}
    if decision.outcome != "approve" and any(
        check.before_fee and check.code in told for check in hub.catalogue.item(case.item).decision.checks
    ):
        return False  # a person looks first
    if order_of(session, case.id, lock=True) is not None:
        return False  # paid: without the money it would still wait
    amount = amount_of(hub, case.item, form, decision.inputs)
    if amount is None:
        return False  # nobody knows yet what it costs: a person looks first
    order = make_order(session, hub, case, amount, _paid_for(hub, subject_number))
    reason = hub.texts("hub.pay.asked", yuan=yuan(order.amount_fen))
    move(session, hub, case, "await_payment", By("rule"), reason=reason, waits_for=PAYMENT)
    case.reasons = [{"code": "await_payment", "text": reason}]
    session.flush()
    join_whole(session, hub, case)
    answer(session, hub, case, addressee)
    return True


def _paid_for(hub: Hub, number: str) -> str:
    return subject_of(hub.keys.subject_index, number.upper())
