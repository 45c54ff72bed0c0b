"""The papers a case waits for, as its resident and its clerk see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.tables import CaseNeed
from hub.tables import Case
from offline.wire.changes import NeedView

MOST: Final = 12  # papers one case may wait for


def needs(session: Session, case_id: int) -> Sequence[CaseNeed]:
    """All that was ever promised or asked for, in order."""
    return session.scalars(select(CaseNeed).where(CaseNeed.case_id == case_id).order_by(CaseNeed.id)).all()


def open_needs(session: Session, case_id: int) -> list[CaseNeed]:
    """What is still to be brought."""
    return [one for one in needs(session, case_id) if one.state == "open"]


def needs_of(session: Session, case: Case) -> tuple[NeedView, ...]:
    """What the resident still has to bring; nothing unless the case waits for papers."""
    if case.state != "waiting" or case.waits_for != "papers":
        return ()
    parts = session.scalars(select(Case).where(Case.parent_id == case.id, Case.waits_for == "papers")).all()
    wanted = [one for each in (parts or (case,)) for one in open_needs(session, each.id)]
    # A paper that several parts wait for is brought once.
    by_document = {one.document: one for one in reversed(wanted)}
    return tuple(
        NeedView(document=one.document, title=one.title, due=one.due_on.isoformat())
        for one in list(reversed(by_document.values()))[:MOST]
    )
