"""The real agent and the real hub on both databases, with a line between them that breaks in every way."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from deploy.applications import VILLAGE
from hub.enrolment import new_enrolment_key
from hub.moments import system_clock
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from offline.store import AgentView, TerminalStore, TerminalView
from offline.wire.batch import EventStatus
from tests.deploy.applications import invented, keep_witnessed
from tests.deploy.chaos import COMMITS_UNHEARD, EACH, ChaosLine, Fault, Plan
from tests.deploy.hub_books import read_books
from tests.deploy.kill_books import faults
from tests.hub.running import hub_over, serving
from tests.hub.stores import Store, both_stores

SEED: Final = "ZHIZHU_CHAOS_SEED"
"""Spoils the same exchanges in the same order again."""
DEADLINE_S: Final = 120.0
APPLICANTS: Final = ("lin-yuelan", "he-guoming", "duke-john")
OUTCOMES: Final = ("not_printed", "cannot_know", "printed")


@both_stores
def test_what_was_kept_is_at_the_hub_once_however_the_line_broke(store: Store, tmp_path: Path) -> None:
    seed = int(os.environ.get(SEED) or Random().getrandbits(32))
    print(f"{SEED}={seed} on {store.kind}")
    chance = Random(seed)
    hub = hub_over(store, system_clock)
    state, stop = tmp_path / "terminal", threading.Event()
    with ExitStack() as ending:
        port = urlsplit(ending.enter_context(serving(hub, tells_time=True))).port
        assert port is not None
        line = ending.enter_context(closing(ChaosLine(port, Plan(chance))))
        threads = ending.enter_context(ThreadPoolExecutor(1))
        ending.callback(stop.set)
        key = new_enrolment_key(hub.database, hub.settings, system_clock, VILLAGE, "示例村委会")
        agent = threads.submit(_live, _config(state, line.port, key), stop, Random(chance.getrandbits(32)))
        heard = ending.enter_context(closing(AgentView.open(state)))
        _wait(agent, lambda: heard.enrolment() is not None, "the agent is enrolled")
        resident = ending.enter_context(closing(TerminalStore.open(state)))
        kept: list[str] = []
        while line.plan.left:
            for _ in range(chance.randint(1, 3)):
                kept.append(_act(resident, chance, len(kept)))
            left, done = line.plan.left, len(kept)
            _wait(
                agent,
                lambda left=left, done=done: line.plan.left < left or heard.done_count() >= done,  # type: ignore[misc]
                "the next exchange",
            )
        applied = [name for name in kept if (act := resident.act(name)) is not None and act.item]
        _wait(agent, lambda: heard.done_count() == len(kept), "everything is at the hub")
        _wait(agent, lambda: all(heard.answer(name) for name in applied), "everything is answered")
        stop.set()
        agent.result(DEADLINE_S)
        with closing(TerminalView.open(state)) as terminal:
            books = read_books(hub.database, terminal, heard, kept)
        again = [name for name in kept if (ack := heard.ack(name)) is not None and ack.status is EventStatus.DUPLICATE]
    print(f"{len(kept)} acts, {len(applied)} cases, {len(again)} told twice; {dict(line.happened)}")
    assert faults(books) == ()
    assert not line.late
    assert {fault: line.happened[fault] for fault in EACH} == EACH
    assert len(again) >= min(line.happened[fault] for fault in COMMITS_UNHEARD), "no answer was lost after a commit"


def _live(config: AgentConfig, stop: threading.Event, chance: Random) -> None:
    agent = Agent.open(config, stop, chance=chance)
    try:
        agent.run()
    finally:
        agent.close()


def _config(state: Path, port: int, key: str) -> AgentConfig:
    """An agent in a hurry: what takes minutes in a village takes moments here."""
    config = AgentConfig(
        name="示例村委会",
        region=VILLAGE,
        state_dir=state,
        hub_url=f"http://127.0.0.1:{port}",
        enrolment_key=key,
        heartbeat_s=0.5,
        changes_s=0.2,
        changes_soon_s=0.1,
        poll_s=0.05,
        deadline_s=1,
    )
    return config.model_copy(update={"longest_wait_s": 0.05})


def _act(resident: TerminalStore, chance: Random, count: int) -> str:
    """An application, or what the printer said about the slip of one."""
    if count % 5 == 0:
        person = invented()[chance.choice(APPLICANTS)]
        return keep_witnessed(resident, person, invented()["wu-guifang"]).id
    last = resident.acts_after(0)[0]
    return resident.settle_slip(last.event_id, chance.choice(OUTCOMES)).id


def _wait(agent: Future[None], done: Callable[[], bool], what: str) -> None:
    end = monotonic() + DEADLINE_S
    while not done():
        if agent.done():
            agent.result()
        assert monotonic() < end, f"not within {DEADLINE_S:.0f} s: {what}"
        threading.Event().wait(0.01)


def test_a_plan_follows_from_its_seed() -> None:
    def played(seed: int) -> list[Fault]:
        plan = Plan(Random(seed))
        return [plan.next("/v1/terminals/t/events").fault for _ in range(sum(EACH.values()))]

    assert played(7) == played(7) != played(8)
    assert {fault: played(7).count(fault) for fault in EACH} == EACH
