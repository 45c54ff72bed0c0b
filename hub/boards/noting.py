"""Counts what an approved case spared, in the transaction that approves it."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.boards.tables import CaseSaving
from hub.cases import payload_of
from hub.hub import Hub
from hub.savings import counted
from hub.tables import Case
from offline.wire.trouble import WireTrouble
from seeds.trouble import UnknownItem


def note_saving(session: Session, hub: Hub, case: Case) -> None:
    """Once for a case; one that cannot be opened is not counted at all, neither above nor below the line."""
    if session.get(CaseSaving, case.id) is not None:
        return
    try:
        item, payload = hub.catalogue.item(case.item), payload_of(session, hub, case)
        level = Application.model_validate(payload).identity.level
    except (UnknownItem, WireTrouble, ValidationError):
        return
    counts = counted(item, payload, level)
    session.add(
        CaseSaving(
            case_id=case.id,
            documents=counts.documents,
            of_documents=counts.of_documents,
            fields=counts.fields,
            of_fields=counts.of_fields,
            signature=counts.signature,
        )
    )
    session.flush()
