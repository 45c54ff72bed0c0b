"""What of a case's notices its other words do not say, for whoever looks now."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.notices.tables import Notice
from hub.tables import Case
from offline.wire.changes import Reason

_SAID_BY_CASE: Final = ("decision", "papers", "rating_reply")
"""Kinds whose words stand in the case's own reasons anyhow."""
_AT_ONCE: Final = 5


def told_with(session: Session, case: Case) -> tuple[Reason, ...]:
    """The newest few that nobody has heard."""
    wanted = select(Notice).where(
        Notice.case_id == case.id, Notice.subject == "", Notice.told_at.is_(None), Notice.kind.not_in(_SAID_BY_CASE)
    )
    rows = session.scalars(wanted.order_by(Notice.id.desc()).limit(_AT_ONCE)).all()
    said = "；".join(str(reason["text"]) for reason in case.reasons)
    return tuple(Reason(code=f"notice_{row.kind}", text=row.text) for row in reversed(rows) if row.text not in said)
