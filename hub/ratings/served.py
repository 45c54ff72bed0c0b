"""Whom a rating is about: everybody of the staff who had a hand in the case until it was given."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.tables import CaseStep
from hub.certificates.tables import SealUse
from hub.ratings.tables import Rating
from hub.tables import Case, ClerkDecision


def served_by(session: Session, case: Case) -> frozenset[str]:
    """The accounts that decided it, have it, sealed for it, or wrote in its journal; none of them deals with the word
    on it. What was done after the rating is no part of what was rated."""
    given = session.get(Rating, case.id)
    wanted = (
        select(CaseStep.actor).where(CaseStep.case_id == case.id, CaseStep.kind == "clerk"),
        select(ClerkDecision.staff).where(ClerkDecision.case_id == case.id),
        select(SealUse.actor).where(SealUse.case_id == case.id, SealUse.way == "code"),
    )
    times = (CaseStep.at, ClerkDecision.decided_at, SealUse.used_at)
    names = {case.clerk} if case.clerk else set()
    for asked, at in zip(wanted, times, strict=True):
        names.update(session.scalars(asked if given is None else asked.where(at <= given.given_at)))
    return frozenset(names)
