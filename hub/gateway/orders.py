"""The order to change something at a source, made by the approval that it stems from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.tables import Case
from offline.wire.changes import Reason
from seeds.item import DataChange
from seeds.trouble import UnknownItem

TODO = "todo"  # its source has not done it yet


def order_change(session: Session, hub: Hub, case: Case) -> None:
    """Orders the change of an approved case in the transaction that approves it, once."""
    if template_of(hub, case) is None or session.get(DataChangeJob, case.id) is not None:
        return
    session.add(DataChangeJob(case_id=case.id, state=TODO, tries=0, next_at=hub.clock()))
    session.flush()


def change_waits(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """How the change that the case was for stands, where it is not simply done; in the resident's words."""
    job = None if template_of(hub, case) is None else session.get(DataChangeJob, case.id)
    if job is None or job.state == "done" or (job.state == TODO and not job.tries):
        return ()
    return (Reason(code="change_waits", text=hub.texts(f"hub.data.change.{job.state}")),)


def template_of(hub: Hub, case: Case) -> DataChange | None:
    """What an approval of the case has changed; None for most items."""
    try:
        return hub.catalogue.item(case.item).data_change
    except UnknownItem:
        return None
