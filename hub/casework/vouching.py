"""A case that came to a person before its rule had a say: the person's yes sends it there, with all that follows.

Approved on the spot, its fee would never have been asked for, and its certificate would have nothing to say.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer
from hub.casework.joining import join_whole
from hub.casework.state import By
from hub.casework.steps import before_its_rule_again, move
from hub.casework.tables import CaseStep
from hub.certificates.orders import kind_of
from hub.houses.standing import in_doubt, may_have_home
from hub.hub import Hub
from hub.payments.orders import fee_of, order_of
from hub.tables import Case, DecisionRecord

VOUCHED: Final = "vouch"
_BEFORE_ITS_RULE: Final = frozenset(
    ("real_name_forged", "real_name_late", "level_too_low", "attachment_missing", "too_many_attempts")
)
"""For these reasons no rule was asked, and a clerk can say whether it may be."""


def vouched(session: Session, case_id: int) -> bool:
    """Whether a clerk has looked at what stood in the way of the rule."""
    said = select(CaseStep.id).where(CaseStep.case_id == case_id, CaseStep.act == VOUCHED)
    return session.scalars(said.limit(1)).first() is not None


def wants_its_rule(session: Session, hub: Hub, case: Case) -> bool:
    """Whether a clerk's yes has to send the case to its rule: only that knows the fee, the home, what is certified."""
    record = session.get(DecisionRecord, case.id)
    if record is None or case.state != "in_review":
        return False
    if record.rule_version or not {str(one["code"]) for one in record.reasons} <= _BEFORE_ITS_RULE:
        return may_have_home(session, hub, case)  # free since the rule has looked
    owes = fee_of(hub, case.item) > 0 and order_of(session, case.id) is None
    kind = kind_of(hub, case.item)  # what a custodian seals, the custodian reads first
    return owes or in_doubt(session, hub, case) or (kind is not None and kind.seal.use == "rule")


def vouch(session: Session, hub: Hub, case: Case, by: By, reason: str, addressee: Addressee | None) -> None:
    """Sends it there in the caller's transaction, which holds the case; the caller wakes `work`."""
    session.delete(session.get_one(DecisionRecord, case.id))  # what it said stands in the case's journal
    text = hub.texts("hub.reason.vouched")
    move(session, hub, case, VOUCHED, by, reason=reason or text)
    case.reasons = [{"code": "vouched", "text": text}]
    before_its_rule_again(session, case.id)
    join_whole(session, hub, case)
    session.flush()
    if addressee is not None:
        answer(session, hub, case, addressee)
