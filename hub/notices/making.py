"""Makes notices and hands them over: once for each occasion, also with two replicas and after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.notices.tables import Notice
from hub.tables import Case

Kind = Literal["decision", "papers", "rating_reply"]
"""What there is to hear: how it was decided, a paper that is missing or due, the answer to a bad rating."""


def notify(session: Session, hub: Hub, case: Case, kind: Kind, occasion: str, text: str) -> None:
    """Makes a notice in the transaction in which it came about, which holds the case; a second time is nothing.

    Of a part of a theme one hears as of the whole, which is what was filed.
    """
    case_id = case.parent_id or case.id
    known = select(Notice.id).where(Notice.case_id == case_id, Notice.kind == kind, Notice.occasion == occasion)
    if session.scalars(known).first() is None:
        made = Notice(case_id=case_id, kind=kind, occasion=occasion[:40], text=text[:300], made_at=hub.clock())
        session.add(made)
        session.flush()


def told_at_terminal(hub: Hub, cases: Sequence[Case], terminal_id: str) -> None:
    """What is told of cases at a terminal, by the card that lies there or the slip's code, has been heard."""
    with hub.database.reading() as session:
        waiting = select(Notice.id).where(Notice.case_id.in_([case.id for case in cases]), Notice.told_at.is_(None))
        ids = list(session.scalars(waiting))
    if not ids:
        return  # looking takes no write lock
    told = update(Notice).where(Notice.id.in_(ids), Notice.told_at.is_(None))
    with hub.database.writing() as session:
        session.execute(told.values(told_at=hub.clock(), told_by=f"terminal:{terminal_id}"))
