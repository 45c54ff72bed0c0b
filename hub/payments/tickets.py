"""Tickets about money: what does not add up, found once, and closed by somebody with a word on what was done."""

from __future__ import annotations

from typing import Final, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.moments import local_day
from hub.payments.tables import PaymentOrder, PaymentTicket
from hub.staff import SignedIn
from hub.tables import Case

TicketKind = Literal[
    "lost_notice", "amount_differs", "unknown_payment", "missing_in_statement", "paid_twice", "refund_refused",
    "unknown_refund", "refund_missing", "trade_elsewhere", "silent",
]  # fmt: skip
OPEN: Final = "open"
CLOSED: Final = "closed"


def raise_ticket(
    session: Session,
    hub: Hub,
    kind: TicketKind,
    about: str,
    order: PaymentOrder | None,
    ours_fen: int,
    theirs_fen: int,
    done: str = "",
    *,
    again: bool = False,
) -> bool:
    """A ticket, unless there is this one already; true when it is new. One that was closed opens `again` on request."""
    wanted = select(PaymentTicket).where(PaymentTicket.kind == kind, PaymentTicket.about == about)
    if (known := session.scalars(wanted).first()) is not None:
        if again and known.state == CLOSED:
            known.state, known.day = OPEN, local_day(hub.clock())
        return False
    case = None if order is None else session.get_one(Case, order.case_id)
    session.add(
        PaymentTicket(
            kind=kind,
            about=about,
            region="" if case is None else case.handled_in,
            case_id=None if case is None else case.id,
            day=local_day(hub.clock()),
            ours_fen=ours_fen,
            theirs_fen=theirs_fen,
            state=OPEN,
            done=done,
            made_at=hub.clock(),
        )
    )
    session.flush()
    return True


def tickets_of(session: Session, who: SignedIn, state: str, most: int) -> list[PaymentTicket]:
    """The tickets of somebody's divisions, and those that belong to no case we know; the newest first."""
    prefix = who.region_prefix
    here = or_(PaymentTicket.region.startswith(prefix, autoescape=True), PaymentTicket.region == "")
    wanted = select(PaymentTicket).where(here, PaymentTicket.state == state).order_by(PaymentTicket.id.desc())
    return list(session.scalars(wanted.limit(most)))


def close_ticket(hub: Hub, ticket_id: int, who: SignedIn, done: str) -> bool:
    """Closes a ticket of one's divisions with what was done; false where there is none open."""
    with hub.database.writing() as session:
        ticket = session.get(PaymentTicket, ticket_id, with_for_update=True)
        if ticket is None or ticket.state != OPEN:
            return False
        if ticket.region and not ticket.region.startswith(who.region_prefix):
            return False
        ticket.state, ticket.done = CLOSED, f"{ticket.done} {done}".strip()[:200]
        ticket.closed_at, ticket.closed_by = hub.clock(), who.name
    return True
