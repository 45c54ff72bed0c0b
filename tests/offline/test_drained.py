"""Up to where everything is done with: always known exactly, and written down only now and then."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline.agent_store import NOTED_EVERY, AgentStore, AgentView
from offline.clock_doubt import Heard
from offline.store import TerminalStore
from offline.wire.batch import EventResult, EventStatus
from offline.wire.changes import Change
from offline.wire.sealing import public_of
from offline.wire.signing import signing_public
from offline.wire.statement import KeyStatement, sign_statement
from offline.wire.uptime import uptime
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol, no_commit_works

STORED = EventStatus.STORED


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One enrolled terminal for all."""
    place = tmp_path_factory.mktemp("drained")
    enrol(place, HubKeys())
    return place


def _answer(agent: AgentStore, seqs: Iterable[int]) -> None:
    agent.acknowledge([(seq, EventResult(id=f"id-{seq}", status=STORED)) for seq in seqs], NOON)


@settings(max_examples=20)
@given(st.permutations(range(1, NOTED_EVERY * 2 + 8)), st.integers(1, NOTED_EVERY + 5))
def test_in_whatever_order_answers_come_everyone_knows_up_to_where_all_is_done(
    place: Path, order: list[int], batch: int
) -> None:
    done: set[int] = set()
    with closing(AgentStore.open(place)) as agent, closing(AgentView.open(place)) as view:
        agent._writer.rows("DELETE FROM ack")
        agent._writer.rows("DELETE FROM note WHERE name = 'drained_to'")
        agent._drained = None
        for at in range(0, len(order), batch):
            _answer(agent, order[at : at + batch])
            done |= set(order[at : at + batch])
            low = next(seq for seq in range(len(order) + 1) if seq + 1 not in done)
            assert (agent.drained_to(), view.drained_to()) == (low, low)
            assert low - int(view.note("drained_to") or 0) < NOTED_EVERY
    with closing(AgentStore.open(place)) as agent:
        assert agent.drained_to() == len(order)


@pytest.mark.parametrize("asked", [True, False])
def test_an_answer_that_was_not_kept_moves_nothing(tmp_path: Path, asked: bool) -> None:
    enrol(tmp_path, HubKeys())
    with closing(AgentStore.open(tmp_path)) as agent:
        _answer(agent, [1, 2])
    with closing(AgentStore.open(tmp_path)) as agent:
        if asked:
            assert agent.drained_to() == 2
        with no_commit_works():
            _answer(agent, [3])
        assert agent.drained_to() == 2
        _answer(agent, [3, 4])
        assert agent.drained_to() == 4


def test_keys_of_the_hub_that_were_not_kept_are_used_by_nobody(tmp_path: Path) -> None:
    old, new = HubKeys(), HubKeys()
    enrol(tmp_path, old)
    sealing, signing = public_of(new.sealing), signing_public(new.signing)
    stated = sign_statement(old.signing, KeyStatement.of(2, NOON, sealing, signing))
    turned = [Change(n=1, kind="keys", body=dict(stated))]
    with closing(AgentStore.open(tmp_path)) as agent:
        before = agent.enrolled()
        with no_commit_works():
            agent.accept(1, turned, NOON)
        assert agent.enrolled() == before
        assert agent.accept(1, turned, NOON) == ()
        assert (agent.enrolled().sealing_public, agent.enrolled().keys_version) == (sealing, 2)


def test_the_clocks_new_judgement_counts_for_the_next_act(tmp_path: Path) -> None:
    enrol(tmp_path, HubKeys())
    with closing(AgentStore.open(tmp_path)) as agent, closing(TerminalStore.open(tmp_path, lambda: NOON)) as store:
        said = []
        for heard in (NOON, NOON + timedelta(hours=2), NOON):
            agent.judge_clock(Heard(heard, uptime()), NOON)
            kept = store.keep(APPLIED, {"item": ITEM})
            (event,) = store.events_after(kept.seq - 1, 1)
            said.append(event.clock)
        assert said == ["trusted", "unsure", "trusted"]
