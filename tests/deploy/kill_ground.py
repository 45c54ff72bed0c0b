"""A hub, an agent and a writing terminal as processes, and the hand that kills them while they work."""

from __future__ import annotations

import http.client
import os
import secrets
import selectors
import signal
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

from deploy.applications import VILLAGE
from hub.database import Database
from offline.store import AgentView, TerminalView
from offline.wire.batch import EventStatus
from tests.deploy.hub_books import read_books
from tests.deploy.kill_books import Books
from tests.deploy.kill_writer import MARK
from tests.deploy.nursery import ROOMS, WRITER, Birth, Cold, Life, Nursery
from tests.hub.prepared import prepared

DEADLINE_S: Final = 60.0
MOST_TURNS: Final = 4  # acts the writer may do before it hears more
MOST_BACKLOG: Final = 12  # each case costs the hub a slow key derivation: more would only make the end longer
LOOK_S: Final = 0.02
WRITERS: Final = ("tests.deploy.kill_writer", "deploy.applications:pension", "tests.deploy.applications:invented")
AGENT: Final = {
    "heartbeat_s": 0.5,
    "changes_s": 0.5,
    "changes_soon_s": 0.5,
    "poll_s": 0.05,
    "longest_wait_s": 1,
    "deadline_s": 5,
}


