"""Reminds of papers some days before their end, and ends what they never came for; each once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, lock_cases
from hub.casework.needs import open_needs
from hub.casework.papers import lapse
from hub.casework.state import By
from hub.casework.steps import move
from hub.casework.tables import CaseNeed
from hub.hub import Hub
from hub.moments import local_day
from hub.notices.making import notify
from hub.tables import Case
from hub.withdrawals import read_addressee

_BATCH: Final = 200


class Remind(Protocol):
    """How a resident hears that something is due: the seam for whoever can call, write or ring."""

    def __call__(
        self, session: Session, hub: Hub, case: Case, due: Sequence[CaseNeed], addressee: Addressee | None
    ) -> None:
        """Has it said, in the caller's transaction."""


def remind_in_feed(
    session: Session, hub: Hub, case: Case, due: Sequence[CaseNeed], addressee: Addressee | None
) -> None:
    """Says it as the case's answer: at the next card, or to whoever asks by code."""
    titles = "、".join(one.title for one in due)
    last = min(one.due_on for one in due)
    words = hub.texts("hub.casework.reminded", titles=titles, due=f"{last.month}月{last.day}日")
    case.reasons = [{"code": "reminded", "text": words[:300]}]
    session.flush()
    notify(session, hub, case, "papers", f"{case.id}:remind:{last}", words)
    if addressee is not None:
        answer(session, hub, case, addressee)


def sweep_needs(hub: Hub, remind: Remind = remind_in_feed) -> int:
    """Reminds and ends what is due today, a case a transaction; returns how many cases it touched."""
    today = local_day(hub.clock())
    turning = (CaseNeed.remind_on <= today) & CaseNeed.reminded_at.is_(None) | (CaseNeed.due_on < today)
    wanted = select(CaseNeed.case_id).where(CaseNeed.state == "open", turning).distinct()
    with hub.database.reading() as session:
        ids = session.scalars(wanted.order_by(CaseNeed.case_id).limit(_BATCH)).all()
    for case_id in ids:
        _turn(hub, case_id, remind)
    return len(ids)


def _turn(hub: Hub, case_id: int, remind: Remind) -> None:
    today = local_day(hub.clock())
    with hub.database.reading() as session:  # the answer's key is slow to make: before any lock
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        left = open_needs(session, case_id)
        if case.state != "waiting" or case.waits_for != "papers":
            for one in left:  # decided meanwhile: nothing is waited for any more
                one.state = "lapsed"
            return
        if late := [one for one in left if one.due_on < today]:
            lapse(session, hub, case, late, addressee)
            return
        if due := [one for one in left if one.remind_on <= today and one.reminded_at is None]:
            move(session, hub, case, "remind", By("clock"), reason="、".join(one.title for one in due))
            remind(session, hub, case, due, addressee)
            for one in due:
                one.reminded_at = hub.clock()
