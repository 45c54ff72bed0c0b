"""Tells those who have to confirm a case: that it waits for them, before its day, and in the end what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.casework.joining import name_of
from hub.hub import Hub
from hub.moments import SHANGHAI
from hub.notices.making import Whom, close, notify
from hub.notices.tables import Notice
from hub.parties.standing import item_of, role_text, rows_of
from hub.parties.tables import CaseParty
from hub.tables import Case

CONFIRM: Final = "confirm"
LAPSED: Final = "party_lapsed"
_WORK_BEGINS: Final = time(8)


def tell_asked(session: Session, hub: Hub, case: Case) -> None:
    """Makes the notices of everybody who is asked, in the transaction that asks them."""
    for row in rows_of(session, case.id):
        if row.answer == "asked":
            text = hub.texts("hub.notice.confirm", what=_what(hub, case), due=_day(row.due_on))
            by = last_call(hub, row.due_on)
            notify(session, hub, case, CONFIRM, f"{case.id}:party:{row.id}", text, _whom(hub, case, row), by)


def tell_answered(session: Session, hub: Hub, rows: Sequence[CaseParty]) -> None:
    """Whoever has answered is written to or called no more."""
    for row in rows:
        if row.answer != "asked":
            _close(session, hub, row)


def tell_over(session: Session, hub: Hub, case: Case) -> None:
    """The case ended without somebody's word: who had heard of it, or let the day pass, hears that too."""
    lapsed = LAPSED in {reason.get("code") for reason in case.reasons}
    said = "；".join(str(reason["text"]) for reason in case.reasons)
    for row in rows_of(session, case.id):
        if row.answer != "asked":
            continue
        if lapsed or _had_heard(session, row):
            text = hub.texts("hub.notice.confirm_over", what=_what(hub, case), said=said)
            notify(session, hub, case, "decision", f"{case.id}:over:{row.id}", text, _whom(hub, case, row))
        _close(session, hub, row)


def last_call(hub: Hub, due: date) -> datetime:
    """When a clerk has to call at the latest: on the last working day before the day itself, in the morning."""
    day = due - timedelta(days=1)
    while not hub.calendar.is_working(day):
        day -= timedelta(days=1)
    return datetime.combine(day, _WORK_BEGINS, SHANGHAI)


def _had_heard(session: Session, row: CaseParty) -> bool:
    heard = or_(Notice.told_at.is_not(None), Notice.sms_state.in_(("sent", "delivered")))
    return session.scalars(_asking(row).where(heard)).first() is not None


def _close(session: Session, hub: Hub, row: CaseParty) -> None:
    close(session, hub, session.scalars(_asking(row).where(Notice.told_at.is_(None))).all())


def _asking(row: CaseParty) -> Select[Notice]:
    return select(Notice).where(Notice.case_id == row.case_id, Notice.kind == CONFIRM, Notice.subject == row.subject)


def _whom(hub: Hub, case: Case, row: CaseParty) -> Whom:
    return Whom(row.subject, f"{role_text(hub, case.item, row.role)} {row.masked}")


def _what(hub: Hub, case: Case) -> str:
    """The case as whoever is asked knows it: what it is, and from whom it comes, masked."""
    item = item_of(hub, case.item)
    role = "" if item is None or item.parties is None else item.parties.applicant.zh_hans
    return f"{name_of(hub, case.item)}（{role}{case.masked_name}）"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
