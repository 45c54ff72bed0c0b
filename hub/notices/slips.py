"""Slips and papers that wait to be printed: said until they have come out, and not for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.notices.making import close, notify
from hub.notices.tables import Notice
from hub.tables import Case

SLIP: Final = "slip"


def hear_slips(session: Session, hub: Hub, source: str, said: Sequence[tuple[str, bool]]) -> None:
    """What a terminal's printer said of the slips of its acts, in order: the last word of each counts."""
    last = dict(said)
    if not last:
        return
    wanted = select(Case).where(Case.source == source, Case.event_id.in_(list(last)), Case.parent_id.is_(None))
    for case in session.scalars(wanted).all():
        if not last[case.event_id]:
            notify(session, hub, case, SLIP, _unprinted(case), hub.texts("hub.notice.slip.unprinted"))
            continue
        waiting = select(Notice).where(Notice.case_id == case.id, Notice.kind == SLIP, Notice.told_at.is_(None))
        rows = session.scalars(waiting.where(Notice.occasion == _unprinted(case)).with_for_update()).all()
        close(session, hub, rows, "fetched", source.replace("/", ":", 1))


def end_paper(session: Session, hub: Hub, case: Case) -> None:
    """The case's certificate counts no more, or there is a newer one: nobody is asked to come for it."""
    wanted = select(Notice).where(Notice.case_id == (case.parent_id or case.id), Notice.kind == SLIP)
    wanted = wanted.where(Notice.told_at.is_(None), Notice.occasion.startswith(f"{case.id}:paper:"))
    close(session, hub, session.scalars(wanted.with_for_update()).all())


def sweep_unfetched(hub: Hub) -> int:
    """Takes off the call list what nobody came for in all that time; returns how many."""
    since = hub.clock() - timedelta(days=hub.settings.notice_slip_days)
    wanted = select(Notice).where(Notice.kind == SLIP, Notice.told_at.is_(None), Notice.made_at < since)
    done = 0
    while True:
        with hub.database.writing() as session:
            rows = session.scalars(wanted.order_by(Notice.id).limit(hub.settings.notice_batch).with_for_update()).all()
            close(session, hub, rows, "unfetched")
        done += len(rows)
        if not rows:
            return done


def _unprinted(case: Case) -> str:
    return f"{case.id}:unprinted"
