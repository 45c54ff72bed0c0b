"""Who of the staff had a hand in a case, and so does not say whether its decision was right."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.casework.tables import CaseStep
from hub.certificates.tables import SealUse
from hub.staff import SignedIn
from hub.tables import Case, ClerkDecision


def had_a_hand(name: str) -> ColumnElement[bool]:
    """Whether an account has the case, decided it, sealed for it or wrote in its journal; a condition on `Case`."""
    return or_(
        Case.clerk.is_not_distinct_from(name),
        select(CaseStep.id)
        .where(CaseStep.case_id == Case.id, CaseStep.kind == "clerk", CaseStep.actor == name)
        .exists(),
        select(ClerkDecision.id).where(ClerkDecision.case_id == Case.id, ClerkDecision.staff == name).exists(),
        select(SealUse.id).where(SealUse.case_id == Case.id, SealUse.way == "code", SealUse.actor == name).exists(),
    )


def is_own(session: Session, case: Case, who: SignedIn) -> bool:
    """The same of one case."""
    return session.scalar(select(Case.id).where(Case.id == case.id, had_a_hand(who.name))) is not None
