"""Delivery lists: each taken once whoever misbehaves, each line believed or told why not, in words."""

from __future__ import annotations

from datetime import date

import pytest

from hub.houses.lines import checked
from hub.houses.sandbox import DEVELOPER, Manner, load_first_lists
from seeds.projects import Projects
from tests.hub.houses.site import PROJECT, Site
from tests.hub.pictured import csrf_of, signed_in

TODAY = date(2026, 11, 28)
GOOD = {
    "project": PROJECT,
    "building": "3栋",
    "room": "502房",
    "house": "440981000456",
    "buyer_number": "440999197910069053",
    "area": "89.50",
    "price_fen": 35_800_000,
    "delivered_on": "2026-11-20",
}
PROJECTS = Projects.load()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"house": "44098100045"}, "十二位"),
        ({"buyer_number": "440999197910069054"}, "身份证号码不对"),
        ({"area": "八十九"}, "平方米数"),
        ({"price_fen": "35800000"}, "整数的分"),
        ({"price_fen": True}, "整数的分"),
        ({"delivered_on": "2026-11-29"}, "还没有到"),
        ({"delivered_on": "1999-01-01"}, "太早"),
        ({"delivered_on": "昨天"}, "2026-11-20 这样"),
        ({"building": "  "}, "楼栋"),
        ({"building": "3\x00栋"}, "楼栋"),  # PostgreSQL keeps no NUL: one such line would hold up every list behind it
        ({"room": "502\n房"}, "房号"),
        ({"room": "502\ud800"}, "房号"),
        ({"project": "XM0000000047"}, "不是贵公司的项目"),
        ({"project": "XM0000000039"}, "已经停用"),
        ({"word": "sold"}, "delivered"),
        ({"note": "x"}, "不认识的内容"),
    ],
)
def test_a_line_that_is_wrong_is_told_in_words_what_is_wrong_with_it(changes: dict[str, object], said: str) -> None:
    found = checked((GOOD, GOOD | changes), DEVELOPER, PROJECTS, TODAY, 10)
    assert [n for n, _ in found.lines] == [1]
    (fault,) = found.faults
    assert fault.line == 2
    assert said in fault.sentence
    assert "440999" not in fault.sentence


@pytest.mark.parametrize("junk", [None, 7, "x", [], {}, {"house": {"a": 1}}, [[GOOD]]])
def test_what_is_no_line_at_all_is_told_too(junk: object) -> None:
    found = checked((junk,), DEVELOPER, PROJECTS, TODAY, 10)
    assert (found.lines, len(found.faults)) == ((), 1)


def test_another_developer_may_not_report_for_this_project_and_a_long_list_is_taken_up_to_its_bound() -> None:
    assert checked((GOOD,), "somebody-else", PROJECTS, TODAY, 10).lines == ()
    found = checked((GOOD, GOOD | {"room": "503房"}, GOOD), DEVELOPER, PROJECTS, TODAY, 2)
    assert [n for n, _ in found.lines] == [1, 2]
    assert "最多2行" in found.faults[0].sentence


def test_a_developer_that_is_silent_wrong_or_late_keeps_the_case_waiting_and_ends_right(table: Site) -> None:
    claimed = table.file()
    table.behave("silent")
    number = table.report(table.line(), table.line(house="1"))
    manners: tuple[tuple[Manner, str], ...] = (("silent", "silent"), ("wrong", "doubtful"), ("late", ""))
    for manner, trouble in manners:
        table.behave(manner)
        table.round()
        assert (table.trouble(), table.taken()) == (trouble, [])
        assert table.seen(claimed).order is None
    table.behave("well")
    table.lists._ask(table.developer)
    table.behave("silent")  # it does not hear, either
    table.round()
    assert (table.taken(), table.heard(number)) == ([number], None)
    assert table.seen(claimed).order is not None
    table.behave("well")
    table.round()
    assert table.heard(number) == [(2, "不动产单元号要写十二位数字。")]
    assert table.entries() == [("ready", True)]


def test_a_list_that_is_given_twice_is_taken_once_and_the_next_one_after_it(table: Site) -> None:
    table.behave("twice")
    numbers = [table.report(), table.report(table.line(table.people["lin-jianguo"], house="440981000464"))]
    table.round()
    assert table.taken() == numbers
    assert table.entries() == [("ready", False), ("ready", False)]
    assert table.heard(numbers[0]) == []


def test_on_its_page_an_operator_has_the_developer_report_a_home_and_reads_why_it_was_not_taken(
    table: Site, url: str
) -> None:
    assert load_first_lists(table.hub, table.hub.projects, table.people) == 2
    assert load_first_lists(table.hub, table.hub.projects, table.people) == 0
    table.round()
    with signed_in(url, "op") as browser:
        page = browser.get("/sandbox/developer")
        assert "第2行没有收：不动产单元号要写十二位数字。" in page.text
        assert table.buyer.id_number not in page.text
        form = {"csrf": csrf_of(page), **GOOD, "house": "440981000472", "price": "358000", "delivered_on": "2020-01-01"}
        assert browser.post("/sandbox/developer/lists", data={**form, "price_fen": ""}).is_success
        assert browser.post("/sandbox/developer/lists", data={**form, "buyer_number": "1"}).is_success
        assert browser.post("/sandbox/developer", data={"manner": "late", "csrf": form["csrf"]}).is_success
        assert 'value="late" selected' in browser.get("/sandbox/developer").text
    table.behave("well")
    table.round()
    assert len(table.taken()) == 3
    assert table.entries() == [("ready", False), ("ready", False)]
