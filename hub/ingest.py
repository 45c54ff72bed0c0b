"""Takes a terminal's batches: each event once for ever, in one transaction, with a savepoint around each event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final, Literal

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import open_case
from hub.hub import Hub
from hub.tables import Chain, InboxEvent, Terminal
from offline.wire.batch import BatchReply, EventResult, EventStatus, HeadReport
from offline.wire.chain import START, Head
from offline.wire.event import Envelope, terminal_source
from offline.wire.sealing import unseal_event
from offline.wire.trouble import CannotUnseal, MalformedRecord, WireTrouble
from seeds.item import Item

Position = Literal["joined", "ahead", "broken"]
# What terminals and agents tell the hub without asking anything of it.
TOLD_TYPES: Final = frozenset(("cn.zhizhu.slip.settled.v1", "cn.zhizhu.agent.enrolled.v1", "cn.zhizhu.agent.parked.v1"))


class Parked(Exception):
    """An event that a person must look at; the rest of the batch goes on."""


def ingest(hub: Hub, terminal_id: str, untrusted_events: Sequence[object]) -> BatchReply:
    """Stores a batch and answers each event; what was answered `stored` is durable."""
    with hub.measures.batch_seconds.time(), hub.database.writing() as session:
        terminal = session.get_one(Terminal, terminal_id)
        intake = _Intake(session, hub, terminal)
        results = tuple(intake.take(untrusted) for untrusted in untrusted_events)
        head = intake.chain(terminal_source(terminal_id))
        reply = BatchReply(results=results, head=HeadReport(seq=head.seq, hash=head.hash))
    for result in reply.results:
        hub.measures.events.labels(result.status.value).inc()
    hub.work.set()
    return reply


class _Intake:
    """One batch of one terminal inside one transaction."""

    def __init__(self, session: Session, hub: Hub, terminal: Terminal) -> None:
        self._session = session
        self._hub = hub
        self._terminal = terminal
        own = terminal_source(terminal.id)
        self._sources = frozenset((own, f"{own}/agent"))
        self._chains: dict[str, Chain] = {}

    def take(self, untrusted: object) -> EventResult:
        """Stores one event, or says why not."""
        try:
            envelope = Envelope.from_json(untrusted)
        except MalformedRecord as error:
            return self._unreadable(untrusted, f"malformed: {error.reason}")
        if envelope.source not in self._sources:
            # Kept under the sender's own name: nobody may occupy another terminal's ids.
            return self._unreadable(untrusted, "foreign_source")
        try:
            with self._session.begin_nested():
                return self._take(envelope)
        except IntegrityError:  # another replica stored the same event just now
            return self._known(envelope) or EventResult(id=envelope.id, status=EventStatus.RETRY, reason="busy")

    def chain(self, source: str) -> Chain:
        """The chain's row, locked for this transaction."""
        if source not in self._chains:
            row = self._session.get(Chain, source, with_for_update=True)
            if row is None:
                row = Chain(source=source, seq=START.seq, hash=START.hash)
                self._session.add(row)
                self._session.flush()
            self._chains[source] = row
        return self._chains[source]

    def _take(self, envelope: Envelope) -> EventResult:
        known = self._known(envelope)
        if known is not None:
            return known
        chain = self.chain(envelope.source)
        position, reason = self._position(envelope, Head(chain.seq, chain.hash))
        self._store(envelope, position)
        if reason is None:
            try:
                with self._session.begin_nested():
                    self._act_on(envelope)
            except Parked as parked:
                reason = str(parked)
        if reason is not None:
            row = self._session.get_one(InboxEvent, (envelope.source, envelope.id))
            row.status, row.reason = "parked", reason
        if envelope.seq == chain.seq + 1:
            self._advance(chain, envelope.hash())
        self._session.flush()
        status = EventStatus.STORED if reason is None else EventStatus.PARKED
        return EventResult(id=envelope.id, status=status, reason=reason)

    def _known(self, envelope: Envelope) -> EventResult | None:
        row = self._session.get(InboxEvent, (envelope.source, envelope.id))
        if row is None:
            return None
        if row.hash != envelope.hash():
            return EventResult(id=envelope.id, status=EventStatus.PARKED, reason="id_conflict")
        if row.status == "parked":
            return EventResult(id=envelope.id, status=EventStatus.PARKED, reason=row.reason)
        return EventResult(id=envelope.id, status=EventStatus.DUPLICATE)

    def _position(self, envelope: Envelope, head: Head) -> tuple[Position, str | None]:
        if envelope.seq > head.seq + 1:
            taken = select(InboxEvent.id).where(
                InboxEvent.source == envelope.source, InboxEvent.seq == envelope.seq, InboxEvent.position == "ahead"
            )
            # Nothing is lost for the sake of order: it is kept, and joined when the missing one comes.
            return ("broken", "chain_fork") if self._session.scalars(taken).first() else ("ahead", None)
        if envelope.seq <= head.seq:
            return "broken", "chain_fork"
        return ("joined", None) if envelope.prev == head.hash else ("broken", "chain_broken")

    def _advance(self, chain: Chain, new_hash: str) -> None:
        chain.seq, chain.hash = chain.seq + 1, new_hash
        ahead = select(InboxEvent).where(InboxEvent.source == chain.source, InboxEvent.position == "ahead")
        while (row := self._session.scalars(ahead.where(InboxEvent.seq == chain.seq + 1)).first()) is not None:
            row.position = "joined" if row.prev == chain.hash else "broken"
            chain.seq, chain.hash = row.seq, row.hash
            self._session.flush()

    def _act_on(self, envelope: Envelope) -> None:
        item = item_of_event(self._hub, envelope.type)
        if item is None and envelope.type not in TOLD_TYPES:
            raise Parked("unknown_type")
        private = self._hub.keys.sealing_private_of(envelope.key_id)
        if private is None:
            raise Parked("unknown_key")
        try:
            payload = unseal_event(envelope, private)
            if item is None:
                return
            applied = Application.model_validate(payload)
            applied.claim.salt()
            if applied.item != item.id:
                raise Parked("item_mismatch")
            open_case(self._session, self._hub, self._terminal, envelope, applied)
        except CannotUnseal as error:
            raise Parked(f"cannot_unseal: {error.reason}") from None
        except ValidationError as error:
            where = ",".join(sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()}))
            raise Parked(f"payload_invalid: {where}"[:500]) from None
        except WireTrouble:
            raise Parked("payload_invalid: claim") from None

    def _store(self, envelope: Envelope, position: Position) -> None:
        self._session.add(
            InboxEvent(
                source=envelope.source,
                id=envelope.id,
                type=envelope.type,
                time=envelope.time,
                seq=envelope.seq,
                prev=envelope.prev,
                hash=envelope.hash(),
                envelope=envelope.to_json(),
                status="stored",
                position=position,
                received_at=self._hub.clock(),
            )
        )
        self._session.flush()

    def _unreadable(self, untrusted: object, reason: str) -> EventResult:
        """Keeps what cannot be an event of this terminal, once, for a person to look at."""
        raw = json.dumps(untrusted, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(raw).hexdigest()
        source, identifier, now = terminal_source(self._terminal.id), f"raw-{digest[:32]}", self._hub.clock()
        if self._session.get(InboxEvent, (source, identifier)) is None:
            self._session.add(
                InboxEvent(
                    source=source,
                    id=identifier,
                    type="unreadable",
                    time=now,
                    seq=0,
                    prev="",
                    hash=digest,
                    envelope={"raw": untrusted},
                    status="parked",
                    reason=reason,
                    position="broken",
                    received_at=now,
                )
            )
            self._session.flush()
        said = untrusted.get("id") if isinstance(untrusted, dict) else None
        shown = said if isinstance(said, str) and 0 < len(said) <= 36 else identifier
        return EventResult(id=shown, status=EventStatus.PARKED, reason=reason)


def item_of_event(hub: Hub, event_type: str) -> Item | None:
    """The item an event type applies for, if the catalogue knows one."""
    return next((item for item in hub.catalogue.items if item.event_type == event_type), None)
