"""A terminal that the hub has shut out promises nobody anything any more, and goes on when it is let in again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.commands import hub as hub_command
from offline.bounds import Cause, Priority
from offline.store import TerminalStore
from offline.trouble import OutboxFull
from tests.conftest import LogWatch
from tests.deploy.town import Town, at_hub, terminals


def test_a_terminal_that_was_shut_out_keeps_what_it_has_and_takes_nothing_new(tmp_path: Path, logs: LogWatch) -> None:
    logs.expect("停用")
    town = Town(tmp_path)
    with town.hub() as (hub, url), town.agent(hub, url) as agent:
        town.turn(agent)
        kept = town.apply()
        told = (*terminals(hub), "--database", hub.database.url)
        assert CliRunner().invoke(hub_command, ["terminals", "revoke", *told]).exit_code == 0
        town.turn(agent)
        with closing(TerminalStore.open(town.files, town.clock)) as store:
            assert {store.room().why(each) for each in Priority} == {Cause.SHUT_OUT}, "it is said before one begins"
        with pytest.raises(OutboxFull) as refused:
            town.apply()
        assert refused.value.cause is Cause.SHUT_OUT
        assert at_hub(hub) == []
        assert CliRunner().invoke(hub_command, ["terminals", "restore", *told]).exit_code == 0
        town.turn(agent)
        assert at_hub(hub) == kept
        assert len(town.apply()) == 1
