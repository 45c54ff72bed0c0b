"""Parts of a theme that come one after the other: the next begins when the one before is approved, and only then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.casework.joining import name_of
from hub.casework.state import OPEN
from hub.hub import Hub
from hub.tables import Case, DecisionJob

NOT_BEFORE: Final = "after_part"
"""The reason of a part that another has to come before."""


def first_of(hub: Hub, theme_id: str, item_id: str) -> str:
    """The item that has to be approved before this one begins; empty for most."""
    return hub.themes.by_id[theme_id].after.get(item_id, "") if theme_id in hub.themes else ""


def only_within(hub: Hub, case: Case) -> str:
    """The theme with which alone such a case means anything; empty for most, and for one that is a part of it."""
    if case.parent_id is not None:
        return ""
    return next((theme.name for theme in hub.themes if theme.whole and case.item in theme.items), "")


def waits_its_turn(hub: Hub, theme_id: str, item_id: str) -> list[dict[str, str]]:
    """What a part says that cannot begin yet; nothing for one that can."""
    first = first_of(hub, theme_id, item_id)
    return [{"code": NOT_BEFORE, "text": hub.texts("hub.theme.after", item=name_of(hub, first))}] if first else []


def begin_next(session: Session, hub: Hub, case: Case) -> None:
    """Puts the parts before their rules that an approved part was in the way of."""
    for part in _after(session, hub, case):
        if part.state == "received" and session.get(DecisionJob, part.id) is None:
            part.reasons = []
            session.add(DecisionJob(case_id=part.id, state="waiting", attempts=0))
    session.flush()
    hub.work.set()


def void_next(session: Session, hub: Hub, case: Case) -> Sequence[Case]:
    """The parts that come to nothing with this one, which was not approved."""
    return [part for part in _after(session, hub, case) if part.state in OPEN]


def paid_before(session: Session, hub: Hub, case: Case) -> Sequence[Case]:
    """The parts that were approved so that this one could begin; what they cost goes back if it comes to nothing."""
    whole = _whole(session, case)
    first = "" if whole is None else first_of(hub, whole.item, case.item)
    if whole is None or not first:
        return ()
    return session.scalars(select(Case).where(Case.parent_id == whole.id, Case.item == first)).all()


def _after(session: Session, hub: Hub, case: Case) -> Sequence[Case]:
    whole = _whole(session, case)
    if whole is None or whole.item not in hub.themes:
        return ()
    later = [item for item, first in hub.themes.by_id[whole.item].after.items() if first == case.item]
    if not later:
        return ()
    parts = select(Case).where(Case.parent_id == whole.id, Case.item.in_(later)).order_by(Case.id)
    return session.scalars(parts.with_for_update().execution_options(populate_existing=True)).all()


def _whole(session: Session, case: Case) -> Case | None:
    return None if case.parent_id is None else session.get(Case, case.parent_id)
