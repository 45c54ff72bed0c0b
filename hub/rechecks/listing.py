"""What is still to be looked at again, what those above have to know of it, and how much came out right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.explanation import item_name
from hub.hub import Hub
from hub.moments import local_day
from hub.rechecks.hands import had_a_hand
from hub.rechecks.tables import CaseRecheck
from hub.staff import SignedIn
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class Line:
    """One decision that was drawn."""

    number: str
    item: str
    masked_name: str
    row: CaseRecheck
    is_late: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What was drawn of a month's decisions, and what came of it."""

    drawn: int
    right: int
    wrong: int
    open: int
    late: int  # open, and past the day


def to_recheck(session: Session, hub: Hub, who: SignedIn) -> list[Line]:
    """What lies before this clerk, the oldest first: nothing that they had a hand in."""
    here = Case.handled_in.startswith(who.region_prefix, autoescape=True)
    wanted = select(CaseRecheck, Case).join(Case, Case.id == CaseRecheck.case_id)
    wanted = wanted.where(here, CaseRecheck.word == "", ~had_a_hand(who.name))
    rows = session.execute(wanted.order_by(CaseRecheck.due_on, CaseRecheck.case_id).limit(hub.settings.recheck_rows))
    return [_line(hub, row, case) for row, case in rows]


def to_look_into(session: Session, hub: Hub, who: SignedIn) -> list[Line]:
    """What those above have to know: decisions that were wrong, and those that nobody looked at in time."""
    here = Case.region.startswith(who.region_prefix, autoescape=True)
    late = (CaseRecheck.word == "") & (CaseRecheck.due_on < local_day(hub.clock()))
    wanted = select(CaseRecheck, Case).join(Case, Case.id == CaseRecheck.case_id)
    wanted = wanted.where(here, or_(late, CaseRecheck.word == "wrong"))
    order = (
        CaseRecheck.settled_at.is_not(None),
        CaseRecheck.word == "",
        CaseRecheck.due_on.desc(),
        CaseRecheck.case_id,
    )
    rows = session.execute(wanted.order_by(*order).limit(hub.settings.recheck_rows))
    return [_line(hub, row, case) for row, case in rows]


def checked(session: Session, hub: Hub, month: str, prefix: str, least: int) -> Checked | None:
    """The figures of a month's decisions in a division; None where so few were drawn that they tell of people."""
    first = date.fromisoformat(f"{month}-01")
    here = Case.region.startswith(prefix, autoescape=True)
    late = func.count().filter(CaseRecheck.due_on < local_day(hub.clock()))
    of_month = CaseRecheck.day >= first, CaseRecheck.day < (first + timedelta(days=32)).replace(day=1)
    wanted = select(CaseRecheck.word, func.count(), late).join(Case, Case.id == CaseRecheck.case_id)
    wanted = wanted.where(here, *of_month)
    found = {word: (count, past) for word, count, past in session.execute(wanted.group_by(CaseRecheck.word))}
    right, wrong = (found.get(word, (0, 0))[0] for word in ("right", "wrong"))
    is_open, is_late = found.get("", (0, 0))
    told = Checked(right + wrong + is_open, right, wrong, is_open, is_late)
    return None if 0 < told.drawn < least else told


def _line(hub: Hub, row: CaseRecheck, case: Case) -> Line:
    is_late = not row.word and row.due_on < local_day(hub.clock())
    return Line(case.number, item_name(hub, case.item), case.masked_name, row, is_late)
