"""Adds up the cases of a month below a division: by item, and by the divisions one level down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.boards.figures import FLAGS, Counts, Flag, Line, Share, flags_of, shown, together
from hub.boards.tables import CaseSaving
from hub.casework.state import OPEN
from hub.casework.tables import CaseStep
from hub.certificates.tables import Certificate
from hub.divisions import division_name
from hub.hub import Hub
from hub.moments import SHANGHAI, local_day
from hub.rechecks.listing import Checked, checked
from hub.tables import Case

_DECIDED: Final = ("approved", "refused")
_BELOW: Final[Mapping[int, int]] = {0: 2, 2: 4, 4: 6, 6: 9, 9: 12, 12: 12}
"""From the digits of a division to those of the ones below it."""


@dataclass(frozen=True, slots=True)
class Board:
    """A month of a division."""

    month: str
    division: str
    name: str
    whole: Line
    items: tuple[Line, ...]
    divisions: tuple[Line, ...]
    flags: Mapping[Flag, Share]
    least: int
    checked: Checked | None  # what was drawn to be looked at again; None: too few
    is_whole: bool  # false: there were more cases than are looked at


def board(session: Session, hub: Hub, month: str, prefix: str, least: int) -> Board:
    """The figures; where cases were filed counts, not where they are handled."""
    rows = list(_rows(session, hub, month, prefix))
    by_item: dict[str, Counts] = defaultdict(Counts)
    by_place: dict[str, Counts] = defaultdict(Counts)
    digits = _BELOW.get(len(prefix), 12)
    for item_id, region, counts in rows:
        by_item[item_id] += counts
        by_place[region[:digits]] += counts
    items = [
        Line(
            item.id,
            item.name,
            item.time_limits.statutory_days,
            item.time_limits.promised_days,
            by_item[item.id],
            flags_of(item),
        )
        for item in hub.catalogue.items
    ]
    places = [Line(code, division_name(hub, code), counts=counts) for code, counts in sorted(by_place.items())]
    name = division_name(hub, prefix) if prefix else hub.texts("hub.ratings.all")
    (whole,) = shown([Line(prefix, name, counts=together(by_item.values()))], least)
    flags = {flag: Share(sum(flag in line.flags for line in items), len(items)) for flag in FLAGS}
    most = hub.settings.board_cases
    lines = shown(items, least), shown(places, least)
    again = checked(session, hub, month, prefix, least)
    return Board(month, prefix, name, whole, *lines, flags, least, again, len(rows) < most)


def _rows(session: Session, hub: Hub, month: str, prefix: str) -> Iterator[tuple[str, str, Counts]]:
    begins = datetime.combine(date.fromisoformat(f"{month}-01"), datetime.min.time(), SHANGHAI)
    ends = (begins + timedelta(days=32)).replace(day=1)
    known = [item.id for item in hub.catalogue.items]
    here = Case.item.in_(known) & Case.region.startswith(prefix, autoescape=True)
    visited = select(CaseStep.case_id).where(CaseStep.case_id == Case.id, CaseStep.act == "clerk_visit").exists()
    sealed = select(func.count(Certificate.id)).where(Certificate.case_id == Case.id, Certificate.version == 1)
    decided = (
        select(Case, CaseSaving, visited, sealed.scalar_subquery())
        .outerjoin(CaseSaving, CaseSaving.case_id == Case.id)
        .where(here, Case.state.in_(_DECIDED), Case.decided_at >= begins, Case.decided_at < ends)
        .order_by(Case.id.desc())
        .limit(hub.settings.board_cases)
    )
    for case, saving, is_visited, seals in session.execute(decided):
        yield case.item, case.region, _decided(hub, case, saving, is_visited=bool(is_visited), seals=int(seals))
    waiting = (
        select(Case.item, Case.region, Case.light, func.count())
        .where(here, Case.state.in_(OPEN), Case.received_at < ends)
        .group_by(Case.item, Case.region, Case.light)
        .limit(hub.settings.board_cases)
    )
    for item, region, light, count in session.execute(waiting):
        yield item, region, Counts(open=count, yellow=count * (light == "yellow"), red=count * (light == "red"))


def _decided(hub: Hub, case: Case, saving: CaseSaving | None, *, is_visited: bool, seals: int) -> Counts:
    began, ended = local_day(case.received_at), local_day(case.decided_at or case.received_at)
    approved = case.state == "approved"
    return Counts(
        settled=1,
        same_day=began == ended,
        late=case.due_on is not None and ended > case.due_on,
        worked_days=_worked(hub, began, ended),
        seals=seals,
        trips=approved and saving is not None and not is_visited,
        counted=saving is not None,
        documents=saving.documents if saving else 0,
        of_documents=saving.of_documents if saving else 0,
        fields=saving.fields if saving else 0,
        of_fields=saving.of_fields if saving else 0,
        signatures=bool(saving and saving.signature),
    )


def _worked(hub: Hub, began: date, ended: date) -> int:
    """Working days after the one of receipt, bounded."""
    days = min((ended - began).days, hub.settings.board_days)
    return sum(hub.calendar.is_working(began + timedelta(days=n)) for n in range(1, days + 1))
