"""What people read of a case that lies with an outside party."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.referrals.tables import OutsideAsk
from hub.tables import Case
from offline.wire.changes import FoundRow
from seeds.outside import OutsideRule
from seeds.trouble import UnknownItem

OUTSIDE: Final = "outside"
"""What a case waits for that an outside party has to answer."""
_CHARS: Final = 80


def outside_of(hub: Hub, item_id: str) -> OutsideRule | None:
    """The outside party of an item's cases; None for most."""
    try:
        return hub.catalogue.item(item_id).outside
    except UnknownItem:
        return None


def party_name(hub: Hub, party: str) -> str:
    """What the party is called, with 演示 where it is the sandbox's."""
    text_id = f"hub.outside.party.{party}"
    return hub.texts(text_id) if text_id in hub.texts else party


def asked_reason(session: Session, hub: Hub, case: Case) -> dict[str, str]:
    """That it was handed over, to whom, and that its silence is not the resident's doing."""
    row = session.get(OutsideAsk, case.id)
    who = "" if row is None else party_name(hub, row.party)
    word = row.trouble if row is not None and row.trouble else "asked"
    return {"code": f"outside_{word}", "text": hub.texts(f"hub.outside.{word}", who=who)}


def answer_rows(session: Session, hub: Hub, case: Case) -> tuple[FoundRow, ...]:
    """What the party answered, line by line; of a theme what each of its parts' parties did. Nothing before that."""
    own = session.get(OutsideAsk, case.id)
    if own is not None:
        return tuple(_row(label, value) for label, value in own.rows)
    parts = select(OutsideAsk).join(Case, Case.id == OutsideAsk.case_id).where(Case.parent_id == case.id)
    answered = session.scalars(parts.order_by(OutsideAsk.case_id)).all()
    return tuple(_row(f"{party_name(hub, one.party)}{label}", value) for one in answered for label, value in one.rows)


def _row(label: object, value: object) -> FoundRow:
    return FoundRow(label=str(label)[:_CHARS], value=str(value)[:_CHARS])
