"""一码通行 over real HTTP: the project's page tells each permit with its check and state."""

from __future__ import annotations

import re
from datetime import date

import httpx
import pytest

from hub.houses.projects import permits_seen, read_code
from seeds.projects import Permit, Projects
from seeds.words import Words
from tests.hub.running import LINE

PROJECTS = Projects.load()


def shown(reply: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text))


def test_every_permit_is_shown_with_its_check_and_its_state(url: str) -> None:
    reply = LINE.get(f"{url}/verify/project/XM0000000014")
    text = shown(reply)
    assert reply.status_code == 200
    for permit in ("建设工程规划许可证", "建筑工程施工许可证", "商品房预售许可证", "消防验收", "竣工验收备案"):
        assert f"{permit} 有效" in text
    assert text.count("校验位核对无误") == 6
    assert "演示" in text


def test_what_was_revoked_ran_out_or_was_never_given_is_told_so(url: str) -> None:
    text = shown(LINE.get(f"{url}/verify/project/xm0000000022"))
    assert "建筑工程施工许可证 已撤销 擅自加层，已经撤销。" in text
    assert "商品房预售许可证 编号不对" in text
    assert "校验位不对" in text
    assert "竣工验收备案 还没有办" in text


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("XM0000000015", 404, "抄错了"),
        ("something", 404, "抄错了"),
        ("XM0000000047", 404, "没有这个项目码"),
        ("XM0000000039", 410, "已经停用"),
    ],
)
def test_a_code_that_is_misspelt_unknown_or_ended_is_told_so(url: str, code: str, status: int, said: str) -> None:
    reply = LINE.get(f"{url}/verify/project/{code}")
    assert (reply.status_code, said in shown(reply)) == (status, True)
    assert "许可证" not in shown(reply)


def test_states_go_by_the_day() -> None:
    word, project = read_code(" xm0000000014 ", PROJECTS)
    assert word == "valid"
    assert project is not None
    states = [one.state for one in permits_seen(project, date(2027, 3, 1))]
    assert states == ["granted", "granted", "granted", "over", "granted", "granted"]
    assert {one.state for one in permits_seen(project, date(2020, 1, 1))} == {"pending"}


def test_every_code_and_number_of_the_seeds_is_well_formed_but_the_one_that_is_wrong_on_purpose() -> None:
    seen = [(project, one) for project in PROJECTS.all for one in permits_seen(project, date(2026, 11, 28))]
    assert [one.permit.number for _, one in seen if one.state == "doubtful"] == ["YS0000000023"]
    assert all(read_code(project.code, PROJECTS)[0] in ("valid", "ended") for project, _ in seen)
    assert isinstance(seen[0][1].permit, Permit)
    assert isinstance(seen[0][1].permit.words, Words)
