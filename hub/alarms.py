"""The hub notices a rewritten past: what a terminal says of its chains against what the hub has of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.tables import Alarm, Chain, InboxEvent, Terminal
from offline.wire.batch import BatchReply, HeadReport
from offline.wire.chain import START
from offline.wire.event import terminal_source
from offline.wire.heartbeat import Heartbeat

Kind = Literal["head_back", "head_other", "past_rewritten"]
KINDS: Final[tuple[Kind, ...]] = ("head_back", "head_other", "past_rewritten")
ChainName = Literal["terminal", "agent"]
_CLOCKS_APART: Final = timedelta(seconds=60)
"""How far a terminal's time may be from the hub's without its correcting it."""
_FAULTS: Final = frozenset(("chain_fork", "chain_broken", "id_conflict"))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two words on one place of a chain that cannot both be true."""

    chain: ChainName
    kind: Kind
    seq: int
    said: str
    known: str


def contradictions(
    chain: ChainName, said: HeadReport, before: HeadReport | None, hub_head: HeadReport, hub_hash: str | None
) -> Iterator[Contradiction]:
    """What a reported head contradicts: the head reported before, and what the hub holds.

    `hub_hash` is the hash of the event that the hub holds at the reported number, if it holds one.
    """
    if before is not None and said.seq < before.seq:
        yield Contradiction(chain, "head_back", said.seq, said.hash, before.hash)
    elif said.seq < hub_head.seq:
        yield Contradiction(chain, "head_back", said.seq, said.hash, hub_head.hash)
    if before is not None and said.seq == before.seq and said.hash != before.hash:
        yield Contradiction(chain, "head_other", said.seq, said.hash, before.hash)
    elif hub_hash is not None and said.hash != hub_hash:
        yield Contradiction(chain, "head_other", said.seq, said.hash, hub_hash)


def compare_heads(session: Session, hub: Hub, terminal: Terminal, said: Heartbeat, signed_at: datetime) -> None:
    """Compares a heartbeat with the one before it and with the inbox; what contradicts is kept as an alarm.

    One that was long on its way is not compared: it says truly how things stood before what came meanwhile.
    """
    last = None if terminal.heartbeat is None else Heartbeat.model_validate(terminal.heartbeat)
    source = terminal_source(terminal.id)
    if (last is not None and said.at <= last.at) or _overtaken(session, source, said.outbox.head.seq, signed_at):
        return
    head = hub_head(session, terminal.id)
    before = None if last is None else last.outbox.head
    found = [
        *contradictions("terminal", said.outbox.head, before, head, _held(session, source, said.outbox.head, head))
    ]
    found += contradictions(
        "agent", said.agent_head, None if last is None else last.agent_head, HeadReport(seq=0, hash="0" * 64), None
    )
    # What was reported before it was sent must be what came: a past that was rewritten in between shows here.
    if before is not None and 0 < before.seq <= head.seq and before.seq < said.outbox.head.seq:
        held = _held(session, source, before, head)
        if held is not None and held != before.hash:
            found.append(Contradiction("terminal", "past_rewritten", before.seq, held, before.hash))
    for one in found:
        raise_alarm(session, terminal.id, one, hub.clock())


def hub_head(session: Session, terminal_id: str) -> HeadReport:
    """The end of a terminal's chain as the hub has it."""
    row = session.get(Chain, terminal_source(terminal_id))
    return HeadReport(seq=START.seq, hash=START.hash) if row is None else HeadReport(seq=row.seq, hash=row.hash)


def note_faults(hub: Hub, terminal_id: str, reply: BatchReply) -> None:
    """Keeps an alarm where a batch brought a second event for a place that has one, or one that follows nothing."""
    faults = [result for result in reply.results if (result.reason or "") in _FAULTS]
    if not faults:
        return
    source = terminal_source(terminal_id)
    with hub.database.writing() as session:
        session.get_one(Terminal, terminal_id, with_for_update=True)  # another replica may be at the same
        for result in faults:
            row = session.get(InboxEvent, (source, result.id))
            looked_into = session.get(Alarm, (terminal_id, "terminal", "past_rewritten"))
            until = None if looked_into is None else looked_into.settled_at
            if row is None or (until is not None and until >= row.received_at):
                continue  # the same event again, for instance from a stick, is no news
            held = session.scalars(
                select(InboxEvent.hash).where(
                    InboxEvent.source == source, InboxEvent.seq == row.seq, InboxEvent.id != row.id
                )
            ).first()
            one = Contradiction("terminal", "past_rewritten", row.seq, row.hash, held or row.prev)
            raise_alarm(session, terminal_id, one, hub.clock())


def raise_alarm(session: Session, terminal_id: str, one: Contradiction, now: datetime) -> None:
    """Keeps an alarm: one row for each chain and kind, the first contradiction and how often it was seen."""
    row = session.get(Alarm, (terminal_id, one.chain, one.kind), with_for_update=True)
    if row is not None and row.settled_at is not None:
        session.delete(row)  # it was looked into; this is another
        session.flush()
        row = None
    if row is None:
        row = Alarm(terminal_id=terminal_id, chain=one.chain, kind=one.kind, count=0, first_at=now, last_at=now)
        row.seq, row.said, row.known = one.seq, one.said, one.known
        session.add(row)
    row.count, row.last_at = row.count + 1, now
    session.flush()


def settle_alarm(session: Session, terminal_id: str, chain: str, kind: str, staff: str, now: datetime) -> bool:
    """Says that somebody has looked into an alarm; false when there is none."""
    row = session.get(Alarm, (terminal_id, chain, kind), with_for_update=True)
    if row is None or row.settled_at is not None:
        return False
    row.settled_at, row.settled_by = now, staff
    return True


def open_alarms(session: Session, terminal_id: str) -> list[Alarm]:
    """What nobody has looked into yet, the latest first."""
    wanted = select(Alarm).where(Alarm.terminal_id == terminal_id, Alarm.settled_at.is_(None))
    return list(session.scalars(wanted.order_by(Alarm.last_at.desc())))


def alarm_counts(session: Session) -> dict[str, int]:
    """How many terminals have an open alarm of each kind."""
    counted = select(Alarm.kind, func.count(func.distinct(Alarm.terminal_id))).where(Alarm.settled_at.is_(None))
    found = {str(kind): int(count) for kind, count in session.execute(counted.group_by(Alarm.kind))}
    return {kind: found.get(kind, 0) for kind in KINDS}


def _overtaken(session: Session, source: str, seq: int, signed_at: datetime) -> bool:
    """Whether the event after a number came later than the word that does not know it."""
    wanted = select(InboxEvent.received_at).where(InboxEvent.source == source, InboxEvent.seq == seq + 1)
    came = session.scalars(wanted).first()
    return came is not None and signed_at <= came + _CLOCKS_APART


def _held(session: Session, source: str, said: HeadReport, head: HeadReport) -> str | None:
    """The hash the hub holds at a number; the head's own needs no look into the inbox."""
    if said.seq == 0 or said.seq > head.seq:
        return None
    if said.seq == head.seq:
        return head.hash
    wanted = select(InboxEvent.hash).where(
        InboxEvent.source == source, InboxEvent.seq == said.seq, InboxEvent.position == "joined"
    )
    return session.scalars(wanted).first()
