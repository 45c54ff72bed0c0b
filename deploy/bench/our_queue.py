"""The outbox as a queue: the terminal's store and the agent's, with a real application in it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.applications import VILLAGE, witnessed
from deploy.bench.queue import durability
from kiosk.services.payload import application
from offline.clock_doubt import Heard
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync.drain import waiting
from offline.sync.pace import FIRST_BATCH
from offline.wire.batch import EventResult, EventStatus
from offline.wire.canonical import b64
from offline.wire.enrolment import EnrolmentReply
from offline.wire.event import Envelope
from offline.wire.sealing import key_id, new_private, public_of
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.uptime import uptime
from seeds.people import People

_PAGE: Final = 100


class Outbox:
    """Ours: the terminal's store and the agent's, which are two processes on a terminal and one here."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        del size, equal  # the payload is a real one, and there is one durability only
        people = People.load()
        applicant = next(person for person in people if "resident" in person.roles)
        helper = next(person for person in people if "helper" in person.roles)
        self._agent = AgentStore.open(folder)
        enrolment = self._agent.enrolment() or self._agent.enrol(_invented_hub(), VILLAGE, datetime.now(UTC))
        now = datetime.now(UTC)
        self._agent.judge_clock(Heard(now, uptime()), now)
        self._store = TerminalStore.open(folder)
        self._seen = TerminalView.open(folder)
        wish = witnessed(applicant, helper)
        self._type = wish.item.event_type
        self._payload = application(wish, region=VILLAGE, subject=enrolment.subject_of(applicant.id_number))

    def put(self) -> str:
        """See Queue. Without a claim code: its stretching is meant to be slow, and no queue's work."""
        return self._store.keep(self._type, self._payload).id

    def acknowledge(self) -> None:
        """See AckQueue: the agent finds what waits and keeps the hub's answer to it, one by one."""
        self._answer(1)

    def drain(self) -> None:
        """See AckQueue: in batches of the size that the agent begins with, each answered in one transaction."""
        while self._answer(FIRST_BATCH):
            pass

    def tidy(self) -> None:
        """See Queue."""

    def names(self) -> frozenset[str]:
        """See Queue; raises StoreTrouble where the file cannot be read."""
        return frozenset(event.id for event in self._every())

    def durability(self) -> str:
        """See Queue; TerminalStore refuses to open with less."""
        return durability(self._store._writer.db.conn)  # noqa: SLF001  (what is really set, not what we believe)

    def row_bytes(self) -> int:
        """The bytes of one kept event, all columns together."""
        self.put()
        event = self._every()[-1]
        texts = (
            event.id,
            event.source,
            event.type,
            event.prev,
            event.traceparent,
            event.suite,
            event.key_id,
            event.clock,
        )
        return sum(map(len, texts)) + len("2026-11-28T00:00:00.000Z") + 8 + len(event.hash()) + len(event.data)

    def close(self) -> None:
        """See Queue."""
        self._seen.close()
        self._store.close()
        self._agent.close()

    def _answer(self, most: int) -> int:
        events = waiting(self._agent, self._seen, most)
        stored = [(event.seq, EventResult(id=event.id, status=EventStatus.STORED)) for event in events]
        self._agent.acknowledge(stored, datetime.now(UTC))
        return len(events)

    def _every(self) -> list[Envelope]:
        found: list[Envelope] = []
        while page := self._seen.events_after(len(found), _PAGE):
            found += page
        return found


def _invented_hub() -> EnrolmentReply:
    """What a hub would tell this terminal; its private halves are thrown away."""
    sealing = public_of(new_private())
    return EnrolmentReply(
        terminal_id="bench-0001",
        hub_sealing_public=b64(sealing),
        hub_sealing_key_id=key_id(sealing),
        hub_signing_public=b64(signing_public(new_signing_key())),
        claim_key=b64(os.urandom(32)),
        subject_key=b64(os.urandom(32)),
    )
