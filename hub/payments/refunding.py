"""A clerk gives money back, with a reason; whatever goes back already is refused with the right words.

What was approved for that money does not stay approved without it: the case is taken back with the refund, in one
transaction, and what it led to outside of the case has to be undone first.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.answers import Addressee, conclude
from hub.boards.tables import CaseSaving
from hub.casework.state import By
from hub.certificates.orders import DONE
from hub.certificates.tables import Certificate, CertificateJob
from hub.desk import DeskTrouble, is_before
from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.payments.following import ask_again, give_back, refused_refund
from hub.payments.orders import order_of
from hub.payments.state import GIVEN_BACK, may
from hub.payments.taking import locked_order
from hub.staff import SignedIn
from hub.tables import Case
from hub.withdrawals import read_addressee

_APPROVED: Final = "approved"


def refund_case(hub: Hub, case_id: int, who: SignedIn, reason: str) -> DeskTrouble | None:
    """Asks for the refund of a case's payment, once."""
    reason = " ".join(reason.split())
    if not reason:
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(reason) > hub.settings.desk_reason_chars:
        return DeskTrouble("hub.desk.trouble.long", 422)
    with hub.database.reading() as session:
        found = order_of(session, case_id)
        case = session.get_one(Case, case_id)
        addressee = read_addressee(session, hub, case) if case.state == _APPROVED else None
    if found is None:
        return DeskTrouble("hub.desk.trouble.no_money", 409)
    with hub.database.writing() as session:
        coming = select(CertificateJob).where(CertificateJob.case_id == case_id, CertificateJob.state != DONE)
        jobs = session.scalars(coming.order_by(CertificateJob.id).with_for_update()).all()  # before the case, as ever
        order = locked_order(session, found.number)
        assert order is not None, "orders are never deleted"
        case = session.get_one(Case, case_id)
        if not is_before(hub, case, who):
            return DeskTrouble("hub.desk.trouble.elsewhere", 409)
        if (refused := refused_refund(session, order)) is not None:
            ask_again(session, order, refused, who.name, reason, hub.clock())
            return None
        if order.state in GIVEN_BACK:
            return DeskTrouble("hub.desk.trouble.refunded", 409)
        if not may(order.state, "ask_refund") or not order.received_fen:
            return DeskTrouble("hub.desk.trouble.no_money", 409)
        if case.state == _APPROVED and (stands := _stands(session, case)):
            return DeskTrouble(stands, 409)
        give_back(session, order, who.name, reason, hub.clock())
        if case.state == _APPROVED:
            for job in jobs:
                job.state, job.trouble = DONE, "revoked"  # no paper of what is taken back, also not one in the making
            _revoke(session, hub, case, who, reason, addressee)
    return None


def _stands(session: Session, case: Case) -> str:
    """What an approval led to and would outlive it: why the money cannot go back yet, as a text id."""
    if case.parent_id is not None:
        return "hub.desk.trouble.refund_part"
    counts = Certificate.state.in_(("valid", "suspended"))
    issued = select(Certificate.id).where(Certificate.case_id == case.id, counts)
    if session.scalars(issued.limit(1)).first() is not None:
        return "hub.desk.trouble.refund_certificate"
    return "hub.desk.trouble.refund_recorded" if session.get(DataChangeJob, case.id) is not None else ""


def _revoke(session: Session, hub: Hub, case: Case, who: SignedIn, reason: str, addressee: Addressee | None) -> None:
    case.next_due = None
    session.execute(delete(CaseSaving).where(CaseSaving.case_id == case.id))
    said = [{"code": "revoked", "text": hub.texts("hub.reason.revoked", reason=reason)}]
    conclude(session, hub, case, "revoke", By("clerk", who.name), said, addressee)
