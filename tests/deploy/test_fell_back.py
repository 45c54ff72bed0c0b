"""Either end comes back with an earlier state of its files, from a backup or another disk: nothing kept is lost."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from hub.decisions import DecisionWorker
from kiosk.agent.loop import EnrolmentRefused
from offline.projection import Stage
from offline.pruning import Keeping, prune
from offline.store import AgentView, TerminalStore
from tests.conftest import LogWatch
from tests.deploy.town import Town, at_hub, backup, bring_back, cases, terminals

AT_ONCE = Keeping(settled=timedelta(0), unclaimed=timedelta(0))


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
