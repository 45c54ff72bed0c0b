"""What a stick brings from a terminal without a line, and what it takes back: the same inbox, the same feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from hub.alarms import hub_head
from hub.blobs import blob_state, take_piece
from hub.credentials import refuse_behind, refuse_revoked
from hub.feed import page
from hub.hub import Hub
from hub.ingest import ingest
from hub.key_news import catch_up
from hub.problems import Problem
from hub.tables import CarriedPart, InboxEvent, Terminal
from offline.wire.attachment import sha256_of
from offline.wire.batch import BatchReply, EventResult, EventStatus
from offline.wire.canonical import time_text, unb64
from offline.wire.carry import VERSION, KeyFor, Kind, Part, PartHead, Record, Written, model_record, write_part
from offline.wire.event import terminal_source
from offline.wire.identity import uuid7
from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from offline.wire.trouble import BadPart, NotForHere, PartFault


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one part."""

    terminal_id: str
    terminal_name: str
    first_seq: int
    last_seq: int
    fresh: int = 0
    known: int = 0
    parked: int = 0
    later: int = 0  # not now: the part is to be brought again
    pictures: int = 0
    pictures_refused: int = 0
    is_manifest: bool = False

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "terminal": self.terminal_id,
            "name": self.terminal_name,
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "fresh": self.fresh,
            "known": self.known,
            "parked": self.parked,
            "later": self.later,
            "pictures": self.pictures,
            "pictures_refused": self.pictures_refused,
            "manifest": self.is_manifest,
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """A run of an export as the console lists it."""

    terminal_id: str
    terminal_name: str
    taken_at: datetime
    staff: str
    parts: int
    fresh: int
    known: int
    parked: int


@dataclass(frozen=True, slots=True)
class Courier:
    """A terminal that sends sticks: what of its newest is missing, and how many answers wait to be carried back.

    `missing` are stretches of the chain; None when the stick was pulled out before it was finished.
    """

    terminal_id: str
    terminal_name: str
    missing: tuple[tuple[int, int], ...] | None
    answers: int


def terminal_key(hub: Hub) -> KeyFor:
    """Whose signature a part must bear: that of the terminal it names, which must be one of this hub's."""

    def key_for(head: PartHead) -> bytes:
        if head.to != "hub":
            raise NotForHere("这是中枢写给终端的答复")
        with hub.database.reading() as session:
            terminal = session.get(Terminal, head.terminal)
        if terminal is None:
            raise BadPart(PartFault.FOREIGN, f"本中枢没有登记过终端 {head.terminal}")
        return unb64(terminal.signing_public, 32)

    return key_for


def note_forged(hub: Hub, bad: BadPart) -> None:
    """Counts a part that somebody signed in a terminal's name, as a request on the line is counted."""
    if bad.fault is PartFault.FORGED:
        hub.refusals.note(bad.detail, "bad_signature")


def take_part(hub: Hub, part: Part, staff: str, region_prefix: str = "") -> Taken:
    """Takes a part whose signature holds as if each of its events and pictures had come over the line.

    Bringing it again is harmless. Raises Problem for a picture that cannot be taken now, or a terminal that was shut
    out or is not this member of the staff's: then none of its events was taken.
    """
    with hub.database.reading() as session:
        terminal = session.get_one(Terminal, part.head.terminal)
    try:
        refuse_behind(hub, terminal)
        refuse_revoked(terminal)  # a credential that is over matters not: a person of the staff brings this
    except Problem as problem:
        hub.refusals.note(terminal.id, problem.code)
        raise
    if not terminal.region.startswith(region_prefix):
        raise Problem("foreign_terminal", 403, f"终端 {terminal.name} 不归您管，请交给它所在区划的工作人员。")
    refused = sum(not _take_picture(hub, terminal.id, picture) for picture in part.pictures)
    results = _ingested(hub, terminal.id, part.events)
    count = {status: sum(result.status is status for result in results) for status in EventStatus}
    taken = Taken(
        terminal_id=terminal.id,
        terminal_name=terminal.name,
        first_seq=part.head.first_seq,
        last_seq=part.head.last_seq,
        fresh=count[EventStatus.STORED],
        known=count[EventStatus.DUPLICATE],
        parked=count[EventStatus.PARKED],
        later=count[EventStatus.RETRY],
        pictures=len(part.pictures) - refused,
        pictures_refused=refused,
        is_manifest=part.manifest is not None,
    )
    _remember(hub, part, taken, results, staff)
    return taken


