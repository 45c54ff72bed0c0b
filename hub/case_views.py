"""A case as whoever holds its claim code may see it: also what a query found."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.cases import view_of
from hub.hub import Hub
from hub.results import result_of
from hub.tables import Case
from offline.wire.changes import CaseView, Found, FoundRow


def full_view(session: Session, hub: Hub, case: Case) -> CaseView:
    """The whole view; a card alone opens `view_of` only, for whoever has found a card must not read amounts."""
    view, found = view_of(session, hub, case), result_of(session, hub, case)
    if found is None:
        return view
    rows = tuple(FoundRow(label=row.label, value=row.value) for row in found.rows)
    parts: dict[str, object] = {"result": Found(rows=rows, note=found.note)}
    if found.outcome:  # "passed" would mean nothing to whoever asked a question
        parts |= {"outcome_text": found.outcome, "reasons": ()}
    return view.model_copy(update=parts)
