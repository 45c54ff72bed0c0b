"""Either end comes back with an earlier state of its files, from a backup or another disk: nothing kept is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from time import monotonic

import pytest
from sqlalchemy import select

from hub.decisions import DecisionWorker
from hub.enrolment import new_enrolment_key
from hub.hub import Hub
from hub.tables import Case, InboxEvent, Terminal
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent, EnrolmentRefused
from offline.projection import Stage, standing
from offline.pruning import Keeping, prune
from offline.store import AgentView, TerminalStore
from offline.wire.claims import new_code
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.running import APPLIED, VILLAGE, FakeTerminal, HandClock, make_hub, serving

LONG_S = 100_000.0
AT_ONCE = Keeping(settled=timedelta(0), unclaimed=timedelta(0))


@dataclass
class Town:
    """A hub and a terminal of its region, each started and stopped by hand."""

    place: Path
    clock: HandClock = field(default_factory=HandClock)
    people: People = field(default_factory=People.load)

    @property
    def files(self) -> Path:
        """The terminal's."""
        return self.place / "terminal"

    @contextmanager
    def hub(self) -> Iterator[tuple[Hub, str]]:
        """The hub, working."""
        hub = make_hub(self.place / "hub", self.clock)
        with serving(hub, decide=False) as url:
            yield hub, url

    @contextmanager
    def agent(self, hub: Hub, url: str, again: str | None = None) -> Iterator[Agent]:
        """The terminal's agent, admitted with a fresh key where it is new."""
        key = new_enrolment_key(hub.database, hub.settings, self.clock, VILLAGE, "示例村委会", again)
        told = {"name": "示例村委会", "region": VILLAGE, "state_dir": self.files, "hub_url": url, "enrolment_key": key}
        with closing(Agent.open(AgentConfig.model_validate(told), threading.Event(), clock=self.clock)) as agent:
            assert agent.enrol() is not None
            yield agent

    def turn(self, agent: Agent, times: int = 4) -> None:
        """Lets the agent do everything that it does every so often."""
        for _ in range(times):
            self.clock.turn(1)
            agent.turn(monotonic() + LONG_S)

    def apply(self, count: int = 1) -> list[str]:
        """So many residents apply; returns the events' ids."""
        with closing(TerminalStore.open(self.files, self.clock)) as store:
            kept = []
            for _ in range(count):
                self.clock.turn(1)
                said = FakeTerminal.application(self, self.people["lin-yuelan"])  # type: ignore[arg-type]
                kept.append(store.keep(APPLIED, said, claim_code=new_code()).id)
            return kept

    def stages(self, kept: list[str]) -> list[Stage]:
        """How acts stand by what the terminal has heard."""
        with closing(AgentView.open(self.files)) as agent:
            return [standing(agent, each).stage for each in kept]


def at_hub(hub: Hub, status: str = "stored") -> list[str]:
    """The ids of the inbox, in the order of the chain."""
    with hub.database.reading() as session:
        wanted = select(InboxEvent.id).where(InboxEvent.status == status).order_by(InboxEvent.seq, InboxEvent.id)
        return list(session.scalars(wanted))


def cases(hub: Hub) -> list[str]:
    """The acts that have become cases."""
    with hub.database.reading() as session:
        return sorted(session.scalars(select(Case.event_id)))


def terminals(hub: Hub) -> list[str]:
    """The ids of the enrolled terminals."""
    with hub.database.reading() as session:
        return list(session.scalars(select(Terminal.id)))


def backup(folder: Path, name: str) -> Path:
    """A whole copy of a hub's database, as a backup program makes one."""
    copy = folder / f"{name}.backup"
    with closing(sqlite3.connect(folder / name)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def bring_back(folder: Path, name: str, copy: Path) -> None:
    """Puts a file as it was before in the place of what it has become."""
    for suffix in ("-wal", "-shm"):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)
    copyfile(copy, folder / name)


