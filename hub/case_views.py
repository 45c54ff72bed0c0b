"""A case as its resident may see it, with every part that only some cases have; each part is a module of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from hub.cases import view_of
from hub.hub import Hub
from hub.results import result_of
from hub.tables import Case
from offline.wire.changes import CaseView, Found

Part = Callable[[Session, Hub, Case], object]
PARTS: Final[dict[str, Part]] = {"result": result_of}
"""Field of the view → what fills it."""


def full_view(session: Session, hub: Hub, case: Case) -> CaseView:
    """For whoever holds the claim code, or stands there proven: a card alone opens `view_of` only."""
    found = {field: part(session, hub, case) for field, part in PARTS.items()}
    parts = {field: value for field, value in found.items() if value is not None}
    if isinstance(result := parts.get("result"), Found):
        # what was found is the outcome and its own reason: "passed" would mean nothing to whoever asked a question
        said = hub.texts("hub.outcome.found" if result.rows else "hub.outcome.found_nothing")
        parts |= {"outcome_text": said, "reasons": ()}
    return view_of(hub, case).model_copy(update=parts)
