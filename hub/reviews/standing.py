"""Whether a person may be asked for, or was; it concludes nothing, so that a case's view can tell it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.state import OPEN
from hub.casework.tables import CaseStep
from hub.hub import Hub
from hub.parties.standing import parties_of
from hub.reviews.tables import CaseReview
from hub.tables import Case, ClerkDecision, DecisionRecord

Word = Literal["none", "open", "asked"]


def review_of(session: Session, case: Case) -> CaseReview | None:
    """The review of a case, once it was asked for."""
    return session.get(CaseReview, case.id)


def word_on(session: Session, hub: Hub, case: Case) -> Word:
    """Whether a person may be asked for now: `open`, `asked` already, or `none`.

    A person's decision is final here, and so is what another party said. Whoever has applied again since then has
    another case before the office, and is not decided on twice.
    """
    if review_of(session, case) is not None:
        return "asked"
    if case.state != "refused" or case.item in hub.themes or case.parent_id is not None:
        return "none"
    record = session.get(DecisionRecord, case.id)
    by_rule = record is not None and record.outcome == "refuse" and bool(record.rule_version)
    if not by_rule or parties_of(hub, case.item) is not None or not _refused_by_its_rule(session, case):
        return "none"
    late = case.decided_at is None or hub.clock() - case.decided_at > timedelta(days=hub.settings.review_days)
    return "none" if late or _applied_again(session, case) else "open"


def _refused_by_its_rule(session: Session, case: Case) -> bool:
    if session.scalars(select(ClerkDecision.id).where(ClerkDecision.case_id == case.id).limit(1)).first() is not None:
        return False
    ended = select(CaseStep.act).where(CaseStep.case_id == case.id, CaseStep.state_after == "refused")
    ended = ended.where(CaseStep.state_before != "refused")  # what was only noted since has not ended it
    return session.scalars(ended.order_by(CaseStep.id.desc()).limit(1)).first() == "rule_refuse"


def _applied_again(session: Session, case: Case) -> bool:
    later = select(Case.id).where(Case.subject == case.subject, Case.item == case.item, Case.id > case.id)
    return session.scalars(later.where(Case.state.in_((*OPEN, "approved"))).limit(1)).first() is not None
