"""A rule's decision made again from what was kept of it: the same comes out, or it is said what differs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from hub.commands import hub as program
from hub.decision_replay import Replayed, replay_decision
from hub.gateway.tables import DataRead
from hub.hub import Hub
from hub.tables import BasePerson, Case, DecisionRecord
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, apply, decide
from tests.hub.running import FakeTerminal, HandClock

PENSION = "pension-qualification"


def again(hub: Hub) -> Replayed:
    with hub.database.reading() as session:
        return replay_decision(session, hub, session.scalars(select(Case)).one())


def ruled(hub: Hub, **changes: object) -> Hub:
    """The hub with another rule for the item."""
    item = hub.catalogue.item(PENSION)
    rule = item.decision.model_copy(update=changes)
    return replace(hub, catalogue=Catalogue((item.model_copy(update={"decision": rule}),)))


def test_a_decision_comes_out_the_same_whatever_the_sources_say_by_now(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    apply(terminal, people["lin-yuelan"])
    assert again(hub).word == "undecided"
    decide(hub)
    clock.turn(40 * 86_400)
    with hub.database.writing() as session:
        session.execute(delete(BasePerson))  # nobody is in the library any more
        reads = len(session.scalars(select(DataRead)).all())
    found = again(hub)
    assert (found.word, found.then, found.now, found.well) == ("same", "approve", "approve", True)
    with hub.database.reading() as session:
        assert len(session.scalars(select(DataRead)).all()) == reads, "no source is asked again"
        assert session.scalars(select(Case.state)).one() == "approved"


def test_a_record_that_somebody_changed_and_a_rule_that_was_changed_under_its_version_are_found(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    strict = hub.catalogue.item(PENSION).decision.checks[0].model_copy(update={"cel": "false", "otherwise": "refuse"})
    found = again(ruled(hub, checks=(strict,)))
    assert (found.word, found.now, found.well) == ("different", "refuse", False)
    assert "结果不同：当时 通过，重放 不通过" in found.lines
    with hub.database.writing() as session:
        session.execute(update(DecisionRecord).values(outcome="refuse", reasons=[{"code": "x", "text": "不给"}]))
    found = again(hub)
    assert found.word == "different"
    assert "当时有、重放没有的理由：不给（x）" in found.lines


def test_another_version_is_said_to_be_another_and_a_doubt_beside_the_rule_is_no_difference(
    hub: Hub, terminal: FakeTerminal, people: People
) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    found = again(ruled(hub, version="99"))
    assert (found.word, found.well) == ("other_version", False)
    assert "第 99 版" in found.lines[0]
    with hub.database.writing() as session:
        doubt = [{"code": "contradiction", "text": "两处说的不一样"}]
        session.execute(update(DecisionRecord).values(outcome="manual", reasons=doubt))
    found = again(hub)
    assert (found.word, found.well) == ("not_by_rule", True)
    assert found.lines[1] == "规则自己判：通过"


def test_the_command_says_it_in_chinese_names_nobody_and_ends_with_the_right_code(
    hub: Hub, terminal: FakeTerminal, tmp_path: Path, people: People
) -> None:
    apply(terminal, people["lin-yuelan"])
    apply(terminal, people["chen-deshui"], identity=BY_TYPING)
    decide(hub)
    with hub.database.reading() as session:
        number = session.scalars(select(Case.number).order_by(Case.id)).first() or ""
    where = ["--database", f"sqlite:///{tmp_path / 'hub.db'}", "--state", str(tmp_path)]

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(program, ["decision", "replay", *where, *words])
        return result.exit_code, result.output

    code, said = run(number)
    assert code == 0, said
    assert "一样 same" in said
    code, told = run("--last", "10", "--json")
    assert code == 0, told
    assert {one["word"] for one in json.loads(told)["decisions"]} <= {"same", "not_by_rule"}
    for person in (people["lin-yuelan"], people["chen-deshui"]):
        assert person.name not in said + told
        assert person.id_number not in said + told
    assert run("440981102999-20260101-00001")[0] == 1
    assert run("--last", "10", "--region", "440100000000", "--json")[1].strip() == '{"decisions": [], "unknown": []}'
    assert run()[0] == 2
    with hub.database.writing() as session:
        session.execute(update(DecisionRecord).values(outcome="refuse"))
    code, said = run(number)
    assert (code, "结果不同" in said) == (1, True)


@pytest.mark.parametrize("slug", ["lin-yuelan", "huang-axing"])
def test_whatever_the_rule_said_of_somebody_it_says_again(
    hub: Hub, terminal: FakeTerminal, people: People, slug: str
) -> None:
    apply(terminal, people[slug])
    decide(hub)
    assert again(hub).well
