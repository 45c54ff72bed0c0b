"""Takes up what events say about cases that are there already, each once, in the order in which they came."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.answers import Addressee, answer, conclude, lock_cases
from hub.applications import AttachedPart, DocumentPart, attached_in
from hub.attachments.noting import note_attachments
from hub.bookings.offered import give_back
from hub.casework.calls import RATED, REVIEW_ASKED, SUPPLEMENTED, WITHDRAWN
from hub.casework.joining import family
from hub.casework.papers import bring
from hub.casework.state import may
from hub.casework.steps import note
from hub.casework.tables import CaseCall
from hub.casework.withdrawing import APPLICANT as _APPLICANT
from hub.casework.withdrawing import GIVEN_BACK, may_withdraw
from hub.clocks.keeping import parts_of
from hub.hub import Hub
from hub.moments import local_day
from hub.ratings.giving import From, Given, take_rating
from hub.reviews.asking import Asked, ask
from hub.tables import Case, DecisionJob, InboxEvent
from hub.withdrawals import read_addressee
from offline.wire.event import Envelope
from offline.wire.trouble import WireTrouble

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """An event about a case, opened, and whom an answer goes to."""

    event_id: str
    payload: Mapping[str, object]
    addressee: Addressee | None
    source: str = ""
    terminal_id: str = ""  # which brought it


Handler = Callable[[Session, Hub, Case, Call], str]
"""Does what the event asks of the locked case; its word on the outcome is kept."""


class _Supplement(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    documents: Annotated[tuple[DocumentPart, ...], Field(min_length=1, max_length=12)]


def _supplemented(session: Session, hub: Hub, case: Case, call: Call) -> str:
    documents = _Supplement.model_validate(call.payload).documents
    brought = {one.id: one.source for one in documents if one.source != "later"}
    if not may(case.state, "bring_paper", _APPLICANT.kind):
        return "too_late"
    done = [
        bring(session, hub, each, brought, _APPLICANT, call.event_id, call.addressee)
        for each in _each(session, hub, case)
        if may(each.state, "bring_paper", _APPLICANT.kind)
    ]
    if not any(done):
        return "not_wanted"
    note_attachments(session, case.id, call.terminal_id, call.source, call.event_id, _attached(call, brought))
    return "taken"


def _attached(call: Call, brought: Mapping[str, str]) -> tuple[AttachedPart, ...]:
    """The scans of the papers that this event brings."""
    named = attached_in(call.payload.get("attachments"))
    return tuple(each for each in named if each.kind == "scan" and each.id in brought)


def _withdrawn(session: Session, hub: Hub, case: Case, call: Call) -> str:
    if give_back(session, case, local_day(hub.clock())):
        _told_of_the_place(session, hub, case, call)
        return "taken"
    if not may_withdraw(session, hub, case):
        return "too_late"
    reason = {"code": "withdrawn", "text": hub.texts("hub.reason.withdrawn")}
    for each in _each(session, hub, case):
        if may(each.state, "withdraw", _APPLICANT.kind):
            conclude(session, hub, each, "withdraw", _APPLICANT, [reason], call.addressee)
    return "taken"


def _told_of_the_place(session: Session, hub: Hub, case: Case, call: Call) -> None:
    """What was decided stays decided; only the place that it gave is somebody else's now."""
    words = hub.texts("hub.reason.place_given_back")
    note(session, hub, case, "give_back", _APPLICANT, case.state, words)
    case.reasons = [{"code": GIVEN_BACK, "text": words}]
    session.flush()
    if call.addressee is not None:
        answer(session, hub, case, call.addressee)


def _rated(session: Session, hub: Hub, case: Case, call: Call) -> str:
    return take_rating(session, hub, case, Given.model_validate(call.payload), From("terminal"))


def _review_asked(session: Session, hub: Hub, case: Case, call: Call) -> str:
    return ask(session, hub, case, Asked.model_validate(call.payload), "terminal", call.addressee)


def _each(session: Session, hub: Hub, case: Case) -> Sequence[Case]:
    """The case, or the parts of a theme's case: those are what can be moved."""
    return parts_of(session, case.id) if case.item in hub.themes else (case,)


HANDLERS: Final[Mapping[str, Handler]] = {
    SUPPLEMENTED: _supplemented,
    WITHDRAWN: _withdrawn,
    RATED: _rated,
    REVIEW_ASKED: _review_asked,
}


def take_up_calls(hub: Hub) -> int:
    """Takes up the events that wait; returns how many."""
    wanted = select(CaseCall.source, CaseCall.event_id).where(CaseCall.done_at.is_(None))
    with hub.database.reading() as session:
        waiting = session.execute(wanted.order_by(CaseCall.received_at).limit(hub.settings.call_batch)).all()
    return sum(_take_up(hub, source, event_id) for source, event_id in waiting)


def _take_up(hub: Hub, source: str, event_id: str) -> bool:
    try:
        return _taken(hub, source, event_id)
    except SQLAlchemyError:
        raise
    except Exception:  # one bad event must not stop the others: a person finds it among the parked ones
        log.exception("event %s about a case could not be taken up", event_id)
        with hub.database.writing() as session:
            call = session.get_one(CaseCall, (source, event_id), with_for_update=True)
            call.done_at, call.outcome = hub.clock(), "failed"
            held = session.get_one(InboxEvent, (source, event_id), with_for_update=True)
            held.status, held.reason = "parked", "call_failed"
        return True


def _taken(hub: Hub, source: str, event_id: str) -> bool:
    with hub.database.reading() as session:
        call = session.get_one(CaseCall, (source, event_id))
        case = session.get_one(Case, call.case_id)
        ids = family(session, case)
        early = select(DecisionJob.case_id).join(Case, Case.id == DecisionJob.case_id)
        early = early.where(DecisionJob.case_id.in_(ids), DecisionJob.state != "done", Case.state == "received")
        if session.scalars(early.limit(1)).first() is not None:
            return False  # the rule has its say first: before that nobody knows what is wanted
        envelope = Envelope.from_json(session.get_one(InboxEvent, (source, event_id)).envelope)
        try:
            payload, addressee = hub.keys.unseal_event(envelope), read_addressee(session, hub, case)
            terminal_id = source.removeprefix("terminal/").partition("/")[0]
            opened = Call(event_id, payload, addressee, source, terminal_id)
        except WireTrouble:  # it opened when it came: this machine lacks a key, and the next one may have it
            return False
    with hub.database.writing() as session:
        case = next(one for one in lock_cases(session, ids) if one.id == call.case_id)
        held = session.get_one(CaseCall, (source, event_id), with_for_update=True)
        if held.done_at is not None:
            return False  # another worker was quicker
        try:
            held.outcome = HANDLERS[held.type](session, hub, case, opened)
        except ValidationError:
            held.outcome = "unreadable"
        held.done_at = hub.clock()
    return True
