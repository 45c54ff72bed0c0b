"""A hub and a terminal of its region, with a real agent and a real line between them, worked by hand."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from time import monotonic

from sqlalchemy import select

from hub.enrolment import new_enrolment_key
from hub.hub import Hub
from hub.tables import Case, InboxEvent, Terminal
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from offline.projection import Stage, standing
from offline.store import AgentView, TerminalStore
from offline.wire.claims import new_code
from seeds.people import People
from tests.hub.running import APPLIED, VILLAGE, FakeTerminal, HandClock, make_hub, serving

LONG_S = 100_000.0


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
