"""Payment orders in the database: made for a case that has a fee, found again, and seen by whoever pays."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.moments import local_text
from hub.payments.state import UNPAID, Event, OrderState, after
from hub.payments.tables import PaymentOrder, PaymentStep
from hub.tables import Case
from offline.wire.changes import OrderView, PayState
from seeds.trouble import UnknownItem

FEN_PER_YUAN: Final = 100
PAYMENT: Final = "payment"
"""What a case waits for that has an open order."""
_TOKEN_BYTES: Final = 16
_REASON_CHARS: Final = 200
_SEEN: Final[dict[OrderState, PayState]] = {
    "made": "unpaid",
    "shown": "unpaid",
    "in_doubt": "checking",
    "paid": "paid",
    "refund_asked": "refunding",
    "refunded": "refunded",
    "expired": "over",
    "cancelled": "over",
}


def fee_of(hub: Hub, item_id: str) -> int:
    """What an item costs, in fen; nothing for one that the catalogue no longer knows."""
    try:
        return hub.catalogue.item(item_id).fee_fen
    except UnknownItem:
        return 0


def amount_of(
    hub: Hub, item_id: str, form: Mapping[str, object], facts: Mapping[str, object] = MappingProxyType({})
) -> int | None:
    """What a case costs, in fen: the item's fee, and the share of an amount that it goes by, rounded down.

    None where that amount is one that the rule should have read, and has not.
    """
    fee = fee_of(hub, item_id)
    share = hub.catalogue.item(item_id).fee_share if fee else None
    amount: object = None
    if share is not None:
        amount = form.get(share.field) if share.field is not None else _fact(facts, share.fact or "")
    if share is not None and share.fact is not None and not isinstance(amount, int):
        return None
    if share is None or not isinstance(amount, int) or amount < 0:
        return fee
    return fee + amount * share.per_mille // 1_000


def _fact(facts: Mapping[str, object], path: str) -> object:
    here: object = facts
    for part in path.split("."):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here


def order_of(session: Session, case_id: int, *, lock: bool = False) -> PaymentOrder | None:
    """The order of a case; to change it, it is locked behind its case."""
    wanted = select(PaymentOrder).where(PaymentOrder.case_id == case_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted).one_or_none()


def make_order(session: Session, hub: Hub, case: Case, amount_fen: int, paid_for: str) -> PaymentOrder:
    """The order of a case, in the transaction in which the case begins to wait for it."""
    now = hub.clock()
    order = PaymentOrder(
        number=f"JF{case.number.replace('-', '')}",
        case_id=case.id,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        item=case.item,
        paid_for=paid_for,
        amount_fen=amount_fen,
        state="made",
        made_at=now,
        until=now + timedelta(hours=hub.settings.pay_hours),
        ask_at=now + timedelta(hours=hub.settings.pay_hours),
    )
    session.add(order)
    session.flush()
    note(session, order, "make", "", "rule", "", now)
    return order


def step(session: Session, order: PaymentOrder, event: Event, actor: str, reason: str, now: datetime) -> None:
    """Takes one step in the caller's transaction, which holds the order; raises IllegalPayment."""
    before: OrderState = order.state  # type: ignore[assignment]  # only this module writes the word
    order.state = after(before, event)
    if order.state not in UNPAID:
        order.ask_at = None
    if order.state != before or event != "open":
        note(session, order, event, before, actor, reason, now)


def note(
    session: Session, order: PaymentOrder, event: str, before: str, actor: str, reason: str, now: datetime
) -> None:
    """Adds an entry to the order's journal."""
    session.add(
        PaymentStep(
            order_id=order.id,
            event=event,
            state_before=before,
            state_after=order.state,
            actor=actor[:40],
            reason=reason[:_REASON_CHARS],
            at=now,
        )
    )
    session.flush()


def shown_order(session: Session, hub: Hub, case: Case) -> PaymentOrder | None:
    """The order to be told of now: of a theme's case the first of its parts that can still be paid, else the last."""
    if case.item not in hub.themes:
        return order_of(session, case.id)  # also of an item that has lost its fee since
    wanted = select(PaymentOrder).join(Case, Case.id == PaymentOrder.case_id).where(Case.parent_id == case.id)
    orders = session.scalars(wanted.order_by(PaymentOrder.id)).all()
    return next((one for one in orders if one.state in UNPAID), orders[-1] if orders else None)


def order_view(session: Session, hub: Hub, case: Case) -> OrderView | None:
    """The order of a case as its resident may see it; the address only while it can be paid."""
    order = shown_order(session, hub, case)
    if order is None:
        return None
    state = _SEEN[order.state]  # type: ignore[index]
    payable = order.state in ("made", "shown") and hub.clock() < order.until
    return OrderView(
        amount_fen=order.amount_fen,
        state=state,
        text=hub.texts(f"hub.pay.state.{state}"),
        pay_url=pay_address(hub, order) if payable else None,
        until=local_text(order.until) if payable else None,
        receipt=order.receipt or "",
    )


def pay_address(hub: Hub, order: PaymentOrder) -> str:
    """Where a phone pays it; stands in the QR."""
    return f"{hub.settings.public_url.rstrip('/')}/pay/{order.token}"


def yuan(fen: int) -> str:
    """An amount as people read it: `400.00`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_PER_YUAN}.{abs(fen) % FEN_PER_YUAN:02d}"
