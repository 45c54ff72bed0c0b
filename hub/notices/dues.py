"""What has to be done again: when its month has come, who did it last is told once, unless she has come already."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from hub.answers import answer, lock_cases
from hub.casework.joining import name_of
from hub.hub import Hub
from hub.moments import local_day
from hub.notices.making import notify
from hub.notices.tables import Notice
from hub.tables import Case
from hub.withdrawals import read_addressee

DUE: Final = "due"
_LATEST_MONTHS: Final = 12
"""What has been due for longer is over: nobody is told of it for the first time."""


def sweep_due_again(hub: Hub) -> int:
    """Makes the notices of the cases whose month has come; returns how many."""
    today = local_day(hub.clock())
    month, oldest = f"{today:%Y-%m}", _months_before(today.year, today.month, _LATEST_MONTHS)
    later = aliased(Case)
    done_again = exists().where(later.subject == Case.subject, later.item == Case.item, later.id > Case.id)
    told = exists().where(Notice.case_id == Case.id, Notice.kind == DUE)
    wanted = select(Case.id).where(Case.state == "approved", Case.next_due <= month, Case.next_due > oldest)
    wanted = wanted.where(~done_again, ~told, Case.parent_id.is_(None)).order_by(Case.id)
    done = 0
    while True:
        with hub.database.reading() as session:
            ids = session.scalars(wanted.limit(hub.settings.notice_batch)).all()
        made = sum(_tell(hub, case_id) for case_id in ids)
        done += made
        if not made:
            return done


def _tell(hub: Hub, case_id: int) -> bool:
    with hub.database.reading() as session:  # the answer's key is slow to make: before any lock
        addressee = read_addressee(session, hub, session.get_one(Case, case_id))
    with hub.database.writing() as session:
        (case,) = lock_cases(session, {case_id})
        year, _, number = (case.next_due or "").partition("-")
        words = hub.texts("hub.notice.due", item=name_of(hub, case.item), month=f"{year}年{int(number)}月")
        made = notify(session, hub, case, DUE, f"{case.id}:{case.next_due}", words)
        if made and addressee is not None:
            answer(session, hub, case, addressee)
        return made


def _months_before(year: int, month: int, months: int) -> str:
    n = year * 12 + month - 1 - months
    return f"{n // 12:04d}-{n % 12 + 1:02d}"
