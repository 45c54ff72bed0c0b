"""The order to change something at a source, made by the approval that it stems from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.tables import Case
from seeds.item import DataChange
from seeds.trouble import UnknownItem


def order_change(session: Session, hub: Hub, case: Case) -> None:
    """Orders the change of an approved case in the transaction that approves it, once."""
    if template_of(hub, case) is None or session.get(DataChangeJob, case.id) is not None:
        return
    session.add(DataChangeJob(case_id=case.id, state="todo", tries=0, next_at=hub.clock()))
    session.flush()


def template_of(hub: Hub, case: Case) -> DataChange | None:
    """What an approval of the case has changed; None for most items."""
    try:
        return hub.catalogue.item(case.item).data_change
    except UnknownItem:
        return None