class Ground:
    """Everything of one run, in one folder."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self._folder, self._chance = folder, chance
        self._state = folder / "terminal"
        self._hub_db = folder / "hub.db"
        self._port = _quiet_port()
        self._url = f"http://127.0.0.1:{self._port}"
        self._nursery = Nursery(*ROOMS, *WRITERS)
        self._lives: dict[str, Life] = {}
        self._turns, self._said = _pipe(folder / "turns"), _pipe(folder / "said")
        self._outstanding = 0
        self._flowing = True
        self._hub_answers = False
        self.acknowledged: list[str] = []
        self.stored = 0  # at the hub, when last looked
        self.kills: Counter[str] = Counter()
        self.amid_work: Counter[str] = Counter()
        self.sent_again = 0  # events whose first answer was lost with a process

    def open(self) -> None:
        """Makes the hub, enrols the terminal and sets all three to work; hub and agent start cold."""
        self._state.mkdir()
        name = "示例村党群服务中心"
        key = prepared(f"sqlite:///{self._hub_db}", VILLAGE, name)
        (self._folder / "terminal.toml").write_text(
            f'[terminal]\nname = "{name}"\nregion = "{VILLAGE}"\nstate_dir = "{self._state}"\n\n'
            f'[hub]\nurl = "{self._url}"\n\n[hub.enrolment]\nkey = "{key}"\n',
            encoding="utf-8",
        )
        for name in ("hub", "agent"):
            self._lives[name] = Cold(self._birth(name))
        with closing(AgentView.open(self._state)) as agent:
            self.wait(lambda: agent.enrolment() is not None, "the agent is enrolled")
        self.start(WRITER)

    def start(self, name: str) -> None:
        """A new life."""
        self._lives[name] = self._nursery.bear(self._birth(name))

    def await_work(self, name: str) -> None:
        """Waits until it has done a random amount of work, then for a random moment that falls anywhere in more."""
        amount = self._chance.randint(1, 4)
        if name == WRITER:
            self._await_acknowledged(amount)
        else:
            self.wait(lambda: self._hub_answers, "the hub answers")
            enough = self.stored + amount
            self.wait(lambda: self.stored >= enough, f"{amount} more events reach the hub")
            self._await_acknowledged(self._chance.randint(0, 3))
        end = monotonic() + self._chance.uniform(0, 0.03)
        while (left := end - monotonic()) > 0:
            self._give_turns()
            self._hear(left)

    def kill(self, name: str) -> None:
        """`kill -9`, without any warning; fails when it had died by itself."""
        self.kills[name] += 1
        self.amid_work[name] += self._outstanding > 0 if name == WRITER else len(self.acknowledged) > self.stored
        self._end(name)

    def finish(self) -> Books:
        """Lets everything that was kept come through to its answer; what is to be read then."""
        self._flowing = False
        self._end(WRITER)
        with closing(TerminalView.open(self._state)) as terminal, closing(AgentView.open(self._state)) as agent:
            held = terminal.events_after(0, terminal.head().seq)
            # What has not come within the deadline is named by the books.
            self._wait(
                lambda: (
                    self.stored >= len(held)
                    and agent.done_count() >= len(held)
                    and all(agent.answer(event.id) for event in held if event.type.endswith(".applied.v1"))
                )
            )
            acks = [agent.ack(event.id) for event in held]
            self.sent_again = sum(ack is not None and ack.status is EventStatus.DUPLICATE for ack in acks)
            for name in ("agent", "hub"):
                self._end(name)
            with closing(Database(f"sqlite:///{self._hub_db}")) as hub:
                books = read_books(hub, terminal, agent, self.acknowledged)
                with hub.engine.connect() as connection:
                    whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        return books if whole == "ok" else replace(books, broken=(*books.broken, f"the hub's file: {whole}"))

    def logs(self) -> str:
        """What the processes have said."""
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self._folder.glob("*.log")))

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Looks until `done`, hearing the writer and giving it turns meanwhile."""
        assert self._wait(done), (
            f"not within {DEADLINE_S:.0f} s: {what}; {len(self.acknowledged)} acknowledged, {self.stored} stored,"
            f" {dict(self.kills)} killed\n{self.logs()[-4000:]}"
        )

    def close(self) -> None:
        """Ends whatever still runs."""
        for life in self._lives.values():
            os.kill(life.pid, signal.SIGKILL)
            life.end()
        self._nursery.close()
        for handle in (self._turns, self._said):
            os.close(handle)

    def _wait(self, done: Callable[[], bool]) -> bool:
        end = monotonic() + DEADLINE_S
        while not (there := done()) and monotonic() < end:
            self._look()
        return there

    def _birth(self, name: str) -> Birth:
        log = self._folder / f"{name}.log"
        if name == WRITER:
            words = (WRITER, str(self._state), str(self._chance.getrandbits(32)))
            return Birth(words, log, hears=self._folder / "turns", says=self._folder / "said")
        if name == "agent":
            own = (word for key, value in AGENT.items() for word in ("--set", f"agent.{key}={value}"))
            return Birth(("agent", "--config", str(self._folder / "terminal.toml"), *own), log)
        where = ("--database", f"sqlite:///{self._hub_db}", "--state", str(self._folder / "hub"))
        return Birth(("hub", "serve", *where, "--port", str(self._port)), log)

    def _end(self, name: str) -> None:
        life = self._lives[name]
        os.kill(life.pid, signal.SIGKILL)
        code = life.end()
        del self._lives[name]
        assert code == -signal.SIGKILL, f"{name} had ended by itself with {code}:\n{self.logs()[-4000:]}"
        if name == "hub":
            self._hub_answers = False
        if name == WRITER:
            self._hear(0)
            _empty(self._turns)
            self._outstanding = 0

    def _await_acknowledged(self, more: int) -> None:
        enough = len(self.acknowledged) + more
        self.wait(lambda: len(self.acknowledged) >= enough, f"{more} more acknowledgements")

    def _look(self) -> None:
        self._give_turns()
        self._hear(LOOK_S)
        if "hub" in self._lives:
            self._ask_hub()

    def _ask_hub(self) -> None:
        """Counts what is stored; only while the hub runs, so that a dead hub's journal is recovered by the next one."""
        if not self._hub_answers:
            self._hub_answers = self._ready()
        if self._hub_answers:
            with closing(sqlite3.connect(f"file:{self._hub_db}?mode=ro", uri=True)) as hub:
                (self.stored,) = hub.execute("SELECT count(*) FROM inbox").fetchone()

    def _ready(self) -> bool:
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=0.3)
        try:
            asking.request("GET", "/readyz")
            return asking.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()

    def _give_turns(self) -> None:
        due = MOST_TURNS - self._outstanding
        if self._flowing and WRITER in self._lives and due > 0 and len(self.acknowledged) - self.stored < MOST_BACKLOG:
            os.write(self._turns, b"." * due)
            self._outstanding += due

    def _hear(self, wait_s: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._said, selectors.EVENT_READ)
            if not selector.select(wait_s):
                return
        # A line is written by one call below PIPE_BUF: it is there whole or not at all.
        for line in _empty(self._said).splitlines():
            self.acknowledged.append(line.removeprefix(MARK).decode("ascii"))
            self._outstanding -= 1


def _pipe(path: Path) -> int:
    """A named pipe that outlives its readers and writers."""
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)


def _empty(handle: int) -> bytes:
    """Everything that is in a pipe now."""
    found = b""
    while True:
        try:
            found += os.read(handle, 65536)
        except BlockingIOError:
            return found


def _quiet_port() -> int:
    """A port below those the kernel lends out: while the hub is dead nobody may get it by chance."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
