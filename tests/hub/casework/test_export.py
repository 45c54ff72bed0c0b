"""Cases in national field names, by command and by route, and nothing of anybody in them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hub.commands import hub as program
from hub.hub import Hub
from hub.staff import add_staff
from seeds.people import People
from tests.hub.casework.bench import Browse, apply, case_of, decide
from tests.hub.pictured import PASSWORD
from tests.hub.running import FakeTerminal, HandClock


@pytest.fixture
def number(hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock) -> str:
    """A settled case."""
    add_staff(hub.database, clock, "xian", "operator", "440981000000", PASSWORD)
    add_staff(hub.database, clock, "waixian", "operator", "440902000000", PASSWORD)
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    return case_of(hub).number


def test_a_case_is_exported_in_the_national_fields_without_anything_personal(
    hub: Hub, number: str, people: People, browse: Browse
) -> None:
    body = browse("xian").get("/console/cases/export.json").json()
    (row,) = body["办件"]
    assert body["next"] is None
    assert (
        row
        | {
            "办件编号": number,
            "基本编码": "440007999001",
            "服务对象": "自然人",
            "办件类型": "即办件",
            "承诺办结时限": 1,
            "承诺办结时限单位": "工作日",
            "法定办结时限": 20,
            "到办事现场次数": 0,
            "行使层级": "村（社区）级",
            "村居社区代码": "440981102999",
            "乡镇街道代码": "440981102",
            "办件状态": "办结（准予）",
        }
        == row
    )
    said = json.dumps(body, ensure_ascii=False)
    person = people["lin-yuelan"]
    assert not any(word in said for word in (person.name, person.masked_name, person.id_number, person.masked_number))
    assert browse("waixian").get("/console/cases/export.json").json()["办件"] == []


def test_the_command_exports_the_same_and_only_the_division_asked_for(hub: Hub, number: str) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(program, ["cases", "export", "--database", hub.database.url, *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert json.loads(run("--json"))["办件"][0]["办件编号"] == number
    assert json.loads(run("--json", "--region", "440902000000"))["办件"] == []
    assert number in run("--region", "440981000000")