def answer_parts(hub: Hub, terminal_id: str) -> Iterator[Written]:
    """What a stick takes back to a terminal: the answers to its events, then the feed since it last heard it.

    Nothing when no part of the terminal ever came on a stick, for then nobody knows where it stands. All of it is
    signed with the key that the terminal knew, also what tells it of a later one.
    """
    catch_up(hub, terminal_id)
    now = hub.clock()
    carry = uuid7(now)
    with hub.database.reading() as session:
        stands = session.scalars(_newest(terminal_id)).first()
        if stands is None:
            return
        private = hub.keys.signing_private_of(stands.hub_key) or hub.keys.signing_private

        def part(records: tuple[Record, ...], first: int, last: int, cursor: int) -> Written:
            head = PartHead(
                version=VERSION,
                to="terminal",
                terminal=terminal_id,
                signer=key_id(signing_public(private)),
                carry=carry,
                made_at=time_text(now),
                first_seq=first,
                last_seq=last,
                cursor=cursor,
            )
            return write_part(head, records, private)

        told = select(CarriedPart).where(CarriedPart.terminal_id == terminal_id, CarriedPart.last_seq > stands.done_to)
        told = told.order_by(CarriedPart.first_seq).limit(hub.settings.carry_answer_parts)
        for row in session.scalars(told):
            reply = BatchReply.model_validate({"results": row.results})
            yield part((model_record(Kind.REPLY, reply),), row.first_seq, row.last_seq, stands.cursor)
        lost = hub_head(session, terminal_id)
        cursor, said = stands.cursor, list[Record]()
        if lost.seq < stands.done_to:  # this hub came back from a backup: as on the line, all is heard from the start
            cursor, said = 0, [model_record(Kind.REPLY, BatchReply(results=(), head=lost))]
        for n in range(hub.settings.carry_answer_parts):
            changes = page(session, terminal_id, cursor, hub.settings.changes_page)
            if n and not changes.changes:
                return
            yield part((*said, model_record(Kind.CHANGES, changes)), 0, 0, cursor)
            cursor, said = changes.cursor, []


def carried(session: Session, hub: Hub, region_prefix: str) -> tuple[Carried, ...]:
    """The exports of which something came last, newest first."""
    part, last = CarriedPart, func.max(CarriedPart.taken_at)
    sums = (func.sum(part.fresh), func.sum(part.known), func.sum(part.parked))
    wanted = (
        select(part.terminal_id, Terminal.name, last, func.max(part.staff), func.count(), *sums)
        .join(Terminal, Terminal.id == part.terminal_id)
        .where(Terminal.region.startswith(region_prefix, autoescape=True))
        .group_by(part.terminal_id, part.carry, Terminal.name)
        .order_by(last.desc())
        .limit(hub.settings.carry_rows)
    )
    return tuple(Carried(*row) for row in session.execute(wanted))


def courier(session: Session, terminal_id: str) -> Courier:
    """How a terminal stands that has sent a stick."""
    terminal = session.get_one(Terminal, terminal_id)
    newest = session.scalars(_newest(terminal_id)).first()
    heard = terminal.feed if newest is None else newest.cursor
    return Courier(terminal_id, terminal.name, missing_parts(session, terminal_id), terminal.feed - heard)


