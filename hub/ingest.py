"""Takes a terminal's batches: each event once for ever, a batch in one durable transaction of few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from sqlalchemy import Text, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.alarms import note_faults
from hub.arrivals import Arrival, Key, Opened, Opener, Unreadable, arrival
from hub.cases import open_cases
from hub.casework.calls import doubts_of, note_calls
from hub.guesses import left, missed, of_codes
from hub.hub import Hub
from hub.many_rows import insert_rows, names, one_of
from hub.notices.slips import hear_slips
from hub.tables import Chain, InboxEvent, Terminal, table_of
from hub.verdicts import Keep, Known, Place, Verdicts, Waiting, join, judge
from offline.wire.batch import BatchReply, EventResult, EventStatus, HeadReport
from offline.wire.chain import START, Head
from offline.wire.event import terminal_source

Batch = Sequence[Arrival | Unreadable]

_INBOX: Final = table_of(InboxEvent)
_CHAIN: Final = table_of(Chain)
_KNOWN: Final = select(_INBOX.c.id, _INBOX.c.hash, _INBOX.c.status, _INBOX.c.reason).where(
    _INBOX.c.source == bindparam("of"), one_of(_INBOX.c.id, bindparam("ids", type_=Text()))
)
# Two statements, not one with OR: each follows the index over source and number, and reads nothing of the past.
_AHEAD: Final = select(_INBOX.c.seq, _INBOX.c.id, _INBOX.c.prev, _INBOX.c.hash).where(
    _INBOX.c.source == bindparam("of"), _INBOX.c.position == "ahead"
)
_NEAR: Final = _AHEAD.where(_INBOX.c.seq > bindparam("head"), _INBOX.c.seq <= bindparam("near"))
_THERE: Final = _AHEAD.where(_INBOX.c.seq.in_(bindparam("seqs", expanding=True)))
_MOVED: Final = (
    update(_INBOX)
    .where(_INBOX.c.source == bindparam("of"), _INBOX.c.id == bindparam("named"))
    .values(position=bindparam("to"))
)
_GROWN: Final = (
    update(_CHAIN)
    .where(_CHAIN.c.source == bindparam("of"))
    .values(seq=bindparam("new_seq"), hash=bindparam("new_hash"))
)


def ingest(hub: Hub, terminal_id: str, untrusted_events: Sequence[object]) -> BatchReply:
    """Stores a batch and answers each event; what was answered `stored` is durable."""
    with hub.measures.batch_seconds.time():
        batch = tuple(arrival(terminal_id, untrusted) for untrusted in untrusted_events)
        opened = _open_fresh(hub, terminal_id, batch)
        try:
            reply = _store(hub, terminal_id, batch, opened)
        except IntegrityError:  # another replica stored some of it just now; now they are known
            try:
                reply = _store(hub, terminal_id, batch, opened)
            except IntegrityError:
                reply = _not_now(hub, terminal_id, batch)
    for status, count in Counter(result.status for result in reply.results).items():
        hub.measures.events.labels(status.value).inc(count)
    note_faults(hub, terminal_id, reply)
    hub.work.set()
    return reply


def _open_fresh(hub: Hub, terminal_id: str, batch: Batch) -> dict[str, Opened]:
    """What is in the events that are not stored yet, by their hash: one id may come with two contents."""
    with hub.database.reading() as session:
        known = _known(session, batch)
    opener = Opener(hub)
    fresh = [one for one in batch if isinstance(one, Arrival) and one.key not in known]
    opened = {one.hash: opener.open(one.envelope) for one in fresh}
    return opened | _unknown_cases(hub, terminal_id, fresh, opened)


def _unknown_cases(
    hub: Hub, terminal_id: str, fresh: Sequence[Arrival], opened: Mapping[str, Opened]
) -> dict[str, Opened]:
    """Words about cases that are neither here nor in this batch; a case of another terminal may still be on its way."""
    said = {one.hash: about for one in fresh if (about := opened[one.hash].about) is not None}
    if not said:
        return {}
    coming = {one.envelope.id for one in fresh if opened[one.hash].applied is not None}
    with hub.database.reading() as session:
        guesses = left(session, of_codes(hub.settings), terminal_id, hub.clock())
        found = doubts_of(session, said, coming, guesses)
    if found.misses:
        missed(hub.database, hub.settings, terminal_id, hub.clock, found.misses)
    return {digest: Opened(doubt=doubt) for digest, doubt in found.by_hash.items()}


def _store(hub: Hub, terminal_id: str, batch: Batch, opened: Mapping[str, Opened]) -> BatchReply:
    own = terminal_source(terminal_id)
    doubts = {digest: found.doubt for digest, found in opened.items() if found.doubt is not None}
    with hub.database.writing() as session:
        region = session.scalars(select(Terminal.region).where(Terminal.id == terminal_id)).one()
        # The chain's row is the lock: what another replica does for this terminal is done or not begun.
        heads = {source: _locked(session, source) for source in sorted({own, *(one.key[0] for one in batch)})}
        places = {source: _place(session, hub, source, head, batch) for source, head in heads.items()}
        verdicts = judge(batch, _known(session, batch), doubts, places)
        _keep(session, hub, verdicts)
        _grow(session, hub, verdicts, heads)
        fresh = [keep.arrival for keep in verdicts.keeps if keep.reason is None and isinstance(keep.arrival, Arrival)]
        applications = [(one.envelope, applied) for one in fresh if (applied := opened[one.hash].applied) is not None]
        open_cases(session, hub, terminal_id, region, applications)
        calls = [(one.envelope, about) for one in fresh if (about := opened[one.hash].about) is not None]
        note_calls(session, hub, calls)
        hear_slips(session, hub, own, [slip for one in fresh if (slip := opened[one.hash].slip) is not None])
        head = session.execute(select(_CHAIN.c.seq, _CHAIN.c.hash).where(_CHAIN.c.source == own)).one()
    return BatchReply(results=verdicts.results, head=HeadReport(seq=head.seq, hash=head.hash))


def _not_now(hub: Hub, terminal_id: str, batch: Batch) -> BatchReply:
    """Nothing of the batch was kept, and nothing was lost: it is to come again."""
    with hub.database.reading() as session:
        row = session.get(Chain, terminal_source(terminal_id))
    head = START if row is None else Head(row.seq, row.hash)
    shown = (one.shown if isinstance(one, Unreadable) else one.envelope.id for one in batch)
    results = tuple(EventResult(id=name, status=EventStatus.RETRY, reason="busy") for name in shown)
    return BatchReply(results=results, head=HeadReport(seq=head.seq, hash=head.hash))


def _known(session: Session, batch: Batch) -> dict[Key, Known]:
    found: dict[Key, Known] = {}
    for source, keys in groupby(sorted({one.key for one in batch}), key=lambda key: key[0]):
        for row in session.execute(_KNOWN, {"of": source, "ids": names(key[1] for key in keys)}):
            found[source, row.id] = Known(row.hash, row.status, row.reason)
    return found


def _locked(session: Session, source: str) -> Head:
    wanted = select(_CHAIN.c.seq, _CHAIN.c.hash).where(_CHAIN.c.source == source).with_for_update()
    row = session.execute(wanted).one_or_none()
    if row is not None:
        return Head(row.seq, row.hash)
    session.execute(insert(_CHAIN).values(source=source, seq=START.seq, hash=START.hash))
    return START


def _place(session: Session, hub: Hub, source: str, head: Head, batch: Batch = ()) -> Place:
    """The chain's head, with what waits near it or where the batch goes."""
    near = head.seq + hub.settings.chain_window
    events = (one.envelope for one in batch if isinstance(one, Arrival))
    seqs = [event.seq for event in events if event.source == source and event.seq > near]
    rows = session.execute(_NEAR, {"of": source, "head": head.seq, "near": near}).all()
    there = session.execute(_THERE, {"of": source, "seqs": seqs}).all() if seqs else []
    return Place(head, {row.seq: Waiting(row.id, row.prev, row.hash) for row in (*rows, *there)})


