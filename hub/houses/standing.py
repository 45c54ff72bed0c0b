"""What a new home's case knows of the list: which home it is for, who else is at it, and when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.state import SETTLED
from hub.houses.tables import HouseEntry
from hub.houses.taking import FINISHED, READY, TAKEN_BACK, as_rows, entries_of
from hub.hub import Hub
from hub.tables import Case
from offline.wire.claims import subject_of
from offline.wire.prefill import PrefillOption
from seeds.item import Item
from seeds.trouble import UnknownItem

NEW_HOUSES: Final = "new_houses"
"""Where rules find the list's homes, and the name under which an item asks for them to choose from."""
HANDOVER: Final = "handover"
"""The one home of the list that a case is for, among what its rule reads."""
_FEN: Final = 100


def reads_list(item: Item) -> bool:
    """Whether the item's cases go by a developer's list."""
    return any(fact.path.startswith(f"{HANDOVER}.") for fact in item.decision.facts)


def by_list(hub: Hub, item_id: str) -> bool:
    """The same by the item's id; no for a theme, and for one that the catalogue no longer knows."""
    try:
        return reads_list(hub.catalogue.item(item_id))
    except UnknownItem:
        return False


def handover_of(facts: Mapping[str, object], payload: Mapping[str, object]) -> dict[str, object]:
    """The home that was chosen among the person's own; unnamed, the only one that is left to be dealt with. Pure.

    Nothing where that is not clear: a rule misses it, and a person looks.
    """
    person, form = facts.get("person"), payload.get("form")
    rows = person.get(NEW_HOUSES) if isinstance(person, Mapping) else None
    named = form.get("house") if isinstance(form, Mapping) else None
    homes = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    if named is not None:
        homes = [row for row in homes if row.get("house") == named]
    elif len(homes) > 1:
        homes = [row for row in homes if row.get("state") != FINISHED]
    return {HANDOVER: dict(homes[0])} if len(homes) == 1 else {}


def rows_of(session: Session, hub: Hub, id_number: str) -> list[dict[str, object]]:
    """The homes of a person as the list's source tells them."""
    subject = subject_of(hub.keys.subject_index, id_number.upper())
    return list(as_rows(entries_of(session, subject, hub.settings.houses_of_one)))


def new_houses(session: Session, hub: Hub, id_number: str, *, proven: bool) -> tuple[PrefillOption, ...]:
    """The homes that a person can have registered now; a card alone is told that there is something, and not what."""
    subject = subject_of(hub.keys.subject_index, id_number.upper())
    rows = [row for row in entries_of(session, subject, hub.settings.houses_of_one) if row.state == READY]
    free = [row for row in rows if row.case_id is None]
    if not proven:
        text = hub.texts("hub.houses.ready", n=str(len(free)))
        return (PrefillOption(value="ready", name=text, detail=hub.texts("hub.houses.ready_detail")),) if free else ()
    return tuple(
        PrefillOption(
            value=row.house,
            name=row.address,
            detail=hub.texts("hub.houses.detail", area=row.area, price=_yuan(row.price_fen), house=row.house),
        )
        for row in free
    )


def take_house(session: Session, case: Case, inputs: Mapping[str, object]) -> bool:
    """Whether the home is this case's, now if it was nobody's; in the transaction that decides it.

    True also where no home is meant, or the rule knows already that it is in dispute: then the rule has said so.
    """
    row = _meant(session, case, inputs)
    if row is None:
        return True
    whole = case.parent_id or case.id
    if row.case_id not in (None, whole):
        other = session.get(Case, row.case_id)
        if other is not None and other.state not in SETTLED:
            return False
    if row.state == READY:
        row.case_id = whole
        session.flush()
    return row.state in (READY, FINISHED) or row.state == _told(inputs)


def follow_house(session: Session, hub: Hub, case: Case) -> None:
    """A home whose certificate was approved is done; one whose case ended otherwise is free for another."""
    if case.state not in SETTLED or not by_list(hub, case.item):
        return
    row = house_of(session, case)
    if row is None or row.state == FINISHED:
        return
    if case.state != "approved":
        row.case_id, row.changed_at = None, hub.clock()
    elif hub.catalogue.item(case.item).certificate is not None:
        row.state, row.changed_at = FINISHED, hub.clock()
    session.flush()


def house_of(session: Session, case: Case, *, lock: bool = True) -> HouseEntry | None:
    """The home that a case, or the whole that it is a part of, is for."""
    wanted = select(HouseEntry).where(HouseEntry.case_id == (case.parent_id or case.id))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted.order_by(HouseEntry.id).limit(1)).first()


def in_doubt(session: Session, hub: Hub, case: Case) -> bool:
    """Whether nobody may approve the case: it goes by the list, and the list does not have the home as its own."""
    if not by_list(hub, case.item):
        return False
    row = house_of(session, case)
    return row is None or row.state != READY


def may_have_home(session: Session, hub: Hub, case: Case) -> bool:
    """Whether the case goes by the list and has no home, though one of the applicant's is nobody's now."""
    if not by_list(hub, case.item) or house_of(session, case, lock=False) is not None:
        return False
    rows = entries_of(session, case.subject, hub.settings.houses_of_one)
    return any(row.state == READY and row.case_id is None for row in rows)


def _told(inputs: Mapping[str, object]) -> object:
    """How the home stood when the rule read of it."""
    home = inputs.get(HANDOVER)
    return home.get("state") if isinstance(home, Mapping) else None


def _meant(session: Session, case: Case, inputs: Mapping[str, object]) -> HouseEntry | None:
    home = inputs.get(HANDOVER)
    house = home.get("house") if isinstance(home, Mapping) else None
    wanted = select(HouseEntry).where(
        HouseEntry.house == house, HouseEntry.subject == case.subject, HouseEntry.state != TAKEN_BACK
    )
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return None if house is None else session.scalars(locked).one_or_none()


def _yuan(fen: int) -> str:
    return f"{fen // _FEN:,}.{fen % _FEN:02d}"