def missing_parts(session: Session, terminal_id: str) -> tuple[tuple[int, int], ...] | None:
    """The stretches of the chain which a terminal's newest manifest names and of which no part came.

    None without a manifest: the stick was pulled out before it was finished, and nobody knows what is missing.
    """
    newest = session.scalars(_newest(terminal_id)).first()
    whole = session.scalars(_newest(terminal_id).where(CarriedPart.manifest.is_not(None))).first()
    if newest is None or whole is None or whole.manifest is None or whole.head_seq < newest.head_seq:
        return None
    here = set(session.scalars(select(CarriedPart.digest).where(CarriedPart.terminal_id == terminal_id)))
    return tuple((first, last) for digest, first, last in whole.manifest if digest not in here)


def _take_picture(hub: Hub, terminal_id: str, data: bytes) -> bool:
    """False when this hub will never take it: its event goes on without it, as over the line."""
    sha256 = sha256_of(data)
    with hub.database.reading() as session:
        stands = blob_state(session, terminal_id, sha256)
    try:
        while not stands.complete:
            before = stands.have
            stands = take_piece(hub, terminal_id, sha256, before, len(data), data[before:])
            if not stands.complete and stands.have <= before:
                return False
    except Problem as problem:
        if problem.park:
            return False
        raise
    return True


def _ingested(hub: Hub, terminal_id: str, events: Sequence[object]) -> tuple[EventResult, ...]:
    step = hub.settings.batch_events
    return tuple(
        result
        for start in range(0, len(events), step)
        for result in ingest(hub, terminal_id, events[start : start + step]).results
    )


def _remember(hub: Hub, part: Part, taken: Taken, results: Sequence[EventResult], staff: str) -> None:
    head, now = part.head, hub.clock()
    with hub.database.writing() as session:
        _forget_other_past(session, part)
        row = session.get(CarriedPart, (taken.terminal_id, part.digest), with_for_update=True)
        if row is None:
            row = CarriedPart(
                terminal_id=taken.terminal_id, digest=part.digest, carry=head.carry, fresh=0, known=taken.known
            )
            session.add(row)
        row.made_at, row.first_seq, row.last_seq = head.made_at, head.first_seq, head.last_seq
        row.head_seq = 0 if head.head is None else head.head.seq
        row.hub_key = head.hub_key
        row.done_to, row.cursor, row.staff, row.taken_at = head.done_to, head.cursor, staff, now
        row.fresh += taken.fresh
        row.parked = taken.parked
        row.results = [result.model_dump(mode="json") for result in results if result.status is not EventStatus.RETRY]
        listed = part.manifest.parts if part.manifest is not None else None
        row.manifest = None if listed is None else [[one.digest, one.first_seq, one.last_seq] for one in listed]
        session.flush()
        session.execute(delete(CarriedPart).where(CarriedPart.taken_at < now - timedelta(days=hub.settings.carry_days)))


def _forget_other_past(session: Session, part: Part) -> None:
    """What a terminal said of itself before it fell back is no more true: it has not heard now what it had heard then.

    It fell back where a later export says that less is done or heard, or where its chain has gone another way, which
    tells also when its clock does not.
    """
    head = part.head
    fell = and_(
        CarriedPart.carry < head.carry, or_(CarriedPart.done_to > head.done_to, CarriedPart.cursor > head.cursor)
    )
    if head.head is not None:
        held = select(InboxEvent.hash).where(
            InboxEvent.source == terminal_source(head.terminal),
            InboxEvent.seq == head.head.seq,
            InboxEvent.position == "joined",
        )
        if session.scalars(held).first() not in (None, head.head.hash):
            fell = or_(fell, and_(CarriedPart.head_seq >= head.head.seq, CarriedPart.carry != head.carry))
    session.execute(delete(CarriedPart).where(CarriedPart.terminal_id == head.terminal, fell))


def _newest(terminal_id: str) -> Select[CarriedPart]:
    """The part that tells best how a terminal stands: by its chain and what it has heard, never by its clock."""
    rows = select(CarriedPart).where(CarriedPart.terminal_id == terminal_id).limit(1)
    grows = (CarriedPart.head_seq, CarriedPart.cursor, CarriedPart.done_to, CarriedPart.taken_at)
    return rows.order_by(*(column.desc() for column in grows))
