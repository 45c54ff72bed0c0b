"""A case's delivery as it is wished for at filing and as people may see it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.applications import Application, Wish
from hub.casework.placing import place_of, unit_name
from hub.delivery.tables import Delivery
from hub.hub import Hub
from hub.tables import Case
from offline.wire.changes import DeliveryView
from seeds.trouble import SeedTrouble, UnknownItem


def note_wish(session: Session, hub: Hub, case: Case, applied: Application) -> None:
    """Writes down how the result is to reach its owner; printing here needs nobody, so nothing is written for it."""
    wish = applied.wish()
    if wish is None or wish.way == "print" or wish.way not in _offered(hub, case.item):
        return
    now = hub.clock()
    session.add(
        Delivery(
            case_id=case.id,
            way=wish.way,
            hall=_hall(hub, case, wish.hall) if wish.way == "collect" else "",
            state="wanted",
            next_at=now,
            moved_at=now,
        )
    )
    session.flush()


def want_again(session: Session, hub: Hub, case: Case) -> None:
    """What was not to be sent any more is wished for as before: the case that came to nothing is open again."""
    row = session.get(Delivery, case.id, with_for_update=True)
    if row is not None and row.state == "void":
        row.state, row.next_at, row.moved_at = "wanted", hub.clock(), hub.clock()
        session.flush()


def delivery_view(session: Session, hub: Hub, case: Case) -> DeliveryView | None:
    """How far it is; nothing for what is printed at the terminal."""
    row = session.get(Delivery, case.id)
    if row is None:
        return None
    # Nothing is sent for what came to nothing: said with the refusal itself, not when the worker comes round to it.
    state = "void" if row.state == "wanted" and case.state in ("refused", "withdrawn") else row.state
    text = hub.texts(f"hub.delivery.{row.way}.{state}", hall=hall_name(hub, row))
    if row.trouble and state != "void":
        text = f"{text}{hub.texts(f'hub.delivery.trouble.{row.trouble}')}"
    return DeliveryView(way=row.way, state=state, text=text, waybill=row.waybill)  # type: ignore[arg-type]


def address_of(hub: Hub, case: Case, wish: Wish | None) -> tuple[str, str]:
    """The division and the address of a parcel; without a house number the village's hall takes it in."""
    to = None if wish is None else wish.to()
    if to is None:
        return case.region, ""
    if to.source == "register":
        return case.region, to.text
    if to.region not in hub.regions:
        return case.region, ""
    house = f"{to.house}号" if to.house else hub.texts("hub.delivery.at_hall")
    return to.region, f"{hub.regions.full_name(to.region)}{house}"


def hall_name(hub: Hub, row: Delivery) -> str:
    """Where it is collected."""
    return unit_name(hub, row.hall, row.hall.partition("@")[2]) if row.hall else ""


def _offered(hub: Hub, item_id: str) -> tuple[str, ...]:
    """The ways an item offers; a theme's parts may each come their own way, so a theme takes any."""
    try:
        return hub.catalogue.item(item_id).delivery
    except UnknownItem:
        return ("post", "collect")


def _hall(hub: Hub, case: Case, wanted: str) -> str:
    """The hall that was chosen, or the one of the village where it was filed: collected anywhere, not where handled."""
    try:
        return hub.units.named(wanted).id
    except SeedTrouble:
        return place_of(hub, case.item, case.region).id
