"""Writes down which attachments an event names, in the transaction that takes it up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hub.applications import AttachedPart
from hub.attachments.tables import CaseAttachment


def note_attachments(
    session: Session, case_id: int, terminal_id: str, source: str, event_id: str, parts: Sequence[AttachedPart]
) -> None:
    """The attachments of one event of a case; whether they have come shows in the blobs."""
    for part in parts:
        session.add(
            CaseAttachment(
                case_id=case_id,
                source=source,
                event_id=event_id,
                terminal_id=terminal_id,
                sha256=part.sha256,
                kind=part.kind,
                name=part.id,
                pages=part.pages,
                seconds=part.seconds,
            )
        )
    session.flush()
