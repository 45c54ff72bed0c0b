"""A clerk gives money back, with a reason; whatever goes back already is refused with the right words."""

from __future__ import annotations

from hub.desk import DeskTrouble, is_before
from hub.hub import Hub
from hub.payments.following import ask_again, give_back, refused_refund
from hub.payments.orders import order_of
from hub.payments.state import GIVEN_BACK, may
from hub.payments.taking import locked_order
from hub.staff import SignedIn
from hub.tables import Case


def refund_case(hub: Hub, case_id: int, who: SignedIn, reason: str) -> DeskTrouble | None:
    """Asks for the refund of a case's payment, once."""
    reason = " ".join(reason.split())
    if not reason:
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(reason) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    with hub.database.reading() as session:
        found = order_of(session, case_id)
    if found is None:
        return DeskTrouble("hub.desk.trouble.no_money", 409)
    with hub.database.writing() as session:
        order = locked_order(session, found.number)
        assert order is not None, "orders are never deleted"
        if not is_before(hub, session.get_one(Case, case_id), who):
            return DeskTrouble("hub.desk.trouble.elsewhere", 409)
        if (refused := refused_refund(session, order)) is not None:
            ask_again(session, order, refused, who.name, reason, hub.clock())
            return None
        if order.state in GIVEN_BACK:
            return DeskTrouble("hub.desk.trouble.refunded", 409)
        if not may(order.state, "ask_refund") or not order.received_fen:
            return DeskTrouble("hub.desk.trouble.no_money", 409)
        give_back(session, order, who.name, reason, hub.clock())
    return None
