"""Moves a case by the state machine: the state, the journal and the clock change together or not at all."""

from __future__ import annotations

from typing import Final, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.casework.state import SETTLED, By, after
from hub.casework.tables import CaseStep
from hub.clocks.keeping import go_on, retime, stop
from hub.gateway.kept import forget_case
from hub.gateway.words import SOURCE
from hub.hub import Hub
from hub.referrals.words import OUTSIDE
from hub.tables import Case, DecisionJob
from offline.wire.changes import CaseState

FILED: Final = "file"
REASON_CHARS: Final = 300


def move(
    session: Session,
    hub: Hub,
    case: Case,
    act: str,
    by: By,
    *,
    reason: str = "",
    to: CaseState | None = None,
    waits_for: str = "",
) -> None:
    """Takes one step in the caller's transaction, which holds the case; raises IllegalTransition.

    Whoever waits is not late: `waits_for` says what a waiting case waits for, and its clock stands meanwhile, unless
    it is for a source.
    """
    before = cast("CaseState", case.state)
    case.state = after(before, act, by.kind, to)
    note(session, hub, case, act, by, before, reason)
    if case.state == before:
        return
    if case.state in SETTLED:
        forget_case(session, case.id)
    if case.waits_for is not None:
        let_go(session, hub, case)
    if case.state == "waiting":
        hold(session, hub, case, waits_for or act, reason)
    retime(session, hub, case)


def hold(session: Session, hub: Hub, case: Case, waits_for: str, reason: str) -> None:
    """Stops the case's clock for what it waits for; whoever is silent outside is the office's own lateness."""
    case.waits_for = waits_for
    if waits_for not in (SOURCE, OUTSIDE):
        stop(session, hub, case, waits_for, reason)
    retime(session, hub, case)


def let_go(session: Session, hub: Hub, case: Case) -> None:
    """Nothing is waited for any more: the clock goes on."""
    case.waits_for = None
    go_on(session, hub, case)
    retime(session, hub, case)


def note(session: Session, hub: Hub, case: Case, act: str, by: By, before: str, reason: str) -> None:
    """Adds an entry to the journal; nothing ever changes or removes one."""
    session.add(
        CaseStep(
            case_id=case.id,
            act=act,
            kind=by.kind,
            actor=by.name[:40],
            state_before=before,
            state_after=case.state,
            reason=reason[:REASON_CHARS],
            at=hub.clock(),
        )
    )
    session.flush()


def journal(session: Session, case_id: int, limit: int) -> list[CaseStep]:
    """The case's journal, oldest first."""
    newest = select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.id.desc()).limit(limit)
    return list(reversed(session.scalars(newest).all()))


def before_its_rule_again(session: Session, case_id: int) -> None:
    """The case waits for its rule as a new one does: nobody holds it, no attempt counts. The caller wakes `work`."""
    again = update(DecisionJob).where(DecisionJob.case_id == case_id)
    session.execute(again.values(state="waiting", attempts=0, claimed_by=None, lease_until=None))
