"""Several hubs over one database, at the same moment: each thing happens once, and nobody waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from hub.blobs import take_piece
from hub.database import Database
from hub.decisions import DecisionWorker
from hub.desk import decide_case
from hub.dues import refresh_dues
from hub.enrolment import enrol, new_enrolment_key
from hub.feed import page
from hub.gateway.sandbox import SandboxSources
from hub.gateway.villages import Villages
from hub.hub import Hub
from hub.ingest import ingest
from hub.sandbox import load_base_library
from hub.staff import Opened, Reception, Refused, SignedIn, add_staff
from hub.tables import BasePerson, BlobPiece, Case, Chain, Change, ClerkDecision, DecisionRecord, InboxEvent
from offline.wire.attachment import sha256_of
from offline.wire.batch import BatchReply, EventStatus
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.event import Envelope, terminal_source
from offline.wire.signing import new_signing_key
from seeds.people import People
from tests.hub.pictured import PASSWORD
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, enrolment_body, hub_over
from tests.hub.stores import Store, both_stores

pytestmark = both_stores
DEADLINE_S = 60.0
T = TypeVar("T")
DONE = (EventStatus.STORED, EventStatus.DUPLICATE)


@dataclass(frozen=True)
class Replicas:
    """Hubs that share a database, as processes on several machines would."""

    hubs: tuple[Hub, ...]
    clock: HandClock

    def at_once(self, work: Sequence[Callable[[], T]]) -> list[T]:
        """Begins everything at the same moment; what was raised is raised here."""
        start = Barrier(len(work))

        def begin(one: Callable[[], T]) -> T:
            start.wait(DEADLINE_S)
            return one()

        with ThreadPoolExecutor(len(work)) as threads:
            return [future.result(DEADLINE_S) for future in [threads.submit(begin, one) for one in work]]

    def terminal(self, region: str = VILLAGE) -> FakeTerminal:
        """A terminal that speaks to the hubs without a line between them."""
        hub, signing = self.hubs[0], new_signing_key()
        key = new_enrolment_key(hub.database, hub.settings, self.clock, region, "示例村委会")
        reply = enrol(hub, SandboxSources(hub), EnrolmentRequest.model_validate(enrolment_body(key, signing, region)))
        return FakeTerminal("", self.clock, reply, signing)


@pytest.fixture
def replicas(store: Store, clock: HandClock) -> Replicas:
    """Three of them."""
    return Replicas(tuple(hub_over(store, clock) for _ in range(3)), clock)


def _events(terminal: FakeTerminal, people: People, count: int) -> list[Envelope]:
    slugs = ("lin-yuelan", "he-guoming", "duke-john")
    return [terminal.event(terminal.application(people[slugs[n % 3]])) for n in range(count)]


def _send(hub: Hub, terminal: FakeTerminal, events: Sequence[Envelope]) -> BatchReply:
    return ingest(hub, terminal.id, [event.to_json() for event in events])


def _until_done(hub: Hub, terminal: FakeTerminal, events: Sequence[Envelope]) -> BatchReply:
    """As an agent does: what was told to come again, comes again."""
    for _ in range(10):
        reply = _send(hub, terminal, events)
        if all(one.status in DONE for one in reply.results):
            return reply
    raise AssertionError(reply)


def test_one_batch_sent_to_all_replicas_at_once_is_stored_once(replicas: Replicas, people: People) -> None:
    terminal = replicas.terminal()
    events = _events(terminal, people, 6)
    replies = replicas.at_once([partial(_send, hub, terminal, events) for hub in replicas.hubs])
    stored = Counter(one.id for reply in replies for one in reply.results if one.status is EventStatus.STORED)
    assert set(stored.values()) <= {1}, "an event was stored twice"
    assert not [one for reply in replies for one in reply.results if one.status is EventStatus.PARKED]
    again = _until_done(replicas.hubs[0], terminal, events)
    assert again.head is not None
    assert (again.head.seq, again.head.hash) == (terminal.head.seq, terminal.head.hash)
    _assert_whole(replicas.hubs[0], [terminal], 6)


def test_a_terminals_batches_that_overtake_each_other_join_into_one_chain(replicas: Replicas, people: People) -> None:
    terminal = replicas.terminal()
    events = _events(terminal, people, 9)
    parts = (events[6:], events[3:7], events[:4])
    work = zip(replicas.hubs, parts, strict=True)
    replicas.at_once([partial(_until_done, hub, terminal, part) for hub, part in work])
    _assert_whole(replicas.hubs[0], [terminal], 9)


def test_the_first_cases_of_a_day_from_several_terminals_have_numbers_of_their_own(
    replicas: Replicas, people: People
) -> None:
    terminals = [replicas.terminal() for _ in replicas.hubs]
    batches = [_events(terminal, people, 4) for terminal in terminals]
    work = zip(replicas.hubs, terminals, batches, strict=True)
    replicas.at_once([partial(_until_done, *each) for each in work])
    _assert_whole(replicas.hubs[0], terminals, 12)
    with replicas.hubs[0].database.reading() as session:
        numbers = sorted(session.scalars(select(Case.number)))
    assert numbers == [f"{VILLAGE}-20261123-{n:05d}" for n in range(1, 13)]


def test_workers_at_once_decide_each_case_once_and_every_feed_is_gap_free(replicas: Replicas, people: People) -> None:
    terminals = [replicas.terminal() for _ in range(3)]
    for terminal in terminals:
        _until_done(replicas.hubs[0], terminal, _events(terminal, people, 2))
    workers = [DecisionWorker(hub) for hub in replicas.hubs]
    decided = replicas.at_once([*(worker.run_once for worker in workers), lambda: _refreshed(replicas.hubs[0])])
    assert sum(decided) == 6
    with replicas.hubs[0].database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DecisionRecord)) == 6
        for terminal in terminals:
            told = session.execute(
                select(Change.n, Change.kind, Change.body).where(Change.terminal_id == terminal.id).order_by(Change.n)
            ).all()
            assert [row.n for row in told] == list(range(1, len(told) + 1))
            answered = [row.body["event_id"] for row in told if row.kind == "answer"]
            assert len(answered) == len(set(answered)) == 2


def _refreshed(hub: Hub) -> int:
    refresh_dues(hub, Villages(hub, SandboxSources(hub)))
    return 0


def test_a_reader_of_the_feed_never_skips_what_is_written_meanwhile(replicas: Replicas, people: People) -> None:
    terminal = replicas.terminal()
    _until_done(replicas.hubs[0], terminal, _events(terminal, people, 3))
    seen: list[int] = []

    def read() -> int:
        while sum(kind == "answer" for kind in heard) < 3:
            with replicas.hubs[2].database.reading() as session:
                found = page(session, terminal.id, seen[-1] if seen else 0, 2)
            seen.extend(change.n for change in found.changes)
            heard.extend(change.kind for change in found.changes)
        return 0

    heard: list[str] = []
    workers = [DecisionWorker(hub) for hub in replicas.hubs[:2]]
    assert sum(replicas.at_once([*(worker.run_once for worker in workers), read])) == 3
    assert seen == list(range(1, len(seen) + 1))


def test_two_clerks_who_decide_at_once_are_one_decision(replicas: Replicas, people: People) -> None:
    terminal, (one, two, _) = replicas.terminal(), replicas.hubs
    _until_done(one, terminal, [terminal.event(terminal.application(people["duke-john"]))])
    assert DecisionWorker(one).run_once() == 1
    with one.database.reading() as session:
        case_id = session.scalars(select(Case.id)).one()
    clerks = ((one, SignedIn("jia", "clerk", VILLAGE, "")), (two, SignedIn("yi", "clerk", VILLAGE, "")))
    troubles = replicas.at_once([partial(decide_case, hub, case_id, who, "approve", "") for hub, who in clerks])
    assert sorted(trouble is None for trouble in troubles) == [False, True]
    with one.database.reading() as session:
        assert session.scalars(select(Case.state)).one() == "approved"
        assert session.scalar(select(func.count()).select_from(ClerkDecision)) == 1


def test_a_piece_that_comes_twice_at_once_is_kept_once(replicas: Replicas) -> None:
    terminal, data = replicas.terminal(), bytes(range(256)) * 40
    name = sha256_of(data)
    states = replicas.at_once(
        [partial(take_piece, hub, terminal.id, name, 0, len(data), data) for hub in replicas.hubs]
    )
    assert {state.complete for state in states} == {True}
    with replicas.hubs[0].database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BlobPiece)) == 1


def test_an_enrolment_key_spent_at_once_admits_one(replicas: Replicas, clock: HandClock) -> None:
    hub = replicas.hubs[0]
    key = new_enrolment_key(hub.database, hub.settings, clock, VILLAGE, "示例村委会")
    asked = EnrolmentRequest.model_validate(enrolment_body(key, new_signing_key()))
    replies = replicas.at_once([partial(enrol, hub, SandboxSources(hub), asked) for hub in replicas.hubs])
    assert len({reply.terminal_id for reply in replies}) == 1


def test_wrong_guesses_at_several_replicas_lock_the_account_for_all(replicas: Replicas, clock: HandClock) -> None:
    hub = replicas.hubs[0]
    add_staff(hub.database, clock, "kefu", "clerk", VILLAGE, PASSWORD)
    receptions = [Reception(hub) for hub in replicas.hubs]
    for n in range(hub.settings.login_tries):
        assert receptions[n % 3].sign_in("kefu", "a wrong one", "203.0.113.7") == Refused("hub.login.wrong")
    assert receptions[2].sign_in("kefu", PASSWORD, "203.0.113.7") == Refused("hub.login.locked")
    clock.turn(hub.settings.lockout_minutes * 60 + 1)
    opened = receptions[1].sign_in("kefu", PASSWORD, "203.0.113.7")
    assert isinstance(opened, Opened)
    who = receptions[2].who(opened.cookie)
    assert who is not None
    assert (who.name, who.region_prefix) == ("kefu", VILLAGE)
    receptions[0].sign_out(opened.cookie)
    assert receptions[1].who(opened.cookie) is None


def test_replicas_that_start_together_load_one_library(store: Store, clock: HandClock, people: People) -> None:
    databases = [Database(store.url) for _ in range(3)]
    loading = [partial(load_base_library, database, people, clock) for database in databases]
    Replicas((), clock).at_once(loading)
    with databases[0].reading() as session:
        assert session.scalar(select(func.count()).select_from(BasePerson)) == len(tuple(people))
    for database in databases:
        database.close()


def _assert_whole(hub: Hub, terminals: Sequence[FakeTerminal], events: int) -> None:
    """One row and one case an event, everything joined, and every chain ends where its terminal says."""
    with hub.database.reading() as session:
        rows = session.execute(select(InboxEvent.id, InboxEvent.status, InboxEvent.position)).all()
        assert {(row.status, row.position) for row in rows} == {("stored", "joined")}
        assert sorted(row.id for row in rows) == sorted(session.scalars(select(Case.event_id)))
        assert len(rows) == events
        for terminal in terminals:
            chain = session.get_one(Chain, terminal_source(terminal.id))
            assert (chain.seq, chain.hash) == (terminal.head.seq, terminal.head.hash)
