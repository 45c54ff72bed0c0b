"""The desk's section on a new home: how it stands on the developer's list, and who else is on it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.desk_panels import Panel
from hub.houses.standing import by_list
from hub.houses.tables import HouseEntry, HouseList, HouseSource
from hub.houses.taking import entries_of
from hub.hub import Hub
from hub.moments import local_text
from hub.staff import SignedIn
from hub.tables import Case


def houses_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """The homes of who applied, each with everybody whom the list names for it; nothing for other cases."""
    del who
    if not by_list(hub, case.item):
        return None
    own = entries_of(session, case.subject, hub.settings.houses_of_one)
    homes = [(row, _others(session, row), row.case_id == (case.parent_id or case.id)) for row in own]
    last = session.scalars(select(HouseList).order_by(HouseList.taken_at.desc()).limit(1)).first()
    troubles = session.scalars(select(HouseSource).where(HouseSource.trouble != "")).all()
    values: dict[str, object] = {
        "homes": homes,
        "last": None if last is None else local_text(last.taken_at),
        "troubles": [hub.texts(f"hub.houses.trouble.{one.trouble}") for one in troubles],
    }
    return Panel("desk/houses.html", values)


def _others(session: Session, row: HouseEntry) -> str:
    wanted = select(HouseEntry.masked).where(
        HouseEntry.house == row.house, HouseEntry.id != row.id, HouseEntry.state != "taken_back"
    )
    return "、".join(session.scalars(wanted.order_by(HouseEntry.id)))
