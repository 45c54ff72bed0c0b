"""A terminal forgets only what is answered, read and old, and its chain can be followed all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.clock_doubt import Heard
from offline.pruning import AT_ONCE, Keeping, prune
from offline.store import AgentStore, TerminalStore
from offline.wire.batch import EventResult, EventStatus
from offline.wire.chain import Break
from offline.wire.changes import Change
from offline.wire.claims import new_code
from offline.wire.uptime import uptime
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol

KEEPING = Keeping(settled=timedelta(days=90), unclaimed=timedelta(days=365))


@dataclass
class Village:
    """A terminal whose clock and hub the test plays."""

    folder: Path
    terminal: TerminalStore
    agent: AgentStore
    now: list[datetime] = field(default_factory=lambda: [NOON])
    heard: int = 0

    @classmethod
    def open(cls, folder: Path) -> Village:
        """A new one."""
        enrol(folder, HubKeys())
        now = [NOON]
        return cls(folder, TerminalStore.open(folder, lambda: now[0]), AgentStore.open(folder), now)

    def act(self, status: EventStatus | None, state: str | None, slip: str | None) -> str:
        """An application, how the hub answered it, how its case stands, what became of its slip."""
        self.now[0] += timedelta(minutes=1)
        kept = self.terminal.keep(APPLIED, {"item": ITEM}, claim_code=new_code())
        if slip is not None:
            self._answer(self.terminal.settle_slip(kept.id, slip).seq, EventStatus.STORED)
        if status is not None:
            self._answer(kept.seq, status, kept.id)
        if state is not None:
            self.heard += 1
            body: dict[str, object] = {"event_id": kept.id, "state": state}
            self.agent.accept(self.heard, [Change(n=self.heard, kind="answer", body=body)], self.now[0])
        return kept.id

    def _answer(self, seq: int, status: EventStatus, identifier: str | None = None) -> None:
        identifier = identifier or self.terminal.events_after(seq - 1, 1)[0].id
        self.agent.acknowledge([(seq, EventResult(id=identifier, status=status))], self.now[0])

    def prune(self) -> int:
        """Until nothing more may go."""
        done = 0
        while step := prune(self.terminal, self.terminal.agent, KEEPING, self.now[0]):
            done += step
        return done

    def close(self) -> None:
        """Closes the files."""
        self.terminal.close()
        self.agent.close()


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    made = Village.open(tmp_path)
    yield made
    made.close()


ACTS = st.tuples(
    st.sampled_from([None, EventStatus.STORED, EventStatus.DUPLICATE, EventStatus.PARKED]),
    st.sampled_from([None, "received", "in_review", "waiting", "approved", "refused", "withdrawn"]),
    st.sampled_from([None, "printed", "not_printed"]),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=6), st.sampled_from([30, 91, 400]))
def test_only_what_is_answered_read_and_old_becomes_a_stub(
    acts: list[tuple[EventStatus | None, str | None, str | None]], days: int
) -> None:
    with TemporaryDirectory() as folder:
        village = Village.open(Path(folder))
        ids = [village.act(*one) for one in acts]
        head = village.terminal.head()
        village.now[0] += timedelta(days=days)
        village.prune()
        left = {event.id for event in village.terminal.events_after(0, 100)}
        newest = village.terminal.events_after(head.seq - 1, 1)[0].id
        for identifier, (status, state, slip) in zip(ids, acts, strict=True):
            stored = status in (EventStatus.STORED, EventStatus.DUPLICATE)
            done = stored and state in ("approved", "refused", "withdrawn")
            old = days > 365 or (days > 90 and slip == "printed")
            assert (identifier not in left) == (done and old and identifier != newest)
            assert (village.terminal.act(identifier) is None) == (identifier not in left)
        assert village.terminal.verify() == village.terminal.head() == head
        kept = village.act(None, None, None)
        assert village.terminal.events_after(head.seq, 1)[0].prev == head.hash
        assert village.terminal.verify() == village.terminal.head()
        assert village.terminal.act(kept) is not None
        village.close()


def test_a_pruned_chain_still_names_the_first_bad_record(village: Village) -> None:
    for _ in range(4):
        village.act(EventStatus.STORED, "approved", "printed")
    village.now[0] += timedelta(days=100)
    assert village.prune() == 7, "all but the newest"
    good = village.terminal.verify()
    assert good == village.terminal.head()
    third = village.terminal._writer.row("SELECT id FROM stub WHERE seq = 3")
    assert third is not None
    village.terminal._writer.transaction(lambda db: db.execute("DELETE FROM stub WHERE seq = 3"))
    found = village.terminal.verify()
    assert isinstance(found, Break)
    assert (found.seq, "不见了" in found.reason) == (4, True)


def test_a_stub_that_was_changed_is_noticed_by_what_follows_it(village: Village) -> None:
    village.act(EventStatus.STORED, "approved", "printed")
    last = village.act(EventStatus.STORED, "in_review", None)
    village.now[0] += timedelta(days=100)
    assert village.prune() == 2
    village.terminal._writer.transaction(lambda db: db.execute("UPDATE stub SET hash = ? WHERE seq = 2", ("f" * 64,)))
    found = village.terminal.verify()
    assert isinstance(found, Break)
    assert (found.seq, found.id) == (3, last)


def test_a_long_backlog_is_pruned_in_short_steps_and_the_screen_forgets_it_too(village: Village) -> None:
    first = village.act(EventStatus.STORED, "approved", "printed")
    for _ in range(AT_ONCE // 2):
        village.act(EventStatus.STORED, "approved", "printed")
    village.now[0] += timedelta(days=91)
    assert prune(village.terminal, village.terminal.agent, KEEPING, village.now[0]) == AT_ONCE
    village.prune()
    assert village.terminal.act(first) is None
    assert village.terminal.acts_after(0) == ()


def test_a_record_that_cannot_be_read_is_named_by_number_and_id(village: Village) -> None:
    first = village.act(None, None, None)
    village.act(None, None, None)
    village.terminal._writer.transaction(lambda db: db.execute("UPDATE event SET time = 'yesterday' WHERE seq = 1"))
    found = village.terminal.verify()
    assert isinstance(found, Break)
    assert (found.seq, found.id, "读不懂" in found.reason) == (1, first, True)


def test_a_clock_that_jumped_a_year_makes_nothing_old(village: Village) -> None:
    village.agent.judge_clock(Heard(NOON, uptime()), NOON)
    village.act(EventStatus.STORED, "approved", "printed")
    village.act(EventStatus.STORED, "approved", "printed")
    village.now[0] += timedelta(days=366)
    assert village.prune() == 0
    village.agent.judge_clock(Heard(village.now[0], uptime()), village.now[0])  # the hub says so too
    assert village.prune() == 3
