"""Tells a voucher's terminal again when somebody read by it, when it was taken back, and when it has expired."""

from __future__ import annotations

from sqlalchemy import select

from hub.answers import answer, lock_cases
from hub.hub import Hub
from hub.tables import Case
from hub.vouchers.tables import Voucher
from hub.withdrawals import read_addressee


def tell_holders(hub: Hub) -> int:
    """Answers anew the cases whose voucher has news, a handful at a time; returns how many."""
    now = hub.clock()
    due = select(Voucher.id, Voucher.case_id).where(Voucher.tell_at.is_not(None), Voucher.tell_at <= now)
    with hub.database.reading() as session:
        found = session.execute(due.order_by(Voucher.tell_at).limit(hub.settings.paper_batch)).all()
    for voucher_id, case_id in found:
        _tell(hub, voucher_id, case_id)
    return len(found)


def _tell(hub: Hub, voucher_id: str, case_id: int) -> None:
    with hub.database.reading() as session:
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))  # slow: before any lock
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        row = session.get_one(Voucher, voucher_id, with_for_update=True)
        now = hub.clock()
        if row.tell_at is None or row.tell_at > now:
            return  # another worker was quicker
        row.tell_at = row.until if row.revoked_at is None and row.until > now else None
        session.flush()
        if addressee is not None:
            answer(session, hub, case, addressee)
