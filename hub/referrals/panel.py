"""The desk's section on an outside party: with whom the case lies, how often it was asked, what it answered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.referrals.tables import OutsideAsk
from hub.referrals.words import party_name
from hub.staff import SignedIn
from hub.tables import Case


def outside_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """Nothing for a case that lies with nobody outside."""
    del who
    row = session.get(OutsideAsk, case.id)
    if row is None:
        return None
    values: dict[str, object] = {
        "who": party_name(hub, row.party),
        "state": hub.texts(f"hub.outside.state.{row.state}"),
        "reference": row.reference or "",
        "trouble": hub.texts(f"hub.outside.trouble.{row.trouble}") if row.trouble else "",
        "asks": row.asks,
        "since": local_text(row.since),
        "answered": local_text(row.answered_at),
        "rows": row.rows,
    }
    return Panel("desk/outside.html", values)
