"""Who has agreed to be written to, and where; the number rests sealed and is used for nothing else."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.notices.tables import NoticeContact
from offline.wire.trouble import WireTrouble


def is_reachable(session: Session, subject: str) -> bool:
    """Whether somebody has agreed, and not taken it back."""
    wanted = select(NoticeContact.subject).where(NoticeContact.subject == subject, NoticeContact.ended_at.is_(None))
    return session.scalars(wanted).first() is not None


def number_of(session: Session, hub: Hub, subject: str) -> str | None:
    """The number of who has agreed; None for everybody else, and where it cannot be opened here."""
    row = session.get(NoticeContact, subject)
    if row is None or row.ended_at is not None:
        return None
    try:
        number = hub.keys.unseal(row.number_sealed, contact_aad(subject)).get("number")
    except WireTrouble:
        return None
    return number if isinstance(number, str) else None


def end_contact(session: Session, hub: Hub, subject: str, why: str) -> None:
    """The number is used no more."""
    row = session.get(NoticeContact, subject, with_for_update=True)
    if row is not None and row.ended_at is None:
        row.ended_at, row.ended_why = hub.clock(), why
        session.flush()


def contact_aad(subject: str) -> bytes:
    """What a sealed number is bound to."""
    return f"contact/{subject}".encode()
