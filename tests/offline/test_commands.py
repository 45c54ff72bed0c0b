"""What a technician sees of the outbox, and what goes wrong in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from offline.bounds import Bounds
from offline.commands import journal, outbox
from offline.database import Connection
from offline.keys import database_key
from offline.store import AgentStore, TerminalStore
from offline.wire.batch import EventResult, EventStatus
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    state_dir = tmp_path / "state"
    enrol(state_dir, HubKeys())
    store = TerminalStore.open(state_dir, lambda: NOON)
    for _ in range(3):
        store.keep(APPLIED, {"item": ITEM})
    store.close()
    path = tmp_path / "terminal.toml"
    path.write_text('[terminal]\nstate_dir = "state"\n', encoding="utf-8")
    return path


def asked(toml: Path, *arguments: str) -> Result:
    """The outcome of `zhizhu outbox …`."""
    return CliRunner().invoke(outbox, [*arguments, "--config", str(toml)])


def test_status_counts_what_waits_and_a_parked_event_is_not_well(toml: Path) -> None:
    seen = asked(toml, "status", "--json")
    report = json.loads(seen.output)
    assert seen.exit_code == 0
    assert (report["kept"], report["waiting"], report["enrolled"]) == (3, 3, "t-0001")
    store = TerminalStore.open(toml.parent / "state")
    first = store.events_after(0, 1)[0]
    store.close()
    agent = AgentStore.open(toml.parent / "state")
    agent.acknowledge([(1, EventResult(id=first.id, status=EventStatus.PARKED, reason="看不懂"))], NOON)
    agent.close()
    seen = asked(toml, "status")
    assert seen.exit_code == 1
    assert "待送达 2 条，最早一条 2026-11-23 12:00:00，被搁置 1 条" in seen.output
    assert "看不懂" in seen.output


def test_status_says_what_is_refused_and_by_which_bound(toml: Path) -> None:
    report = json.loads(asked(toml, "status", "--json").output)
    assert report["bounds"] == Bounds().in_settings()
    assert report["room"]["refuses"] == {}
    toml.write_text('[terminal]\nstate_dir = "state"\n[outbox]\nmax_events = 3\n', encoding="utf-8")
    seen = asked(toml, "status")
    assert seen.exit_code == 1
    assert "容量已用 100%" in seen.output
    assert "不再接收关系生计的事项：等待送出的记录已到上限" in seen.output
    assert json.loads(asked(toml, "status", "--json").output)["room"]["refuses"]["essential"] == "events"
    toml.write_text('[terminal]\nstate_dir = "state"\n[outbox]\nmax_events = "many"\n', encoding="utf-8")
    assert "outbox.max_events 不是数字" in asked(toml, "status").output


def test_list_names_each_event_and_its_stage(toml: Path) -> None:
    events = json.loads(asked(toml, "list", "--json").output)
    assert [(event["seq"], event["type"], event["stage"]) for event in events] == [
        (n, APPLIED, "kept") for n in (1, 2, 3)
    ]
    assert len(asked(toml, "list", "--limit", "2").output.splitlines()) == 2


def test_verify_names_the_first_bad_record(toml: Path) -> None:
    assert json.loads(asked(toml, "verify", "--json").output)["head"]["seq"] == 3
    state_dir = toml.parent / "state"
    connection = Connection(state_dir / "terminal.db", database_key(state_dir), write=True)
    connection.rows("DELETE FROM slip WHERE of_seq = 2")
    connection.rows("DELETE FROM event WHERE seq = 2")
    connection.close()
    seen = asked(toml, "verify", "--json")
    assert seen.exit_code == 1
    assert json.loads(seen.output)["first_bad"]["seq"] == 3
    assert "第 3 条不对" in asked(toml, "verify").output


def test_the_agents_chain_is_verified_too(toml: Path) -> None:
    seen = CliRunner().invoke(journal, ["verify", "--config", str(toml), "--json"])
    assert json.loads(seen.output) == {"ok": True, "head": json.loads(seen.output)["head"]}
    assert json.loads(seen.output)["head"]["seq"] == 1


@pytest.mark.parametrize("text", [None, "[terminal", "terminal = 3\n", '[terminal]\nstate_dir = "elsewhere"\n'])
def test_a_wrong_config_is_one_sentence(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "terminal.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    for command in ("status", "list", "verify"):
        seen = asked(path, command)
        assert seen.exit_code == 1
        assert seen.output.startswith("Error: ")


def test_a_damaged_file_is_one_sentence(toml: Path) -> None:
    (toml.parent / "state" / "terminal.db").write_bytes(b"\x07" * 8192)
    seen = asked(toml, "status")
    assert seen.exit_code == 1
    assert "读不出来" in seen.output


def test_a_config_in_another_encoding_is_said_in_words_not_in_a_codecs(toml: Path) -> None:
    toml.write_bytes('[terminal]\nname = "示例村"\n'.encode("gb18030"))
    seen = asked(toml, "status")
    assert seen.exit_code == 1
    assert "不是 UTF-8 文字" in seen.output
    assert "codec" not in seen.output
