"""Row 74: a city's node asks the provincial centre over HTTP, and the centre's approvals and mounts count there too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.decisions import DecisionWorker
from hub.gateway.node_commands import Centre, nodes, read_centre
from hub.gateway.node_routes import register_node
from hub.gateway.reading import Gateway, Purpose
from hub.gateway.remote import NodeSources
from hub.gateway.sandbox import SandboxSources
from hub.gateway.sharing import decide_sharing, mount
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.settings import HubSettings
from hub.trouble import HubTrouble
from offline.wire.canonical import b64
from seeds.people import People
from tests.hub.casework.bench import answer_of, apply
from tests.hub.gateway.hands import reads, words
from tests.hub.running import LINE, FakeTerminal, HandClock, make_hub, serving

NODE, CITY = "maoming", "茂名市节点"


@pytest.fixture
def centre(tmp_path: Path, clock: HandClock) -> Hub:
    """The province's hub."""
    return make_hub(tmp_path / "centre", clock)


@pytest.fixture
def node(centre: Hub, tmp_path: Path, clock: HandClock) -> Iterator[Hub]:
    """A city's hub, registered at the centre that answers beside it."""
    with ExitStack() as opened:
        url = opened.enter_context(serving(centre, decide=False))
        settings = HubSettings(centre_url=url, centre_node=NODE, centre_key=b64(centre.keys.sealing_public))
        made = make_hub(tmp_path / "node", clock, settings)
        register_node(centre, NODE, CITY, "440900000000", made.keys.signing_public)
        yield made


def worker_of(node: Hub) -> SourceWorker:
    """The node's worker, which also fetches the centre's word."""
    return SourceWorker(node, Gateway(node, NodeSources(node, SandboxSources(node))))


def test_a_node_reads_the_province_through_the_centre_and_its_own_at_home_and_both_write_it_down(
    centre: Hub, node: Hub, clock: HandClock, people: People
) -> None:
    with serving(node, decide=False) as url:
        terminal = FakeTerminal.enrolled(node, url, clock)
        assert set(terminal.changes()) >= {"due", "helpers"}
        applied = apply(terminal, people["lin-yuelan"])
        assert DecisionWorker(node).run_once() == 1
        assert answer_of(terminal, applied).state == "approved"
    asked = {"population": "read", "pension": "read", "civil-affairs": "read"}  # the last for the witness
    assert words(reads(node, reader="rule")) == asked
    there = reads(centre, reader="node")
    assert words(there) == {"population": "read"}, "the pension library is the city's own"
    assert {(row.who, row.region) for row in there} == {(CITY, "440900000000")}
    # Of the village, who of those that would be due still lives, and what its helpers are called.
    assert {row.purpose for row in there} == {"pension-qualification", "dues", "helpers"}
    cases = {row.reference for row in there if row.purpose == "pension-qualification"}
    assert cases == {row.reference for row in reads(node, reader="rule")}


def test_what_the_centre_takes_back_or_takes_off_counts_at_the_node_after_the_next_exchange(
    centre: Hub, node: Hub, clock: HandClock, people: People
) -> None:
    decide_sharing(centre, "officer", "withdraw", "pension-qualification", "population", ["alive"], "超出需要")
    mount(centre, "officer", "credit", mounted=False, reason="检修")
    with serving(node, decide=False) as url:
        terminal = FakeTerminal.enrolled(node, url, clock)
        first = apply(terminal, people["lin-yuelan"])
        DecisionWorker(node).run_once()
        assert answer_of(terminal, first).state == "in_review", "the centre refuses, whatever the node still believes"
        worker_of(node).turn()
        apply(terminal, people["chen-deshui"])
        DecisionWorker(node).run_once()
    denied = [row for row in reads(node, reader="rule") if row.word == "unapproved"]
    assert denied[-1].fields == ["alive"], "now the node knows which field it is"
    read = Gateway(node, NodeSources(node, SandboxSources(node)))
    said = read.read(Purpose("test", "1", "rule", "1", "4409"), people["lin-yuelan"].id_number, ["credit.listed"])
    assert "unmounted" in [one.word for one in said.said]


def test_a_centre_that_is_not_there_lets_the_nodes_case_wait_and_a_stranger_is_told_nothing(
    centre: Hub, node: Hub, clock: HandClock, people: People
) -> None:
    stranger = LINE.post(f"{node.settings.centre_url}/v1/nodes/sharing", json={})
    assert (stranger.status_code, stranger.json()["type"].rpartition(":")[2]) == (401, "bad_signature")
    register_node(centre, NODE, CITY, "440900000000", centre.keys.signing_public)  # another key than the node's
    with serving(node, decide=False) as url:
        terminal = FakeTerminal.enrolled(node, url, clock)
        applied = apply(terminal, people["lin-yuelan"])
        DecisionWorker(node).run_once()
        assert answer_of(terminal, applied).state == "waiting"
        register_node(centre, NODE, CITY, "440900000000", node.keys.signing_public)
        clock.turn(node.settings.source_retry_s + 1)
        assert worker_of(node).turn()
        DecisionWorker(node).run_once()
        assert answer_of(terminal, applied).state == "approved"


def test_a_node_is_registered_by_two_commands_and_starts_with_the_file_it_was_given(
    centre: Hub, node: Hub, tmp_path: Path
) -> None:
    told, file = CliRunner(), tmp_path / "centre.json"
    key = told.invoke(nodes, ["key", "--state", str(tmp_path / "node")])
    where = ["--database", centre.database.url, "--state", str(tmp_path / "centre")]
    given = ["--name", CITY, "--region", "440900000000", "--url", "https://centre.example", "--to", str(file)]
    added = told.invoke(nodes, ["add", "city-2", *given, "--key", key.output.strip(), *where])
    assert added.exit_code == 0, added.output
    assert read_centre(file) == Centre(url="https://centre.example", node="city-2", key=b64(centre.keys.sealing_public))
    listed = told.invoke(nodes, ["list", "--json", "--database", centre.database.url])
    assert [one["id"] for one in json.loads(listed.output)] == ["city-2", NODE]
    wrong = told.invoke(nodes, ["add", "City 3", *given, "--key", key.output.strip(), *where])
    assert (wrong.exit_code, "节点编号或地址不对" in wrong.output) == (1, True)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(HubTrouble):
        read_centre(file)
