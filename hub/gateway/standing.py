"""How a change at a source stands that a case was for, as whoever wished for it may read it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.tables import Case
from offline.wire.changes import Reason
from seeds.item import DataChange
from seeds.trouble import UnknownItem

DONE = "done"
TODO = "todo"  # its source has not done it yet


def change_waits(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """Where it is not simply done: who has not done it, in the resident's words."""
    job = None if template_of(hub, case) is None else session.get(DataChangeJob, case.id)
    if job is None or job.state == DONE or (job.state == TODO and not job.tries):
        return ()
    return (Reason(code="change_waits", text=hub.texts(f"hub.data.change.{job.state}")),)


def template_of(hub: Hub, case: Case) -> DataChange | None:
    """What an approval of the case has changed; None for most items."""
    try:
        return hub.catalogue.item(case.item).data_change
    except UnknownItem:
        return None
