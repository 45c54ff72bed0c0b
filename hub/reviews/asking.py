"""Takes the wish that a person looks again: once, and only at what a rule alone has refused."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from hub.answers import Addressee, conclude
from hub.casework.placing import send_where_it_belongs
from hub.casework.state import By
from hub.casework.withdrawing import APPLICANT
from hub.decision_inputs import inputs_of
from hub.delivery.standing import want_again
from hub.hub import Hub
from hub.moments import local_day
from hub.reviews.standing import word_on
from hub.reviews.tables import CaseReview
from hub.tables import Case, DecisionRecord
from offline.wire.trouble import WireTrouble

Why = Literal["none", "data", "changed", "unclear", "other"]
"""Nothing said; what was read is wrong; something has changed; the reason is not understood; something else."""
WHYS: Final[tuple[Why, ...]] = get_args(Why)
Way = Literal["terminal", "phone", "recheck"]


class Asked(BaseModel):
    """What asking says; the payload of `cn.zhizhu.case.review_asked.v1` beside its `case`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    reason: Why = "none"


def ask(
    session: Session, hub: Hub, case: Case, asked: Asked, way: Way, addressee: Addressee | None, by: By = APPLICANT
) -> Literal["taken", "duplicate", "not_open"]:
    """Gives the locked case back to a clerk in the caller's transaction, with a clock of its own; `by` whom it is asked
    is who applied, or a clerk who found at a re-check that the rule was wrong."""
    word = word_on(session, hub, case)
    if word != "open":
        return "duplicate" if word == "asked" else "not_open"
    now = hub.clock()
    session.add(CaseReview(case_id=case.id, reason=asked.reason, way=way, asked_at=now))
    session.flush()
    case.begins_on = local_day(now)
    case.light = "green"
    want_again(session, hub, case)
    said = hub.texts("hub.reason.rechecked" if way == "recheck" else "hub.reason.review_asked")
    conclude(session, hub, case, "ask_review", by, [{"code": "review_asked", "text": said}], addressee)
    record = session.get_one(DecisionRecord, case.id)
    try:
        inputs = inputs_of(hub, record)
    except WireTrouble:  # of a key that is not here: it stays with the unit where it was filed
        return "taken"
    send_where_it_belongs(session, hub, case, inputs, By("rule", record.rule_version))
    return "taken"
