"""How fast a full outbox reaches a hub over TLS, and in how many bytes; agent and hub are real processes.

The events are the applications of the invented residents as the journey seals them, each followed by what the printer
said about its slip, kept by the terminal's own store. Cases are decided meanwhile, by a worker in a third process.
"""

from __future__ import annotations

import shutil
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import func, select

from deploy.applications import VILLAGE, witnessed
from deploy.bench.certificate import Certificate, loopback_certificate
from deploy.bench.processor_time import processor_s
from deploy.bench.report import Gate, Report
from deploy.cable import Cable, Traffic
from deploy.children import Child, Children
from deploy.demo import free_port
from deploy.postgres import NoPostgres, postgres
from deploy.trouble import RoofTrouble
from hub.database import Database
from hub.enrolment import new_enrolment_key
from hub.moments import system_clock
from hub.settings import HubSettings
from hub.tables import Chain, DecisionRecord, InboxEvent
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from kiosk.services.payload import application
from offline.store import AgentView, SlipOutcome, TerminalStore
from offline.wire.canonical import b64
from offline.wire.claims import new_code, new_salt
from seeds.people import People

NAME: Final = "示例村党群服务中心"
RATE: Final = 1_000
BYTES: Final = 1_100
DRAIN_S: Final = 300.0
START_S: Final = 60.0
POLL_S: Final = 0.02
ENGINES: Final = ("SQLite", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Drained:
    """One emptied outbox."""

    events: int
    seconds: float
    up_bytes: int
    down_bytes: int
    agent_s: float
    hub_s: float
    worker_s: float
    stored: int
    head: int
    decided: int

    @property
    def rate(self) -> float:
        """Events a second, from the agent's first byte until it had the answer to the last."""
        return self.events / self.seconds

    @property
    def bytes_each(self) -> float:
        """Everything the line carried, both ways, TLS and handshake included, for one event."""
        return (self.up_bytes + self.down_bytes) / self.events


def run(*, full: bool, events: int | None = None) -> Report:
    """An outbox for each database, drained one after the other."""
    count = events or (10_000 if full else 2_000)
    drained: dict[str, Drained] = {}
    notes: dict[str, str] = {}
    folder = Path(tempfile.mkdtemp(prefix="zhizhu-bench-"))
    try:
        drained["SQLite"] = drained_outbox(folder / "sqlite", f"sqlite:///{folder / 'sqlite' / 'hub.db'}", count)
        notes["SQLite"] = "WAL, synchronous=FULL"
        try:
            with postgres() as server:
                drained["PostgreSQL"] = drained_outbox(folder / "postgresql", server.make("hub"), count)
                asked = ("server_version", "fsync", "synchronous_commit")
                notes["PostgreSQL"] = ", ".join(f"{name}={server.setting(name)}" for name in asked)
        except NoPostgres as missing:
            notes["PostgreSQL"] = missing.sentence
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report(count, drained, notes)


def report(count: int, drained: Mapping[str, Drained], notes: Mapping[str, str]) -> Report:
    """What was found; a database that could not be started has its row, and its gates do not hold."""
    sqlite, *others = ENGINES
    return Report(
        name="sync",
        scale=f"{count} 条事件 events a database, TLS 1.3, 代理和中枢各是真的进程 real processes",
        figures=_figures(drained.get(sqlite), notes[sqlite]),
        peers={engine: _figures(drained.get(engine), notes[engine]) for engine in others},
        gates=tuple(gate for engine in ENGINES for gate in _gates(engine, drained.get(engine))),
    )


def _gates(engine: str, drained: Drained | None) -> Iterator[Gate]:
    rate, size = f"{engine}：每秒存妥 stored durably", f"{engine}：线上每条 on the wire, each"
    once = f"{engine}：存了一次 stored once"
    if drained is None:
        yield Gate.missing(rate, f"≥ {RATE} /s")
        yield Gate.missing(size, f"≤ {BYTES} bytes")
        yield Gate.missing(once, "= 1")
        return
    yield Gate.at_least(rate, drained.rate, RATE, "/s")
    yield Gate.at_most(size, drained.bytes_each, BYTES, "bytes")
    whole = drained.stored == drained.events == drained.head
    yield Gate(what=once, bound=f"= {drained.events}", measured=drained.stored, ok=whole)


def _figures(drained: Drained | None, note: str) -> dict[str, int | float | str]:
    if drained is None:
        return {"设置 settings": note}
    return {
        "每秒 events a second": round(drained.rate),
        "线上每条 on the wire for an event, bytes": round(drained.bytes_each),
        "其中上行 of these up, bytes": round(drained.up_bytes / drained.events),
        "代理每条 agent, CPU ms an event": round(drained.agent_s * 1000 / drained.events, 2),
        "中枢每条 hub, CPU ms an event": round(drained.hub_s * 1000 / drained.events, 2),
        "同时批了 cases decided meanwhile": drained.decided,
        "审批用去 deciding them, CPU s": round(drained.worker_s, 2),
        "设置 settings": note,
    }


def drained_outbox(folder: Path, url: str, count: int) -> Drained:
    """A hub with this database and a terminal with this many events, until the hub has them all."""
    state_dir = folder / "state"
    state_dir.mkdir(parents=True)
    with ExitStack() as stack:
        children = Children(folder, {})
        stack.callback(children.end)
        certificate = loopback_certificate(folder)
        port = free_port()
        hub = _hub(children, folder, url, port, certificate)
        keys = ("--state", str(folder / "hub"))
        worker = children.start("worker", "hub", "decide", "--database", url, *keys)
        cable = Cable(free_port(), port)
        stack.callback(cable.close)
        cable.plug()
        config = _terminal(folder, url, cable.port, certificate)
        _enrol(config)
        fill(state_dir, count)
        return _drain(children, _Hub(hub, worker, url), cable, config, state_dir, count)


def _hub(children: Children, folder: Path, url: str, port: int, certificate: Certificate) -> Child:
    with closing(Database(url)) as database:
        database.migrate()
    hub = children.start(
        "hub",
        *("hub", "serve", "--no-decide", "--database", url, "--port", str(port), "--state", str(folder / "hub")),
        *("--certificate", str(certificate.certificate), "--certificate-key", str(certificate.key)),
    )
    end = time.monotonic() + START_S
    with httpx.Client(verify=ssl.create_default_context(cafile=certificate.ca), trust_env=False, timeout=2.0) as client:
        while hub.alive and time.monotonic() < end:
            try:
                client.get(f"https://127.0.0.1:{port}/readyz").raise_for_status()
            except httpx.HTTPError:
                time.sleep(POLL_S)  # not up yet
            else:
                return hub
    raise RoofTrouble(f"中枢没有启动：{hub.last_words()} The hub did not start.", f"日志 Log: {hub.log}")


def _terminal(folder: Path, url: str, port: int, certificate: Certificate) -> Path:
    with closing(Database(url)) as database:
        key = new_enrolment_key(database, HubSettings(), system_clock, VILLAGE, NAME)
    config = folder / "terminal.toml"
    config.write_text(
        f'[terminal]\nname = "{NAME}"\nregion = "{VILLAGE}"\nstate_dir = "{folder / "state"}"\n'
        f'[hub]\nurl = "https://127.0.0.1:{port}"\nca_file = "{certificate.ca}"\n'
        f'[hub.enrolment]\nkey = "{key}"\n',
        encoding="utf-8",
    )
    return config


def _enrol(config: Path) -> None:
    agent = Agent.open(AgentConfig.load(config), threading.Event())
    try:
        agent.enrol()
    finally:
        agent.close()


@dataclass(frozen=True, slots=True)
class _Hub:
    """What serves, what decides, and where they keep it."""

    serving: Child
    deciding: Child
    url: str


def _drain(children: Children, hub: _Hub, cable: Cable, config: Path, state_dir: Path, count: int) -> Drained:
    traffic = cable.traffic = Traffic()
    agent = children.start("agent", "agent", "--config", str(config))
    watched = (agent, hub.serving, hub.deciding)
    answers = AgentView.open(state_dir)
    before: list[float] = []
    try:
        end = time.monotonic() + DRAIN_S
        while answers.drained_to() < count:
            if (fallen := children.fallen()) is not None or time.monotonic() > end:
                child = fallen or agent
                raise RoofTrouble(
                    f"没有送完：{child.last_words()} The outbox was not emptied.", f"日志 Log: {child.log}"
                )
            if not before and traffic.began_at is not None:
                before = [processor_s(child.process.pid) for child in watched]  # starting up is not counted
            time.sleep(POLL_S)
        done = time.monotonic()
    finally:
        answers.close()
    assert traffic.began_at is not None
    assert before
    agent_s, hub_s, worker_s = (
        processor_s(child.process.pid) - was for child, was in zip(watched, before, strict=True)
    )
    seconds, up_bytes, down_bytes = done - traffic.began_at, traffic.up_bytes, traffic.down_bytes
    for child in watched:
        child.end()
    with _database(hub.url) as database, database.reading() as session:
        stored = session.scalar(select(func.count()).select_from(InboxEvent)) or 0
        head = session.scalar(select(Chain.seq)) or 0
        decided = session.scalar(select(func.count()).select_from(DecisionRecord)) or 0
    return Drained(count, seconds, up_bytes, down_bytes, agent_s, hub_s, worker_s, stored, head, decided)


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def fill(state_dir: Path, count: int) -> None:
    """Keeps this many events as journeys do: an application of each resident in turn, then the outcome of its slip.

    Only the keyed hash of the claim code, which stays on the terminal and takes 50 ms by intent, is left out.
    """
    people = People.load()
    helper = people.helpers(VILLAGE)[0]
    residents = cycle(person for person in people if person != helper)
    store = TerminalStore.open(state_dir)
    try:
        for _ in range(count // 2):
            wish = witnessed(next(residents), helper)
            subject = store.subject_of(wish.applicant.number)
            claim = {"code": new_code(), "answer_salt": b64(new_salt()), "subject": subject}
            payload = application(wish, region=VILLAGE, subject=subject) | {"claim": claim}
            kept = store.keep(wish.item.event_type, payload, subject=subject)
            store.settle_slip(kept.id, SlipOutcome.PRINTED)
    finally:
        store.close()
