"""The desk's section on the parties of a case: who they are, and who has confirmed when."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.parties.standing import parties_of, parties_seen, rows_of, target_of
from hub.staff import SignedIn
from hub.tables import Case


def parties_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """Of a case of several parties, or of somebody's word on one."""
    del who
    target = target_of(session, hub, case) or case
    if parties_of(hub, target.item) is None:
        return None
    seen, rows = parties_seen(session, hub, target), rows_of(session, target.id)
    at = [local_text(target.applied_at), *(local_text(row.answered_at) for row in rows)]
    due = min((row.due_on.isoformat() for row in rows if row.answer == "asked"), default="")
    number = target.number if target.id != case.id else ""
    return Panel("desk/parties.html", {"rows": list(zip(seen, at, strict=False)), "due": due, "number": number})
