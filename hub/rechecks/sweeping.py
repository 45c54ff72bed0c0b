"""Draws, once a day is over, what of its cases is looked at again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.casework.tables import CaseStep
from hub.clocks.clock import Clock, read
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from hub.rechecks.drawing import Decided, drawn
from hub.rechecks.tables import CaseRecheck, RecheckDraw
from hub.tables import Case, ClerkDecision, DecisionRecord

log = logging.getLogger(__name__)
_BY_RULE: Final = ("rule_approve", "rule_refuse")


@dataclass(frozen=True, slots=True)
class _Settled:
    """A case that a rule alone has settled, and how."""

    case_id: int
    outcome: str
    decided: Decided


def sweep_rechecks(hub: Hub) -> int:
    """Draws for the last days that had none yet: the hub may not have run. Returns how many cases were drawn."""
    now = hub.clock()
    if now.astimezone(SHANGHAI).hour < hub.settings.recheck_hour:
        return 0  # what was decided shortly before midnight may not be written yet
    if hub.settings.recheck_back_days < 1:
        return 0  # this hub draws nothing
    back = [local_day(now) - timedelta(days=n) for n in range(hub.settings.recheck_back_days, 0, -1)]
    with hub.database.reading() as session:
        made = set(session.scalars(select(RecheckDraw.day).where(RecheckDraw.day >= back[0])))
        days = [(day, found) for day in back if day not in made and (found := _settled(session, hub, day))]
    return sum(_draw(hub, day, found) for day, found in days)


def _draw(hub: Hub, day: date, settled: Sequence[_Settled]) -> int:
    had = hub.settings
    chosen = drawn(hub.keys.recheck_secret, (one.decided for one in settled), had.recheck_per_mille, had.recheck_least)
    rows = [one for one in settled if one.decided.number in chosen]
    now = hub.clock()
    due = read(Clock(local_day(now), had.recheck_days), hub.calendar, local_day(now), had.clock_yellow_share).due
    with hub.database.writing() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = insert(RecheckDraw).on_conflict_do_nothing().returning(RecheckDraw.day)
        count = {"day": day, "decided": len(settled), "drawn": len(rows), "drawn_at": now}
        if session.execute(first, [count]).first() is None:
            return 0  # another replica was first
        for one in rows:
            found = CaseRecheck(case_id=one.case_id, day=day, outcome=one.outcome, due_on=due or local_day(now))
            session.add(found)
    return len(rows)


def _settled(session: Session, hub: Hub, day: date) -> list[_Settled]:
    """What rules alone settled that day and nobody has taken up since."""
    begins = datetime.combine(day, datetime.min.time(), SHANGHAI)
    by_rule = select(CaseStep.id).where(CaseStep.case_id == Case.id, CaseStep.act.in_(_BY_RULE)).exists()
    by_clerk = select(ClerkDecision.id).where(ClerkDecision.case_id == Case.id).exists()
    before = select(CaseRecheck.case_id).where(CaseRecheck.case_id == Case.id).exists()
    wanted = (
        select(Case.id, Case.number, Case.item, DecisionRecord.outcome)
        .join(DecisionRecord, DecisionRecord.case_id == Case.id)
        .where(DecisionRecord.decided_at >= begins, DecisionRecord.decided_at < begins + timedelta(days=1))
        .where(DecisionRecord.outcome.in_(("approve", "refuse")), DecisionRecord.rule_version != "")
        .where(Case.state.in_(("approved", "refused")), by_rule, ~by_clerk, ~before)
        .order_by(Case.id)
        .limit(hub.settings.recheck_cases)
    )
    found = [_Settled(case, outcome, Decided(number, item)) for case, number, item, outcome in session.execute(wanted)]
    if len(found) == hub.settings.recheck_cases:
        log.warning("the draw of %s looked at the first %d cases only (recheck_cases)", day, len(found))
    return found
