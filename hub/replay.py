"""Parked events taken up again once their cause is mended: one at a time, with the effect of one delivery."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.arrivals import SPELT, Arrival, Opener, arrival
from hub.cases import open_cases
from hub.casework.calls import note_calls
from hub.feed import tell
from hub.hub import Hub
from hub.ingest import ingest
from hub.tables import InboxEvent, Terminal
from offline.wire.batch import EventStatus
from offline.wire.changes import EventBody
from offline.wire.event import Envelope, terminal_of

log = logging.getLogger(__name__)

Outcome = Literal["stored", "still", "nothing"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a parked event: stored now, still parked (and why), or not parked at all."""

    outcome: Outcome
    reason: str = ""


def parked_events(session: Session, limit: int, terminal_id: str = "", reason: str = "") -> list[InboxEvent]:
    """The parked events, oldest first; of one terminal or for one reason where that is asked."""
    wanted = select(InboxEvent).where(InboxEvent.status == "parked")
    if terminal_id:
        own = f"terminal/{terminal_id}"
        wanted = wanted.where(InboxEvent.source.in_((own, f"{own}/agent")))
    if reason:
        wanted = wanted.where(InboxEvent.reason.startswith(reason, autoescape=True))
    return list(session.scalars(wanted.order_by(InboxEvent.received_at, InboxEvent.seq).limit(limit)))


def replay(hub: Hub, source: str, event_id: str, by: str) -> Replayed:
    """Judges a parked event anew and does what it asks for, once; the terminal hears of it in its feed.

    A place in the chain that was contradicted stays so: whoever replays such an event has looked into it.
    """
    with hub.database.reading() as session:
        row = session.get(InboxEvent, (source, event_id))
    if row is None or row.status != "parked":
        return Replayed("nothing")
    if row.type == "unreadable":
        return _read_again(hub, row)
    envelope = Envelope.from_json(row.envelope)
    opened = Opener(hub).open(envelope)  # slow, and before any lock
    with hub.database.writing() as session:
        held = session.get_one(InboxEvent, (source, event_id), with_for_update=True)
        if held.status != "parked":
            return Replayed("nothing")
        if opened.doubt is not None:
            held.reason = opened.doubt
            return Replayed("still", opened.doubt)
        terminal = session.get_one(Terminal, terminal_of(source))
        if opened.applied is not None:
            open_cases(session, hub, terminal.id, terminal.region, [(envelope, opened.applied)])
        if opened.about is not None and not note_calls(session, hub, [(envelope, opened.about)]):
            held.reason = "case_unknown"
            return Replayed("still", "case_unknown")
        _unpark(session, hub, held, event_id)
    hub.work.set()
    log.info("%s of %s was taken up again by %s", event_id, source, by)
    return Replayed("stored")


def _read_again(hub: Hub, row: InboxEvent) -> Replayed:
    """What could not be read as an event may be one for a newer program: it goes through the door again."""
    kept = row.envelope
    untrusted: object = json.loads(kept[SPELT]) if SPELT in kept else kept.get("raw")  # as it was kept at first
    one = arrival(terminal_of(row.source), untrusted)
    if not isinstance(one, Arrival):
        return Replayed("still", one.reason)
    (result,) = ingest(hub, terminal_of(row.source), [untrusted]).results
    if result.status is EventStatus.RETRY:
        return Replayed("still", "busy")
    with hub.database.writing() as session:
        held = session.get_one(InboxEvent, (row.source, row.id), with_for_update=True)
        if held.status != "parked":
            return Replayed("nothing")
        if result.status is EventStatus.PARKED:  # parked now as the event it is, under its own id
            held.status, held.reason = "stored", None
            return Replayed("still", result.reason or "")
        _unpark(session, hub, held, one.envelope.id)
    return Replayed("stored")


def _unpark(session: Session, hub: Hub, row: InboxEvent, event_id: str) -> None:
    row.status, row.reason = "stored", None
    session.flush()
    body = EventBody(event_id=event_id, status="stored")
    tell(session, terminal_of(row.source), "event", body.model_dump(mode="json"), hub.clock())