@pytest.fixture
def town(tmp_path: Path, logs: LogWatch) -> Town:
    for told in ("中枢只记得", "发件箱不是原来的那一个", "laid", "was not understood"):
        logs.expect(told)
    return Town(tmp_path)


def test_a_hub_that_comes_back_from_a_backup_gets_again_what_it_had_since(town: Town) -> None:
    with town.hub() as (hub, url), town.agent(hub, url) as agent:
        before = town.apply(2)
        town.turn(agent)
        copy = backup(town.place / "hub", "hub.db")
        since = town.apply(3)
        town.turn(agent)
        DecisionWorker(hub).run_once()
        town.turn(agent)
        assert at_hub(hub) == before + since
    bring_back(town.place / "hub", "hub.db", copy)
    with town.hub() as (hub, url), town.agent(hub, url) as agent:
        assert at_hub(hub) == before
        town.turn(agent)
        assert at_hub(hub) == before + since, "no new act was needed for it"
        assert cases(hub) == sorted(before + since)
        DecisionWorker(hub).run_once()
        town.turn(agent)
        assert set(town.stages(before + since)) == {Stage.SETTLED}
        last = town.apply()
        town.turn(agent)
        DecisionWorker(hub).run_once()
        town.turn(agent)
        assert town.stages(last) == [Stage.SETTLED], "the feed of a hub that counts anew is heard from where it stands"


def test_an_outbox_that_begins_anew_under_an_old_agent_still_reaches_the_hub(town: Town) -> None:
    with town.hub() as (hub, url):
        with town.agent(hub, url) as agent:
            before = town.apply(3)
            town.turn(agent)
        for path in town.files.glob("terminal.db*"):
            path.rename(path.with_name(f"broken-{path.name}"))
        since = town.apply(2)
        with town.agent(hub, url) as agent:
            town.turn(agent)
            assert (at_hub(hub), at_hub(hub, "parked")) == (before, since), "a person there looks at them"
            assert town.stages(since) == [Stage.PARKED] * 2
            town.apply(2)
            town.turn(agent)
            assert len(at_hub(hub, "parked")) + len(at_hub(hub)) == 7


def test_an_outbox_of_an_earlier_day_goes_on_under_the_same_agent(town: Town) -> None:
    with town.hub() as (hub, url):
        with town.agent(hub, url) as agent:
            before = town.apply(2)
            copyfile(town.files / "terminal.db", town.files / "terminal.copy")
            gone = town.apply(2)
            town.turn(agent)
        bring_back(town.files, "terminal.db", town.files / "terminal.copy")
        with town.agent(hub, url) as agent:
            town.turn(agent)  # before anything new: what is not there any more is not counted as done
            since = town.apply(3)
            town.turn(agent)
            assert at_hub(hub) == before + gone + since[3:]
            assert at_hub(hub, "parked") == since[:3]


def test_an_agent_that_was_set_up_anew_is_the_same_terminal_and_counts_what_was_pruned(town: Town) -> None:
    with town.hub() as (hub, url):
        with town.agent(hub, url) as agent:
            before = town.apply(4)
            town.turn(agent)
            DecisionWorker(hub).run_once()
            town.turn(agent)
        town.clock.turn(60)
        with closing(TerminalStore.open(town.files, town.clock)) as store:
            assert prune(store, store.agent, AT_ONCE, town.clock()) == 3
        for path in town.files.glob("agent.db*"):
            path.unlink()
        (name,) = terminals(hub)
        with pytest.raises(EnrolmentRefused) as refused, town.agent(hub, url):
            pass  # as another terminal it could bring nothing of what it kept
        assert f"--again {name}" in refused.value.sentence
        with town.agent(hub, url, again=name) as agent:
            since = town.apply()
            town.turn(agent)
            assert (at_hub(hub), at_hub(hub, "parked")) == (before + since, [])
            assert set(town.stages(before)) == {Stage.SETTLED}, "what the hub had said is heard again"
            assert terminals(hub) == [name]
        with closing(AgentView.open(town.files)) as agent_view:
            assert agent_view.drained_to() == 5
