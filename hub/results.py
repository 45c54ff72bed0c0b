"""What an approved query found, filled again from the facts that its rule was given: nothing of it is kept twice."""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.withdrawing import is_given_back
from hub.decision_inputs import inputs_of
from hub.hub import Hub
from hub.tables import Case, DecisionRecord
from offline.wire.trouble import WireTrouble
from seeds.decision import RuleError
from seeds.finding import Result, fill
from seeds.trouble import UnknownItem

log = logging.getLogger(__name__)
_APPROVED: Final = "approved"


def result_of(session: Session, hub: Hub, case: Case) -> Result | None:
    """The result of an item that has one; None also where it cannot be told any more, which is logged."""
    try:
        template = hub.catalogue.item(case.item).result
    except UnknownItem:
        return None
    if template is None or case.state != _APPROVED or is_given_back(case):
        return None
    decided = select(DecisionRecord).where(DecisionRecord.case_id == case.id, DecisionRecord.outcome == "approve")
    record = session.scalars(decided).first()
    if record is None:  # a clerk approved it: the rule had read too little for a result
        return None
    try:
        return fill(template, inputs_of(hub, record))
    except (RuleError, WireTrouble, KeyError) as error:
        log.warning("the result of case %d cannot be filled: %s", case.id, type(error).__name__)
        return None
