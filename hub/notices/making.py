"""Makes notices and takes each a step on: once for each occasion, also with two replicas and after a restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.notices.contacts import is_reachable
from hub.notices.course import Channel, Course, Kind, Sms, begun, heard
from hub.notices.tables import Notice, NoticeStep
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody other than who applied: by keyed hash, and how a clerk may call them."""

    subject: str
    masked: str


def notify(
    session: Session,
    hub: Hub,
    case: Case,
    kind: Kind,
    occasion: str,
    text: str,
    whom: Whom | None = None,
    call_by: datetime | None = None,
) -> bool:
    """Makes a notice in the transaction in which it came about, which holds the case; false where it is there already.

    Of a part of a theme one hears as of the whole, which is what was filed. Without `whom` it is for who applied.
    """
    case_id = case.parent_id or case.id
    known = select(Notice.id).where(Notice.case_id == case_id, Notice.kind == kind, Notice.occasion == occasion[:40])
    if session.scalars(known).first() is not None:
        return False
    reachable = is_reachable(session, case.subject if whom is None else whom.subject)
    course = begun(kind, hub.clock(), reachable, hub.settings, call_by)
    row = Notice(case_id=case_id, kind=kind, occasion=occasion[:40], text=text[:300], call_by=call_by)
    if whom is not None:
        row.subject, row.masked = whom.subject, whom.masked[:80]
    put(row, course)
    session.add(row)
    session.flush()
    return True


def over(session: Session, hub: Hub, case: Case) -> None:
    """The case is settled: nobody is sent or called any more for what it waited for."""
    wanted = select(Notice).where(Notice.case_id == (case.parent_id or case.id), Notice.told_at.is_(None))
    wanted = wanted.where(Notice.kind.in_(("papers", "picture")))
    if case.parent_id is not None:  # what its sisters wait for goes on
        wanted = wanted.where(Notice.occasion.startswith(f"{case.id}:"))
    close(session, hub, session.scalars(wanted.order_by(Notice.id)).all())


def close(session: Session, hub: Hub, rows: Sequence[Notice], word: str = "over", by: str = "case") -> None:
    """What these notices were about is over: they are said no more."""
    for row in rows:
        put(row, heard(course_of(row), by, hub.clock()))
        note(session, hub, row, "card", word, "")


def subject_of_notice(row: Notice, case: Case) -> str:
    """Who must hear it, by keyed hash."""
    return row.subject or case.subject


def course_of(row: Notice) -> Course:
    """How far a notice is."""
    return Course(
        kind=cast("Kind", row.kind),
        made_at=row.made_at,
        sms=cast("Sms", row.sms_state),
        ticket=row.sms_ticket,
        asks=row.sms_asks,
        trouble=row.sms_trouble,
        since=row.sms_since,
        next_at=row.sms_next_at,
        call_at=row.call_at,
        call_by=row.call_by,
        told_at=row.told_at,
        told_by=row.told_by or "",
    )


def put(row: Notice, course: Course) -> None:
    """Writes down how far it is."""
    row.made_at, row.told_at, row.told_by = course.made_at, course.told_at, course.told_by or None
    row.sms_state, row.sms_ticket, row.sms_asks = course.sms, course.ticket, course.asks
    row.sms_trouble, row.sms_since, row.sms_next_at = course.trouble, course.since, course.next_at
    row.call_at = course.call_at


def note(session: Session, hub: Hub, row: Notice, channel: Channel, word: str, who: str) -> None:
    """Adds to the notice's trail."""
    session.add(NoticeStep(notice_id=row.id, channel=channel, word=word, who=who[:80], at=hub.clock()))
    session.flush()


def told_at_terminal(hub: Hub, cases: Sequence[Case], terminal_id: str) -> None:
    """What is told of cases at a terminal, by the card that lies there or the slip's code, has been heard."""
    _heard_at(hub, terminal_id, Notice.case_id.in_([case.id for case in cases]), Notice.subject == "")


def told_to(hub: Hub, subject: str, terminal_id: str) -> None:
    """What concerns somebody of others' cases was told at a terminal where their card lay."""
    _heard_at(hub, terminal_id, Notice.subject == subject)


def _heard_at(hub: Hub, terminal_id: str, *which: ColumnElement[bool]) -> None:
    wanted = select(Notice).where(Notice.told_at.is_(None), *which)
    with hub.database.reading() as session:
        if session.scalars(wanted.limit(1)).first() is None:
            return  # looking takes no write lock
    with hub.database.writing() as session:
        for row in session.scalars(wanted.order_by(Notice.id).with_for_update()).all():
            put(row, heard(course_of(row), f"terminal:{terminal_id}", hub.clock()))
            note(session, hub, row, "card", "heard", terminal_id)
