"""Where a case lies: the unit it is routed to, and how it is passed on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from hub.casework.state import By
from hub.casework.steps import move
from hub.clocks.keeping import retime
from hub.divisions import division_name
from hub.hub import Hub
from hub.tables import Case
from seeds.casework import Casework
from seeds.trouble import SeedTrouble, UnknownItem
from seeds.units import Unit


def place_of(hub: Hub, item_id: str, region: str) -> Unit:
    """The unit that handles an item's case whose business lies in this division.

    A division or an item that the data does not have leaves the case where it was filed: nothing is lost for a code.
    """
    try:
        item = hub.catalogue.item(item_id)
        if item.casework.level == "village" and region not in hub.regions:
            return Unit("", region, region)
        return hub.units.route(item.department_data.id, item.casework.level, region)
    except (UnknownItem, SeedTrouble):
        return Unit("", region, region)


def casework_of(hub: Hub, item_id: str) -> Casework:
    """How an item's cases are worked on; the plainest way for one that the catalogue no longer knows."""
    try:
        return hub.catalogue.item(item_id).casework
    except UnknownItem:
        return Casework()


def routed_by_fact(hub: Hub, item_id: str, inputs: Mapping[str, object]) -> Unit | None:
    """The unit that a fact of the decision names the division of; None where the item names none, or it is unknown."""
    path = casework_of(hub, item_id).routed_by
    value: object = inputs
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not path or not isinstance(value, str) or value not in hub.regions:
        return None
    return place_of(hub, item_id, value)


def unit_name(hub: Hub, unit_id: str, region: str) -> str:
    """A unit's name; the division's where there is no unit."""
    try:
        return hub.units.named(unit_id).name
    except SeedTrouble:
        return division_name(hub, region)


def pass_on(session: Session, hub: Hub, case: Case, unit: Unit, by: By, reason: str) -> None:
    """Lays the case before another unit; the clock runs on, and whoever had taken it has not any more."""
    before = unit_name(hub, case.unit, case.handled_in)
    move(session, hub, case, "transfer", by, reason=f"{before} → {unit.name}：{reason}")
    case.unit, case.handled_in, case.clerk = unit.id, unit.division, None
    retime(session, hub, case)


def send_where_it_belongs(session: Session, hub: Hub, case: Case, inputs: Mapping[str, object], by: By) -> None:
    """A case for a person goes to the unit whose business it is, wherever it was filed (全城通办)."""
    unit = routed_by_fact(hub, case.item, inputs)
    if unit is not None and unit.id != case.unit and not _covers(unit, case):
        pass_on(session, hub, case, unit, by, hub.texts("hub.casework.routed_by_fact"))


def _covers(unit: Unit, case: Case) -> bool:
    """Whether the case lies in the unit's own division already: below it, somebody is nearer to the resident."""
    return case.handled_in.startswith(unit.division)


def assigned_reason(hub: Hub, case: Case) -> dict[str, str]:
    """What a resident reads of a report that was assigned."""
    unit = unit_name(hub, case.unit, case.handled_in)
    return {"code": "assigned", "text": hub.texts("hub.casework.assigned", unit=unit)}
