"""The orders to change or write down something at a source, made by the approval that they stem from."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import payload_of
from hub.gateway.standing import TODO, template_of
from hub.gateway.tables import DataChangeJob
from hub.hub import Hub
from hub.tables import Case
from offline.wire.claims import subject_of
from offline.wire.trouble import WireTrouble
from seeds.item import SourceRecord
from seeds.trouble import UnknownItem


def order_change(session: Session, hub: Hub, case: Case) -> None:
    """Orders what an approved case changes at a source, in the transaction that approves it, once."""
    record = record_of(hub, case)
    if (record is None and template_of(hub, case) is None) or session.get(DataChangeJob, case.id) is not None:
        return
    key = None if record is None else _key(session, hub, case)
    # What a clerk approves beside an order that is still under way is the clerk's word.
    once = None if key is None or _under_way(session, key) else key
    session.add(DataChangeJob(case_id=case.id, state=TODO, tries=0, next_at=hub.clock(), about=key, once=once))
    session.flush()


def record_of(hub: Hub, case: Case) -> SourceRecord | None:
    """What an approval of the case has a source write down; None for most items."""
    try:
        return hub.catalogue.item(case.item).record
    except UnknownItem:
        return None


def being_recorded(session: Session, hub: Hub, case: Case, number: str) -> tuple[str, ...]:
    """The source that has not written down yet what another case gave this person: what it says now is of before."""
    key = _first_key(hub, case, number)
    found = None if key is None or not _under_way(session, key, case.id) else hub.sources.at(_at(hub, case))
    return () if found is None else (found[0].id,)


def recorded_meanwhile(session: Session, hub: Hub, case: Case, number: str, since: datetime) -> bool:
    """Whether another case was given the same since this one's data were read: those are of before, then."""
    key = _first_key(hub, case, number)
    if key is None:
        return False
    since_then = and_(DataChangeJob.about == key, DataChangeJob.done_at > since)
    other = select(DataChangeJob.case_id).where(or_(DataChangeJob.once == key, since_then))
    return session.scalars(other.where(DataChangeJob.case_id != case.id).limit(1)).first() is not None


def _under_way(session: Session, key: str, but: int | None = None) -> bool:
    wanted = select(DataChangeJob.case_id).where(DataChangeJob.once == key)
    return session.scalars(wanted if but is None else wanted.where(DataChangeJob.case_id != but)).first() is not None


def _first_key(hub: Hub, case: Case, number: str) -> str | None:
    record = record_of(hub, case)
    return None if record is None or record.keep != "first" else _spelt(hub, record, number.upper())


def _key(session: Session, hub: Hub, case: Case) -> str | None:
    """Under which what is given once rests; None where it may be given again, or the application does not open."""
    try:
        applied = Application.model_validate(payload_of(session, hub, case))
    except (WireTrouble, ValidationError):
        return None
    return _first_key(hub, case, applied.subject_number())


def _spelt(hub: Hub, record: SourceRecord, number: str) -> str:
    return hashlib.sha256(f"{record.at}\n{subject_of(hub.keys.subject_index, number)}".encode()).hexdigest()


def _at(hub: Hub, case: Case) -> str:
    record = record_of(hub, case)
    return "" if record is None else record.at
