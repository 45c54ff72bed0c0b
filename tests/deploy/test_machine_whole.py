"""Terminal, agent and hub, all real, live through anything in any order: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import ClassVar, Final

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from deploy.applications import VILLAGE
from hub.decisions import DecisionWorker
from hub.enrolment import enrol, new_enrolment_key
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.keys import rotate_keys
from hub.replay import Replayed, parked_events, replay
from hub.tables import Case, InboxEvent
from hub.web import create_app
from offline.keys import signing_key
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync import HubClient, Pace, drain_once, fetch_changes
from offline.sync.trouble import HubRefused, HubSilent
from offline.terminal_store import Act
from offline.wire.batch import EventStatus
from offline.wire.canonical import b64
from offline.wire.chain import check
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.signing import signing_public
from tests.deploy.applications import invented, keep_witnessed
from tests.deploy.bad_line import BadLine, Mishap, MortalClock
from tests.deploy.hub_books import read_books
from tests.deploy.kill_books import faults
from tests.hub.running import NOON, HandClock, hub_over
from tests.hub.stores import KINDS, POSTGRESQL, SQLITE, Store, StoreYard

ROTATIONS_MOST = 3
TURNS = 30
UNKNOWN = "cn.zhizhu.moon_landing.applied.v1"
PEOPLE = st.sampled_from(("lin-yuelan", "he-guoming", "duke-john"))
MISHAPS = st.sampled_from(Mishap)
JUMPS = st.sampled_from((-400 * 86_400, -86_400, -400, -30, 1, 30, 400, 86_400, 400 * 86_400))


class Life(RuleBasedStateMachine):
    """A terminal's folder, its agent, and a hub on one of its databases."""

    yard: ClassVar[StoreYard]
    kind: ClassVar[str] = SQLITE

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        """Everything is installed, and the terminal is enrolled."""
        self.root = Path(tempfile.mkdtemp(prefix="zhizhu-life-"))
        self.place = self.root / "terminal"
        self.store: Store = self.yard.make(self.kind, self.root / "hub")
        self.hub_clock, self.clock = MortalClock(NOON), HandClock(NOON)
        self.hub: Hub = hub_over(self.store, self.hub_clock)
        self.line = BadLine(self.hub_clock, create_app(self.hub, decide=False), chance=Random(seed))
        self.acknowledged: list[str] = []
        self.strange: set[str] = set()
        self.rotations, self.pace = 0, Pace(batch=3)
        self._open()
        key = new_enrolment_key(self.hub.database, self.hub.settings, self.hub_clock, VILLAGE, "示例村委会")
        asked = EnrolmentRequest(
            key=key,
            name="示例村委会",
            region=VILLAGE,
            signing_public=b64(signing_public(signing_key(self.place))),
        )
        self.agent.enrol(enrol(self.hub, SandboxSources(self.hub), asked), VILLAGE, self.clock())
        self._connect()

    @rule(person=PEOPLE)
    def keep(self, person: str) -> None:
        """A resident applies."""
        self.clock.turn(1)
        self.acknowledged.append(keep_witnessed(self.terminal, invented()[person], invented()["wu-guifang"]).id)

    @rule(outcome=st.sampled_from(("printed", "not_printed", "cannot_know")), data=st.data())
    def settle(self, outcome: str, data: st.DataObject) -> None:
        """The printer speaks."""
        acts = self.view.acts_after(0)
        if acts:
            self._settle(data.draw(st.sampled_from(acts)), outcome)

    @rule()
    def keep_what_the_hub_does_not_know(self) -> None:
        """A terminal that is newer than its hub."""
        kept = self.terminal.keep(UNKNOWN, {"item": "moon-landing"}).id
        self.acknowledged.append(kept)
        self.strange.add(kept)

    @rule(mishaps=st.lists(MISHAPS, min_size=1, max_size=6))
    def drain(self, mishaps: list[Mishap]) -> None:
        """The agent sends a batch, and again, and there is always something to send."""
        for mishap in mishaps:
            if self.view.acts_after(0) and self.agent.done_count() >= len(self.acknowledged):
                self._settle(self.view.acts_after(0)[0], "cannot_know")
            self.line.mishap = mishap
            self._drain()

    @rule()
    def drain_dry(self) -> None:
        """A good evening: everything arrives."""
        for _ in range(2 * len(self.acknowledged) + 12):
            if not self._drain():
                break
        assert self._at_hub().keys() == set(self.acknowledged)

    @rule(mishap=MISHAPS)
    def listen(self, mishap: Mishap) -> None:
        """The agent asks what there is to hear."""
        self.line.mishap = mishap
        self._listen()

    @rule()
    def what_was_held_back_arrives(self) -> None:
        """Late, and after others."""
        self.line.deliver_held()

    @rule()
    def what_was_laid_aside_is_looked_at_again(self) -> None:
        """The hub has learnt nothing meanwhile: nothing comes of it."""
        with self.hub.database.reading() as session:
            rows = parked_events(session, len(self.acknowledged))
        assert {replay(self.hub, row.source, row.id, "test") for row in rows} <= {Replayed("still", "unknown_type")}

    @rule()
    def decide(self) -> None:
        """The hub's worker wakes."""
        DecisionWorker(self.hub).run_once()

    @rule()
    def terminal_and_agent_crash(self) -> None:
        """The processes vanish; the files stay as they are."""
        copy = Path(tempfile.mkdtemp(prefix="zhizhu-life-")) / "terminal"
        shutil.copytree(self.place, copy)
        self._close()
        shutil.rmtree(self.place.parent if self.place.parent != self.root else self.place)
        self.place = copy
        self._open()
        self._connect()

    @rule()
    def hub_restarts(self) -> None:
        """Another process over the same database, which has the same keys."""
        self.hub.database.close()
        self.hub = hub_over(self.store, self.hub_clock)
        self.line.app = create_app(self.hub, decide=False)

    @rule(seconds=JUMPS, at_the_hub=st.booleans())
    def a_clock_jumps(self, seconds: int, at_the_hub: bool) -> None:
        """An empty battery, or somebody sets it."""
        if at_the_hub:
            self.hub_clock.at += timedelta(seconds=seconds)
        else:
            self.clock.turn(seconds)

    @precondition(lambda self: self.rotations < ROTATIONS_MOST)
    @rule()
    def the_hub_changes_its_keys(self) -> None:
        """What was sealed to the old ones is still on its way."""
        self.hub_clock.at += timedelta(days=1)
        rotate_keys(self.store.folder, self.hub_clock())
        self.rotations += 1

    @invariant()
    def the_file_holds_exactly_what_was_acknowledged(self) -> None:
        """In order, in one chain."""
        if hasattr(self, "view"):
            events = self.view.events_after(0, 1000)
            assert [event.id for event in events] == self.acknowledged
            assert check(events) == self.terminal.head()

    @invariant()
    def the_hub_holds_what_the_agent_says_and_one_case_for_each_application(self) -> None:
        """Sent means stored there; laid aside means that it was not understood, and nothing else is."""
        if not hasattr(self, "view"):
            return
        there = self._at_hub()
        assert there.keys() <= set(self.acknowledged)
        for name in self.acknowledged:
            ack = self.agent.ack(name)
            if ack is not None:
                assert there[name] == ("parked" if ack.status is EventStatus.PARKED else "stored")
        assert {name for name, status in there.items() if status == "parked"} == there.keys() & self.strange
        with self.hub.database.reading() as session:
            cases = session.scalars(select(Case.event_id)).all()
        stored = [act.event_id for act in self.view.acts_after(0) if there.get(act.event_id) == "stored"]
        assert sorted(cases) == sorted(stored)

    def teardown(self) -> None:
        """In the end everything that was ever acknowledged is there once, answered, and heard of."""
        if not hasattr(self, "view"):
            return
        try:
            self._come_to_an_end()
        finally:
            self._close()
            self.line.close()
            self.hub.database.close()
            for folder in {self.place.parent, self.root}:
                shutil.rmtree(folder)

    def _come_to_an_end(self) -> None:
        self.drain_dry()
        self.line.deliver_held()
        while DecisionWorker(self.hub).run_once():
            pass
        for _ in range(TURNS):
            if not self._listen():
                break
        with closing(TerminalView.open(self.place)) as terminal:
            strange = frozenset(self.strange)
            books = read_books(self.hub.database, terminal, self.agent, self.acknowledged, parked=strange)
        assert faults(books) == ()

    def _settle(self, act: Act, outcome: str) -> None:
        self.acknowledged.append(self.terminal.settle_slip(act.event_id, outcome).id)

    def _drain(self) -> bool:
        done = drain_once(self.agent, self.view, self.client, self.pace, now=self.clock(), chance=Random(1))
        self.pace = done.pace
        self._judge_clock()
        return done.more

    def _listen(self) -> bool:
        try:
            return fetch_changes(self.agent, self.client, self.clock()).more
        except HubSilent:
            return True
        except HubRefused as refusal:
            if not refusal.problem.retryable:
                raise
            return True
        finally:
            self._judge_clock()

    def _judge_clock(self) -> None:
        self.agent.judge_clock(self.client.heard, self.clock())

    def _at_hub(self) -> dict[str, str]:
        with self.hub.database.reading() as session:
            return {row.id: row.status for row in session.execute(select(InboxEvent.id, InboxEvent.status))}

    def _open(self) -> None:
        self.agent = AgentStore.open(self.place)
        self.terminal = TerminalStore.open(self.place, self.clock)
        self.view = TerminalView.open(self.place)

    def _connect(self) -> None:
        http = httpx.Client(transport=self.line, trust_env=False)
        self.client = HubClient(http, "http://hub.invalid", signing_key(self.place), clock=self.clock)
        self.client.terminal_id = self.agent.enrolled().terminal_id

    def _close(self) -> None:
        for one in (self.view, self.terminal, self.agent):
            one.close()


LIVES: Final = "ZHIZHU_LIVES"
"""How many lives are lived on each database; without it, a few."""
FEW: Final = {SQLITE: 8, POSTGRESQL: 4}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_lost_and_nothing_happens_twice_whatever_happens_in_whatever_order(
    kind: str, stores: StoreYard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Life, "yard", stores, raising=False)
    monkeypatch.setattr(Life, "kind", kind)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=int(os.environ.get(LIVES) or FEW[kind]),
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
