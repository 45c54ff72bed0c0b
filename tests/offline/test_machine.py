"""A terminal's life in random order: keep, crash, drain with lost and doubled replies. Acknowledged is never lost."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from offline.projection import Stage, standing
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync import Pace, drain_once
from offline.sync.trouble import HubSilent
from offline.wire.batch import BatchReply, EventResult, EventStatus
from offline.wire.chain import Head, check
from offline.wire.event import Envelope
from tests.offline.ground import APPLIED, ITEM, HubKeys, enrol

KEYS = HubKeys()


class MemoryHub:
    """The hub's inbox: stores by id for ever, and answers as badly as it is told to."""

    def __init__(self) -> None:
        self.stored: dict[str, Envelope] = {}
        self.parked: set[str] = set()
        self.lose_reply = False
        self.say_retry: set[int] = set()
        self.dislike: set[int] = set()
        self.shuffle = Random(0)

    def send_events(self, events: tuple[Envelope, ...]) -> BatchReply:
        """Takes a batch."""
        results = [EventResult(id=event.id, status=self._take(place, event)) for place, event in enumerate(events)]
        if self.lose_reply:
            raise HubSilent("the line was cut after the commit")
        self.shuffle.shuffle(results)
        return BatchReply(results=tuple(results))

    def _take(self, place: int, event: Envelope) -> EventStatus:
        if event.id in self.stored:
            return EventStatus.DUPLICATE
        if place in self.say_retry:
            return EventStatus.RETRY
        if event.seq in self.dislike:
            self.parked.add(event.id)
            return EventStatus.PARKED
        self.stored[event.id] = event
        return EventStatus.STORED


class Life(RuleBasedStateMachine):
    """Terminal, agent and hub."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="zhizhu-life-"))
        enrol(self.place, KEYS)
        self.hub = MemoryHub()
        self.acknowledged: list[str] = []
        self.pace = Pace(batch=3)
        self._open()

    def _open(self) -> None:
        self.terminal = TerminalStore.open(self.place)
        self.view = TerminalView.open(self.place)
        self.agent = AgentStore.open(self.place)

    @rule()
    def keep(self) -> None:
        """A resident acts."""
        self.acknowledged.append(self.terminal.keep(APPLIED, {"item": ITEM}).id)

    @rule(outcome=st.sampled_from(("printed", "not_printed", "cannot_know")), data=st.data())
    def settle(self, outcome: str, data: st.DataObject) -> None:
        """The printer speaks."""
        if self.acknowledged:
            place = data.draw(st.integers(0, len(self.acknowledged) - 1))
            if self.terminal.act(self.acknowledged[place]) is not None:
                self.acknowledged.append(self.terminal.settle_slip(self.acknowledged[place], outcome).id)

    @rule()
    def crash(self) -> None:
        """The processes vanish between two calls; the files stay as they are."""
        copy = Path(tempfile.mkdtemp(prefix="zhizhu-life-"))
        shutil.copytree(self.place, copy, dirs_exist_ok=True)
        self._close()
        shutil.rmtree(self.place)
        self.place = copy
        self._open()

    @rule(
        lose_reply=st.booleans(), say_retry=st.sets(st.integers(0, 3)), dislike=st.sets(st.integers(1, 12), max_size=2)
    )
    def drain(self, lose_reply: bool, say_retry: set[int], dislike: set[int]) -> None:
        """The agent sends a batch over a bad line to a moody hub."""
        self.hub.lose_reply, self.hub.say_retry, self.hub.dislike = lose_reply, say_retry, dislike
        self._drain()

    @rule()
    def drain_dry(self) -> None:
        """A good evening: everything arrives."""
        self.hub.lose_reply, self.hub.say_retry, self.hub.dislike = False, set(), set()
        for _ in range(len(self.acknowledged) + 12):
            if not self._drain():
                break
        assert set(self.acknowledged) == set(self.hub.stored) | self.hub.parked

    def _drain(self) -> bool:
        done = drain_once(self.agent, self.view, self.hub, self.pace, now=datetime.now(UTC), chance=Random(1))
        self.pace = done.pace
        return done.more

    @invariant()
    def nothing_acknowledged_is_lost(self) -> None:
        """The file holds exactly what was acknowledged, in order, in one chain."""
        events = self.view.events_after(0, 1000)
        assert [event.id for event in events] == self.acknowledged
        assert check(events) == self.terminal.head()

    @invariant()
    def nothing_is_called_sent_that_the_hub_does_not_hold(self) -> None:
        """The slip tells the truth."""
        for identifier in self.acknowledged:
            match standing(self.agent, identifier).stage:
                case Stage.SENT:
                    assert identifier in self.hub.stored
                case Stage.PARKED:
                    assert identifier in self.hub.parked
                case _:
                    assert standing(self.agent, identifier).stage is Stage.KEPT

    def _close(self) -> None:
        for store in (self.view, self.terminal, self.agent):
            store.close()

    def teardown(self) -> None:
        """Everything that was ever acknowledged can be drained, and the chain at the hub is whole."""
        self.drain_dry()
        if not self.hub.parked:
            in_order = sorted(self.hub.stored.values(), key=lambda event: event.seq)
            assert isinstance(check(in_order), Head)
        self._close()
        shutil.rmtree(self.place)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
