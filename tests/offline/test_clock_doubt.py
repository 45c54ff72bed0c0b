"""The agent's judgement of the clock: jumps are found, a right clock is believed, and a doubtful one refuses nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline import ledger
from offline.agent_store import CLOCK_JUDGED
from offline.clock_doubt import DRIFT, LONGEST_OFF, TOLERANCE, Heard, judge
from offline.database import Connection
from offline.keys import database_key
from offline.store import AgentStore, TerminalStore
from offline.wire.identity import uuid7, uuid7_ok
from offline.wire.sealing import unseal_event
from offline.wire.uptime import Uptime, uptime
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol

KEYS: Final = HubKeys()
ONE: Final = "11111111-1111-4111-8111-111111111111"
OTHER: Final = "22222222-2222-4222-8222-222222222222"
SECONDS: Final = st.floats(0, 60 * 86_400)
WALLS: Final = st.floats(0, 4_070_908_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 1970 to 2099
YEARS_S: Final = st.floats(-60 * 365 * 86_400.0, 60 * 365 * 86_400.0)


@dataclass
class Machine:
    """A machine whose time of day and running time the test sets."""

    wall: datetime = NOON
    boot: str = ONE
    seconds: float = 300.0

    def clock(self) -> datetime:
        """The time of day it believes."""
        return self.wall

    def uptime(self) -> Uptime:
        """How long it has been running."""
        return Uptime(boot=self.boot, seconds=self.seconds)

    def run(self, seconds: float) -> None:
        """Both go on."""
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


@given(SECONDS, st.floats(-1, 1), st.floats(-DRIFT, DRIFT))
def test_a_clock_that_was_right_stays_believed(gone_s: float, off: float, drift: float) -> None:
    heard = Heard(NOON, Uptime(boot=ONE, seconds=100))
    now = NOON + timedelta(seconds=gone_s * (1 + drift)) + TOLERANCE * off * 0.99
    assert judge(now, Uptime(boot=ONE, seconds=100 + gone_s), heard, None) == "trusted"


@given(SECONDS, YEARS_S)
def test_a_jump_is_found_whatever_its_size(gone_s: float, jump_s: float) -> None:
    heard = Heard(NOON, Uptime(boot=ONE, seconds=100))
    now = NOON + timedelta(seconds=gone_s + jump_s)
    believed = judge(now, Uptime(boot=ONE, seconds=100 + gone_s), heard, None) == "trusted"
    assert believed == (abs(jump_s) <= TOLERANCE.total_seconds() + gone_s * DRIFT) or abs(jump_s) < 1e-3


@given(YEARS_S, SECONDS)
def test_after_a_start_the_clock_must_not_stand_before_what_was_believed(off_s: float, seen_s: float) -> None:
    seen = NOON + timedelta(seconds=seen_s)
    now = seen + timedelta(seconds=off_s)
    believed = judge(now, Uptime(boot=OTHER, seconds=20), Heard(NOON, Uptime(boot=ONE, seconds=5)), seen) == "trusted"
    assert believed == (-TOLERANCE <= timedelta(seconds=off_s) <= LONGEST_OFF)


def test_a_terminal_that_never_heard_the_hub_is_in_doubt() -> None:
    assert judge(NOON, Uptime(boot=ONE, seconds=1), None, NOON) == "unsure"


def test_this_machine_can_be_read() -> None:
    first, second = uptime(), uptime()
    assert first.boot == second.boot
    assert 0 < first.seconds <= second.seconds


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    enrol(tmp_path, KEYS)
    return tmp_path


def journaled(state_dir: Path) -> list[dict[str, object]]:
    """What the agent's own chain says of the clock."""
    connection = Connection(state_dir / "agent.db", database_key(state_dir), write=False)
    events = [unseal_event(one, KEYS.sealing) for one in ledger.after(connection, 0, 100) if one.type == CLOCK_JUDGED]
    connection.close()
    return events


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(2099, 7, 1, tzinfo=UTC)])
def test_an_act_under_a_wrong_clock_is_kept_with_what_will_place_it(state_dir: Path, wrong: datetime) -> None:
    machine = Machine()
    agent = AgentStore.open(state_dir, machine.uptime)
    store = TerminalStore.open(state_dir, machine.clock, read_uptime=machine.uptime)
    assert agent.judge_clock(Heard(NOON, machine.uptime()), NOON) == "trusted"
    assert store.clock_sure()
    sure = store.keep(APPLIED, {"item": ITEM})
    machine.run(600)
    right, machine.wall = machine.wall, wrong
    assert not store.clock_sure()  # at once, before the agent has looked
    doubtful = store.keep(APPLIED, {"item": ITEM})
    assert agent.judge_clock(None, machine.clock()) == "unsure"
    machine.run(60)
    machine.wall = right + timedelta(seconds=60)
    assert agent.judge_clock(None, machine.clock()) == "trusted"
    assert (sure.clock, doubtful.clock) == ("trusted", "unsure")
    assert sure.id != doubtful.id
    first, second = store.events_after(0, 2)
    assert "uptime" not in unseal_event(first, KEYS.sealing)
    assert unseal_event(second, KEYS.sealing)["uptime"] == {"boot": ONE, "seconds": 900.0}
    assert store.verify() == store.head()
    said = journaled(state_dir)
    assert [one["clock"] for one in said] == ["trusted", "unsure", "trusted"]
    assert said[1]["trusted"] == "2026-11-23T04:10:00.000Z"  # what it really was
    assert said[1]["wall"] != said[1]["trusted"]
    store.close()
    agent.close()


def test_the_judgement_is_written_down_at_most_once_an_hour_while_nothing_changes(state_dir: Path) -> None:
    machine = Machine()
    agent = AgentStore.open(state_dir, machine.uptime)
    heard = Heard(NOON, machine.uptime())
    agent.judge_clock(heard, machine.clock())
    before = agent.note("clock_heard"), agent.note("clock_seen"), agent.head()
    for _ in range(50):
        machine.run(60)
        assert agent.judge_clock(Heard(machine.wall, machine.uptime()), machine.clock()) == "trusted"
    assert (agent.note("clock_heard"), agent.note("clock_seen"), agent.head()) == before
    machine.run(1200)
    agent.judge_clock(Heard(machine.wall, machine.uptime()), machine.clock())
    assert agent.note("clock_seen") != before[1]
    agent.close()


def test_after_a_start_with_an_empty_battery_the_agent_doubts_until_the_hub_is_heard(state_dir: Path) -> None:
    machine = Machine()
    agent = AgentStore.open(state_dir, machine.uptime)
    agent.judge_clock(Heard(NOON, machine.uptime()), NOON)
    machine.boot, machine.seconds, machine.wall = OTHER, 12.0, datetime(1970, 1, 1, tzinfo=UTC)
    assert agent.judge_clock(None, machine.clock()) == "unsure"
    later = NOON + timedelta(days=9)
    assert agent.judge_clock(Heard(later, machine.uptime()), machine.clock()) == "unsure"  # heard, not yet set
    machine.wall = later
    assert agent.judge_clock(None, machine.clock()) == "trusted"
    agent.close()


@given(st.lists(WALLS, min_size=2, max_size=30))
def test_names_stay_unique_and_valid_when_the_clock_goes_backwards(walls: list[datetime]) -> None:
    names = [uuid7(wall) for wall in (*walls, *walls)]
    assert len(set(names)) == len(names)
    assert all(uuid7_ok(name) for name in names)