def _keep(session: Session, hub: Hub, verdicts: Verdicts) -> None:
    now = hub.clock()
    insert_rows(session, _INBOX, [_row(keep, now) for keep in verdicts.keeps])


def _row(keep: Keep, now: datetime) -> dict[str, object]:
    one = keep.arrival
    event = one.envelope if isinstance(one, Arrival) else None
    source, identifier = one.key
    return {
        "source": source,
        "id": identifier,
        "type": "unreadable" if event is None else event.type,
        "time": now if event is None else event.time,
        "seq": 0 if event is None else event.seq,
        "prev": "" if event is None else event.prev,
        "hash": one.hash,
        "envelope": one.record,
        "status": "stored" if keep.reason is None else "parked",
        "reason": keep.reason,
        "position": keep.position,
        "received_at": now,
    }


def _grow(session: Session, hub: Hub, verdicts: Verdicts, before: Mapping[str, Head]) -> None:
    """Writes the chains' new heads and joins what waited, also behind the window that the batch was judged by."""
    moved = dict(verdicts.moved)
    for source, head in verdicts.heads.items():
        looked_to, reached = before[source].seq + hub.settings.chain_window, head
        while reached.seq >= looked_to:
            looked_to = reached.seq + hub.settings.chain_window
            reached, further = join(_place(session, hub, source, reached))
            moved |= {(source, name): to for name, to in further.items()}
        if reached != before[source]:
            session.execute(_GROWN, {"of": source, "new_seq": reached.seq, "new_hash": reached.hash})
    if moved:
        session.execute(_MOVED, [{"of": source, "named": name, "to": to} for (source, name), to in moved.items()])
