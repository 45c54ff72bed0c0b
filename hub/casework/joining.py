"""A theme's case and its parts: how the parts' states, clocks and words make those of the whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.state import By, after
from hub.casework.steps import note
from hub.clocks.keeping import joined_clock, parts_of
from hub.hub import Hub
from hub.tables import Case
from offline.wire.changes import CaseState, PartView
from seeds.trouble import UnknownItem

_RULE: Final = By("rule")
_WORST_FIRST: Final[tuple[CaseState, ...]] = ("waiting", "in_review", "received")


def joined(states: Collection[CaseState]) -> CaseState:
    """The state of the whole: what still needs somebody wins; one part refused makes the whole not wholly approved.

    Pure. Some parts settled and others only received means that it is being worked on.
    """
    for state in _WORST_FIRST:
        if state in states:
            return "in_review" if state == "received" and len(set(states)) > 1 else state
    if "refused" in states:
        return "refused"
    return "approved" if "approved" in states else "withdrawn"


def family(session: Session, case: Case) -> set[int]:
    """The rows that change together with a case: itself and, of a theme's case, its parts."""
    return {case.id, *session.scalars(select(Case.id).where(Case.parent_id == case.id))}


def join(session: Session, hub: Hub, parent: Case) -> None:
    """Gives the theme's case the state, the clock and the words that follow from its parts; the caller holds both."""
    parts = parts_of(session, parent.id)
    goal = joined({cast("CaseState", part.state) for part in parts})
    done = sum(part.state == "approved" for part in parts)
    progress = hub.texts("hub.theme.progress", done=str(done), all=str(len(parts)))
    if goal != parent.state:
        before = parent.state
        parent.state = after(cast("CaseState", before), "join", _RULE.kind, goal)
        note(session, hub, parent, "join", _RULE, before, progress)
    parent.waits_for = next((part.waits_for for part in parts if part.waits_for), None)
    parent.decided_at = hub.clock()
    said = [
        {"code": str(reason["code"]), "text": f"{name_of(hub, part.item)}：{reason['text']}"[:300]}
        for part in parts
        if part.state != "approved"
        for reason in part.reasons
    ]
    parent.reasons = [{"code": "progress", "text": progress}, *said[:19]]
    joined_clock(session, parent)
    session.flush()


def join_whole(session: Session, hub: Hub, case: Case) -> None:
    """Joins the theme's case that this one is a part of, if it is one; the caller holds both."""
    if case.parent_id is not None:
        join(session, hub, session.get_one(Case, case.parent_id))


def part_views(session: Session, hub: Hub, case: Case) -> tuple[PartView, ...]:
    """How each part stands, for slip, terminal and phone; nothing for what is no theme."""
    if case.item not in hub.themes:
        return ()
    return tuple(views(hub, parts_of(session, case.id)))


def views(hub: Hub, parts: Sequence[Case]) -> list[PartView]:
    """The parts as anyone may see them."""
    return [
        PartView(
            item=part.item,
            name=name_of(hub, part.item),
            state=cast("CaseState", part.state),
            state_text=hub.texts(f"hub.case.{part.state}"),
            due=None if part.due_on is None else part.due_on.isoformat(),
        )
        for part in parts
    ]


def name_of(hub: Hub, item_id: str) -> str:
    """The name of an item or a theme; the id where neither the catalogue nor the themes know it any more."""
    if item_id in hub.themes:
        return hub.themes.by_id[item_id].name
    try:
        return hub.catalogue.item(item_id).name
    except UnknownItem:
        return item_id
