"""However a terminal's events are cut into batches, and in whatever order they come, answers and rows are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hub.arrivals import Arrival, Key, Unreadable
from hub.verdicts import Known, Place, Position, Waiting, judge
from offline.wire.batch import EventResult, EventStatus
from offline.wire.chain import START, Head
from offline.wire.event import Envelope, terminal_source
from offline.wire.identity import new_traceparent, uuid7
from offline.wire.sealing import SUITE

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OWN = terminal_source("t-0001")
LENGTH = 8
One = Arrival | Unreadable


def _arrival(envelope: Envelope) -> Arrival:
    return Arrival(envelope, envelope.spelt(), envelope.hash())


def _chain() -> tuple[Arrival, ...]:
    """A true chain, then for each of its numbers a forged event, and one whose content was changed under its id."""
    head, true = START, list[Arrival]()
    for _ in range(LENGTH):
        true.append(_arrival(_event(head.seq + 1, head.hash)))
        head = Head(head.seq + 1, true[-1].hash)
    forged = [_arrival(_event(one.envelope.seq, "f" * 64)) for one in true]
    altered = [_arrival(replace(one.envelope, clock="unsure")) for one in true]
    return (*true, *forged, *altered)


def _event(seq: int, prev: str) -> Envelope:
    event_type = "cn.zhizhu.pension_qualification.applied.v1"
    fixed = {"clock": "trusted", "traceparent": new_traceparent(), "suite": SUITE, "key_id": "0" * 16, "data": b"x"}
    return Envelope(uuid7(NOON), OWN, event_type, NOON, seq, prev, **fixed)  # type: ignore[arg-type]


CHAIN = _chain()
NONSENSE = Unreadable(OWN, "raw-0", "0" * 64, '{"raw": 1}', "malformed: 不是对象", "raw-0")
COMING = st.lists(st.sampled_from((*CHAIN, *CHAIN[:LENGTH], NONSENSE)), max_size=24)


@dataclass
class Inbox:
    """What a database would remember."""

    known: dict[Key, Known] = field(default_factory=dict)
    rows: dict[Key, tuple[One, Position]] = field(default_factory=dict)
    head: Head = START

    def take(self, batch: Sequence[One], doubts: dict[str, str]) -> tuple[EventResult, ...]:
        """One batch."""
        waiting = (one for one, position in self.rows.values() if position == "ahead" and isinstance(one, Arrival))
        ahead = {one.envelope.seq: Waiting(one.envelope.id, one.envelope.prev, one.hash) for one in waiting}
        verdicts = judge(batch, self.known, doubts, {OWN: Place(self.head, ahead)})
        for keep in verdicts.keeps:
            assert keep.arrival.key not in self.rows, "a row is inserted once"
            self.rows[keep.arrival.key] = (keep.arrival, keep.position)
            status = "stored" if keep.reason is None else "parked"
            self.known[keep.arrival.key] = Known(keep.arrival.hash, status, keep.reason)
        for key, position in verdicts.moved.items():
            self.rows[key] = (self.rows[key][0], position)
        self.head = verdicts.heads[OWN]
        return verdicts.results


@given(COMING, st.lists(st.integers(1, 9), min_size=24, max_size=24), st.sets(st.integers(0, LENGTH - 1)))
def test_answers_do_not_depend_on_where_a_batch_ends(coming: list[One], sizes: list[int], dubious: set[int]) -> None:
    doubts = {CHAIN[n].hash: "unknown_type" for n in dubious}
    singly, batched = Inbox(), Inbox()
    answers = [answer for one in coming for answer in singly.take([one], doubts)]
    rest, cut = coming, list[EventResult]()
    for size in sizes:
        batch, rest = rest[:size], rest[size:]
        cut += batched.take(batch, doubts)
    assert cut == answers
    assert (batched.rows, batched.known, batched.head) == (singly.rows, singly.known, singly.head)


@given(st.permutations(CHAIN[:LENGTH]), st.integers(1, LENGTH))
def test_every_order_of_a_true_chain_ends_with_all_of_it_joined(coming: list[Arrival], size: int) -> None:
    inbox = Inbox()
    for start in range(0, LENGTH, size):
        results = inbox.take(coming[start : start + size], {})
        assert {result.status for result in results} == {EventStatus.STORED}
    assert inbox.head == Head(LENGTH, CHAIN[LENGTH - 1].hash)
    assert {position for _, position in inbox.rows.values()} == {"joined"}


@given(COMING)
def test_everything_is_answered_and_what_is_not_a_duplicate_is_kept_or_was(coming: list[One]) -> None:
    inbox = Inbox()
    results = inbox.take(coming, {})
    assert len(results) == len(coming)
    assert set(inbox.rows) == {one.key for one in coming}
    stored = {result.id for result in results if result.status is EventStatus.STORED}
    again = {result.id for result in inbox.take(coming, {}) if result.status is EventStatus.STORED}
    assert again == set()
    assert stored <= {one.envelope.id for one in coming if isinstance(one, Arrival)}
