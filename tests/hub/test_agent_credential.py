"""The agent itself against the real hub: it renews, says the code where a person is needed, and drains afterwards."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random
from time import monotonic

from hub.credentials import readmit
from hub.hub import Hub
from kiosk.agent.config import AgentConfig
from kiosk.agent.loop import Agent
from offline.keys import signing_key
from offline.store import TerminalView
from seeds.people import People
from tests.conftest import LogWatch
from tests.hub.machine import Machine
from tests.hub.running import VILLAGE, HandClock

DAY_S = 24 * 3600.0


def _agent(machine: Machine, clock: HandClock) -> Agent:
    config = AgentConfig(name="示例村委会", region=VILLAGE, state_dir=machine.folder, hub_url=machine.url)
    return Agent(
        config,
        machine.agent,
        TerminalView.open(machine.folder),
        machine.client,
        signing_key(machine.folder),
        stop=threading.Event(),
        clock=clock,
        chance=Random(1),
    )


def _turn(agent: Agent, clock: HandClock) -> None:
    """Everything that could be due is."""
    clock.turn(0.5)
    agent.turn(monotonic() + 2 * DAY_S)


def test_the_agent_keeps_its_credential_young_and_comes_back_after_a_year(
    hub: Hub, machine: Machine, clock: HandClock, people: People, logs: LogWatch, tmp_path: Path
) -> None:
    agent = _agent(machine, clock)
    _turn(agent, clock)
    first = machine.agent.credential()
    assert first is not None
    assert machine.agent.protocol() == 2, "from now on nobody talks it down"
    clock.turn(21 * DAY_S)
    _turn(agent, clock)
    second = machine.agent.credential()
    assert second is not None
    assert second.not_after > first.not_after

    kept = machine.apply(people)
    clock.turn(365 * DAY_S)
    logs.expect("终端的凭证已过期")
    logs.expect("离线太久，中枢要人确认这台终端")
    _turn(agent, clock)
    _turn(agent, clock)
    code = machine.agent.reenrol_code()
    assert code is not None
    assert machine.agent.ack(kept) is None
    assert readmit(hub, machine.agent.enrolled().terminal_id, code, "yunwei") is None
    for _ in range(3):
        _turn(agent, clock)
    ack = machine.agent.ack(kept)
    assert ack is not None
    assert ack.status.value == "stored"
    assert machine.agent.reenrol_code() is None
    assert machine.agent.verify() == machine.agent.head()
