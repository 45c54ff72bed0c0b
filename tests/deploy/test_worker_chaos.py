"""Workers that die, workers that stall past their lease, a database that is cut off: each case is decided once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from deploy.journey.world import until
from deploy.postgres import Postgres, postgres
from hub.casework.tables import CaseStep
from hub.clocks.clock import Clock, read
from hub.database import Database
from hub.decisions import DecisionWorker
from hub.enrolment import enrol, new_enrolment_key
from hub.gateway.sandbox import SandboxSources
from hub.hub import Hub
from hub.ingest import ingest
from hub.moments import local_day
from hub.sandbox import load_base_library
from hub.settings import HubSettings
from hub.tables import Case, Change, DecisionJob, DecisionRecord
from offline.wire.batch import EventStatus
from offline.wire.enrolment import EnrolmentRequest
from offline.wire.signing import new_signing_key
from seeds.identifiers.id_number import id_number_check
from seeds.people import People, Person
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, enrolment_body, hub_over
from tests.hub.stores import POSTGRESQL, Store

SEED: Final = "ZHIZHU_WORKER_SEED"
"""Plays the same order of mishaps again; where in its work a worker is hit is the machine's own."""
CASES: Final = int(os.environ.get("ZHIZHU_CASES") or 24)
"""A few here; the nightly run has thousands."""
MISHAPS: Final = ("kill", "stall", "restart")
ROUNDS: Final = max(1, CASES // 250)
"""How often each mishap happens."""
WORKERS: Final = 3
TERMINALS: Final = 6
BATCH: Final = 50
LEASE_S: Final = 4.0
ATTEMPTS: Final = 1000
"""So short a lease runs out on a busy machine too; that such a case goes to a person is tried elsewhere."""
DEADLINE_S: Final = 600.0
KINDS: Final = ("lin-yuelan", "chen-deshui", "liang-yuzhen", "pan-jinfeng")
"""Of these, some are approved by the rule and some want a person."""


class Now(HandClock):
    """The machine's own clock, for everybody: the workers are processes of their own."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Told:
    """What is to be said of one case when all is over; the same for all applicants of one kind."""

    state: str
    steps: tuple[tuple[str, str, str, str], ...]
    decisions: int
    answers: int
    job: str
    reasons: tuple[str, ...]
    limit_days: int | None
    light: str
    counts: bool  # whether its clock runs, and then to the right day


@dataclass
class Crew:
    """The worker processes, one of which may stand still."""

    store: Store
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stalled: subprocess.Popen[bytes] | None = None
    stalled_at: float = 0.0

    def hire(self) -> None:
        """One more."""
        work = (
            "import sys; from pathlib import Path; from hub.settings import HubSettings; from hub.worker import run;"
            f"settings = HubSettings(lease_s={LEASE_S}, decision_poll_s=0.3, decision_attempts={ATTEMPTS});"
            "run(sys.argv[1], Path(sys.argv[2]), settings)"
        )
        with (self.store.folder / "workers.log").open("ab") as log:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-c", work, self.store.url, str(self.store.folder)], stdout=log, stderr=log
                )
            )

    def kill(self, chance: Random) -> None:
        """One dies where it stands, another takes its place."""
        victim = self.running.pop(chance.randrange(len(self.running)))
        victim.kill()
        victim.wait(DEADLINE_S)
        self.hire()

    def stall(self, chance: Random) -> None:
        """One stands still with whatever it has in hand."""
        self.stalled = chance.choice(self.running)
        self.stalled.send_signal(signal.SIGSTOP)
        self.stalled_at = monotonic()

    def wake(self) -> None:
        """It goes on, when what it had in hand has long been another's."""
        if self.stalled is None:
            return
        until(lambda: None if monotonic() - self.stalled_at > 2 * LEASE_S else "not yet", DEADLINE_S)
        self.stalled.send_signal(signal.SIGCONT)
        self.stalled = None

    def begun(self) -> None:
        """Returns when all have opened the hub: from then on they wait for a database and hear signals."""
        for each in self.running:
            assert until(lambda each=each: None if _hears(each.pid) else "begins", DEADLINE_S) is None  # type: ignore[misc]

    def end(self) -> list[int]:
        """All are asked to end; their codes."""
        self.wake()
        self.begun()
        for each in self.running:
            each.send_signal(signal.SIGTERM)
        return [each.wait(DEADLINE_S) for each in self.running]

    def dismiss(self) -> None:
        """Nobody outlives the test."""
        for each in self.running:
            each.kill()
            each.wait(DEADLINE_S)


@pytest.mark.night
def test_each_case_is_decided_once_whatever_befalls_workers_and_database(tmp_path: Path) -> None:
    seed = int(os.environ.get(SEED) or Random().getrandbits(32))
    print(f"{SEED}={seed}, {CASES} cases")
    chance = Random(seed)
    with postgres() as server, _hub(server, tmp_path) as (hub, store):
        models = _applicants(len(KINDS), 0)
        applicants = _applicants(CASES, len(KINDS))
        load_base_library(hub.database, People((*models, *applicants)), hub.clock)
        terminals = [_terminal(hub) for _ in range(TERMINALS)]
        sent = _send(hub, terminals[0], models)
        assert DecisionWorker(hub).run_once() == len(models)
        undisturbed = {sent[event_id]: one for event_id, one in _told(hub).items()}
        for n, terminal in enumerate(terminals):
            sent |= _send(hub, terminal, applicants[n::TERMINALS])
        befallen = _suffer(server, hub.database, store, chance)
        told = _told(hub)
    print(f"befallen: {dict(befallen)}; states: {dict(Counter(one.state for one in told.values()))}")
    assert befallen == Counter(dict.fromkeys(MISHAPS, ROUNDS))
    assert {one.state for one in undisturbed.values()} == {"approved", "in_review"}, "both kinds of end are tried"
    assert all(one.counts and one.decisions == one.answers == 1 for one in undisturbed.values()), undisturbed
    assert told.keys() == sent.keys()
    otherwise = [(one, undisturbed[sent[each]]) for each, one in told.items() if one != undisturbed[sent[each]]]
    assert not otherwise, "\n".join(f"{one}\n  undisturbed: {twin}" for one, twin in otherwise[:5])


def _suffer(server: Postgres, database: Database, store: Store, chance: Random) -> Counter[str]:
    mishaps = list(MISHAPS * ROUNDS)
    chance.shuffle(mishaps)
    befallen: Counter[str] = Counter()
    crew = Crew(store)
    try:
        for _ in range(WORKERS):
            crew.hire()
        for n, mishap in enumerate(mishaps, 1):
            _await_decided(database, len(KINDS) + CASES * n // (len(mishaps) + 1), store)
            crew.wake()
            match mishap:
                case "kill":
                    crew.kill(chance)
                case "stall":
                    crew.stall(chance)
                case _:
                    crew.begun()
                    server.end()
                    server.start()
            befallen[mishap] += 1
        crew.wake()
        _await_decided(database, len(KINDS) + CASES, store)
        codes = crew.end()
        assert codes == [0] * WORKERS, (codes, _said(store))
    finally:
        crew.dismiss()
    return befallen


def _hears(pid: int) -> bool:
    """Whether a process has set a handler for SIGTERM; see proc(5)."""
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.M)
    return caught is not None and bool(int(caught.group(1), 16) >> (signal.SIGTERM - 1) & 1)


def _await_decided(database: Database, wanted: int, store: Store) -> None:
    def missing() -> str | None:
        try:
            with database.reading() as session:
                done = session.scalar(select(func.count()).select_from(DecisionJob).where(DecisionJob.state == "done"))
        except OperationalError as error:  # the server has just been cut off
            return str(error)
        return None if (done or 0) >= wanted else f"{done} of {wanted} are decided"

    assert (said := until(missing, DEADLINE_S)) is None, (said, _said(store))


def _said(store: Store) -> str:
    return (store.folder / "workers.log").read_text(encoding="utf-8")[-3000:]


@contextmanager
def _hub(server: Postgres, folder: Path) -> Iterator[tuple[Hub, Store]]:
    url = server.make("hub")
    database = Database(url)
    database.migrate()
    database.close()
    store = Store(POSTGRESQL, url, folder)
    hub = hub_over(store, Now(), HubSettings())
    try:
        yield hub, store
    finally:
        hub.database.close()


def _applicants(count: int, first: int) -> tuple[Person, ...]:
    """So many people who differ from the invented ones in nothing but their numbers."""
    invented = People.load()
    made = []
    for n in range(first, first + count):
        person = invented[KINDS[n % len(KINDS)]]
        # Nobody was given a number of the district 440999, which there is none of; the rest counts up.
        serial = f"440999{person.birth:%Y}{n // 1000 % 12 + 1:02d}{n // 12000 + 1:02d}{n % 1000:03d}"
        made.append(person.model_copy(update={"id_number": serial + id_number_check(serial)}))
    return tuple(made)


def _terminal(hub: Hub) -> FakeTerminal:
    signing = new_signing_key()
    key = new_enrolment_key(hub.database, hub.settings, hub.clock, VILLAGE, "示例村委会")
    reply = enrol(hub, SandboxSources(hub), EnrolmentRequest.model_validate(enrolment_body(key, signing)))
    return FakeTerminal("", Now(), reply, signing)


def _send(hub: Hub, terminal: FakeTerminal, people: Sequence[Person]) -> dict[str, str]:
    """Sends an application of each; of which kind each is, by event."""
    sent: dict[str, str] = {}
    for at in range(0, len(people), BATCH):
        part = people[at : at + BATCH]
        events = [terminal.event(terminal.application(each)) for each in part]
        reply = ingest(hub, terminal.id, [each.to_json() for each in events])
        assert {one.status for one in reply.results} == {EventStatus.STORED}
        sent |= {event.id: person.slug for event, person in zip(events, part, strict=True)}
    return sent


def _told(hub: Hub) -> dict[str, Told]:
    """What the hub says of every case, by its event."""
    found: dict[str, Told] = {}
    with hub.database.reading() as session:
        steps: dict[int, list[tuple[str, str, str, str]]] = {}
        for step in session.scalars(select(CaseStep).order_by(CaseStep.id)):
            steps.setdefault(step.case_id, []).append((step.act, step.kind, step.state_before, step.state_after))
        decided = Counter(session.scalars(select(DecisionRecord.case_id)))
        jobs = {job.case_id: job.state for job in session.scalars(select(DecisionJob))}
        told = session.scalars(select(Change.body).where(Change.kind == "answer"))
        answers = Counter(str(body["event_id"]) for body in told)
        for case in session.scalars(select(Case)):
            found[case.event_id] = Told(
                state=case.state,
                steps=tuple(steps.get(case.id, ())),
                decisions=decided[case.id],
                answers=answers[case.event_id],
                job=jobs[case.id],
                reasons=tuple(str(reason["code"]) for reason in case.reasons),
                limit_days=case.limit_days,
                light=case.light,
                counts=_clock_is_right(hub, case),
            )
    return found


def _clock_is_right(hub: Hub, case: Case) -> bool:
    begins: date | None = case.begins_on
    if begins is None or case.limit_days is None or begins != local_day(case.received_at):
        return False
    reading = read(Clock(begins, case.limit_days), hub.calendar, local_day(hub.clock()), 1.0)
    return case.due_on == reading.due
