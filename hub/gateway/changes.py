"""What approvals put right, delete or have written down: the source is told until it has done it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.answers import answer, lock_cases
from hub.applications import Application
from hub.cases import payload_of
from hub.clock_doubt import counted_day
from hub.dues import publish_dues_of
from hub.gateway.orders import record_of
from hub.gateway.port import ChangeOrder, SourcePort, SourceRefused, SourceSilent
from hub.gateway.sharing import DUE_PLACES
from hub.gateway.standing import DONE, template_of
from hub.gateway.tables import DataChangeJob, DataContradiction
from hub.gateway.villages import Villages
from hub.hub import Hub
from hub.outside import wait
from hub.tables import Case
from hub.withdrawals import read_addressee
from offline.wire.trouble import WireTrouble
from seeds.item import SourceRecord

BY_RESIDENT = "resident-says"
"""The kind of contradiction that a resident has told: the keeper is to look into it."""


@dataclass(frozen=True, slots=True, repr=False)
class _Meant:
    """What the application wants; without a value to write it is for the keeper to find out."""

    number: str
    source: str
    field: str
    value: str | None
    at_once: bool
    place: str = ""
    keep: Literal["this", "first", "latest"] = "this"


def make_changes(hub: Hub, port: SourcePort) -> int:
    """Tells the sources what is due; returns how many orders were looked at."""
    due = select(DataChangeJob.case_id).where(DataChangeJob.next_at <= hub.clock()).order_by(DataChangeJob.next_at)
    with hub.database.reading() as session:
        ids = session.scalars(due.limit(hub.settings.source_batch)).all()
    for case_id in ids:
        _make(hub, port, case_id)
    return len(ids)


def _make(hub: Hub, port: SourcePort, case_id: int) -> None:
    with hub.database.reading() as session:
        case = session.get_one(Case, case_id)
        meant = _meant(session, hub, case)
        addressee = read_addressee(session, hub, case)
    silent = refused = False
    if meant is not None and meant.at_once:
        key = f"{case.number}/{meant.field}"
        try:
            port.change(ChangeOrder(key, meant.source, meant.number, meant.field, meant.value, meant.keep))
        except SourceSilent:
            silent = True
        except SourceRefused:
            refused = True
    done = False
    with hub.database.writing() as session:
        job = session.get_one(DataChangeJob, case_id, with_for_update=True)
        if job.next_at is None:
            return  # another worker was quicker
        (case,) = lock_cases(session, {case_id})
        was_waiting = job.tries > 0
        if silent:
            job.tries += 1
            job.next_at = hub.clock() + wait(job.tries, hub.settings.source_retry_s, hub.settings.source_retry_most_s)
            session.flush()
            if addressee is not None and not was_waiting:
                answer(session, hub, case, addressee)
            return
        job.next_at, job.state = None, DONE if meant is not None and meant.at_once and not refused else "keeper"
        if job.state == DONE:
            job.once, job.done_at = None, hub.clock()
            done = True
        else:
            session.add(
                DataContradiction(
                    kind=BY_RESIDENT,
                    sources=[hub.sources.all[0].id if meant is None else meant.source],
                    subject=case.subject,
                    case_id=case.id,
                    reference=case.number,
                    region=case.region,
                    found_at=hub.clock(),
                )
            )
        session.flush()
        if addressee is not None and (was_waiting or job.state == "keeper"):
            answer(session, hub, case, addressee)
    if done and meant is not None and meant.place in DUE_PLACES:
        publish_dues_of(hub, Villages(hub, port), meant.number)  # where this is cut short, the next round tells it


def _meant(session: Session, hub: Hub, case: Case) -> _Meant | None:
    template, record = template_of(hub, case), record_of(hub, case)
    try:
        payload = payload_of(session, hub, case)
        if record is not None:
            return _recorded(hub, case, record, Application.model_validate(payload))
    except (WireTrouble, ValidationError):
        return None
    form, applicant = payload.get("form"), payload.get("applicant")
    if template is None or not isinstance(form, Mapping) or not isinstance(applicant, Mapping):
        return None
    name, value = str(form.get(template.field)), form.get(template.value or "")
    for source in hub.sources.all:
        field = source.field(name)
        if field is not None and field.change:
            right = isinstance(value, str) if template.act == "correct" else field.change == "delete"
            number = str(applicant.get("id_number", "")).upper()
            return _Meant(number, source.id, name, value if isinstance(value, str) else None, right)
    return None


def _recorded(hub: Hub, case: Case, record: SourceRecord, applied: Application) -> _Meant | None:
    found = hub.sources.at(record.at)
    if found is None:
        return None
    source, field = found
    month = f"{counted_day(case):%Y-%m}"
    return _Meant(applied.subject_number().upper(), source.id, field.name, month, True, record.at, record.keep)
