"""The auditor's page: all that somebody did, in Chinese, by kind and division, and as a table without formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from hub.casework.tables import CaseStep
from hub.clocks.tables import RegionExtension
from hub.csv_text import csv_text
from hub.gateway.tables import DataStep
from hub.hub import Hub
from hub.identity.audit import KINDS
from hub.staff import add_staff
from hub.tables import Case, PictureView
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, apply
from tests.hub.pictured import PASSWORD, signed_in
from tests.hub.running import FakeTerminal, HandClock

COUNTY, PROVINCE = "440981000000", "440000000000"
EVIL = '=HYPERLINK("http://evil.example","点我")'


@pytest.fixture
def number(hub: Hub, url: str, clock: HandClock) -> str:
    """A case of which there is something of every kind to read, and the auditors."""
    apply(FakeTerminal.enrolled(hub, url, clock), People.load()["lin-yuelan"], identity=BY_TYPING)
    for name, role, region in (("shenji", "auditor", COUNTY), ("shengshen", "auditor", PROVINCE)):
        add_staff(hub.database, clock, name, role, region, PASSWORD)
    add_staff(hub.database, clock, "kaishe", "clerk", COUNTY, PASSWORD)
    day, now = date(2026, 11, 25), clock()
    steps = [
        CaseStep(case_id=1, act=act, kind="clerk", actor="jia", state_before="", state_after="", reason=why, at=now)
        for act, why in (("transfer", "云潭镇 → 高州市：不归本镇"), ("hand_over", EVIL), ("pause", "专家评审"))
    ]
    extension = RegionExtension(prefix="440981", first=day, last=day, reason="台风", staff="xian", made_at=now)
    extension.ended_at, extension.ended_by, extension.ended_why = now, "xian", "填错了"
    shared = DataStep(act="withdraw", source="pension", purpose="p", fields=["a"], staff="officer", reason="无", at=now)
    seen = PictureView(case_id=1, staff="jia", what="voice", seen_at=now)
    with hub.database.writing() as session:
        session.add_all((*steps, extension, shared, seen))
        return session.scalars(select(Case.number)).one()


@pytest.fixture
def auditor(url: str, number: str) -> Iterator[httpx.Client]:
    """The county's."""
    del number
    with signed_in(url, "shenji") as browser:
        yield browser


def table_of(browser: httpx.Client, **asked: str) -> list[list[str]]:
    """The table that a spreadsheet program opens, without its head."""
    reply = browser.get("/console/audit.csv", params=asked)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert reply.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))[1:]


def test_all_kinds_are_there_in_chinese_and_by_kind_and_division(auditor: httpx.Client, number: str, url: str) -> None:
    page = auditor.get("/console/audit").text
    for said in ("转给别的单位", "交给经办人", "停表", "办事人的录音", "给地区延期", "收回地区延期", "业务办理 广东省"):
        assert said in page, said
    assert number in page
    shown = re.sub(r"<span class=.code.>[^<]*</span>|<(input|option)[^>]*>", "", page.partition("<tbody>")[2])
    for english in ("clerk", "auditor", "transfer", "hand_over", "pause", "voice"):
        assert not re.search(rf"\b{english}\b", shown), english
    assert {row[3] for row in table_of(auditor, kind="clocks")} == {"停表和延期"}
    assert {row[4] for row in table_of(auditor, kind="clocks")} >= {"给地区延期", "收回地区延期"}
    assert table_of(auditor, kind="looks", region="440981103") == []
    assert len(table_of(auditor, kind="looks", region="440981102")) == 1
    assert auditor.get("/console/audit", params={"region": "440982"}).status_code == 403
    assert auditor.get("/console/audit", params={"region": "44"}).status_code == 403, "nor above"
    assert auditor.get("/console/audit", params={"kind": "nothing"}).status_code == 422
    assert table_of(auditor, kind="sharing") == [], "the province's officer is watched by the province's auditor"
    with signed_in(url, "shengshen") as above:
        assert [row[4] for row in table_of(above, kind="sharing", actor="officer")] == ["收回共享"]
        assert {
            kind: len(table_of(above, kind=kind)) > 0 for kind in KINDS if kind not in ("papers", "money", "ratings")
        }


def test_what_somebody_wrote_is_no_formula_in_the_table(auditor: httpx.Client) -> None:
    (row,) = [row for row in table_of(auditor, kind="cases") if "HYPERLINK" in row[5]]
    assert row[5] == f"'{EVIL}"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=1, max_size=4))
def test_a_table_reads_back_as_it_was_and_no_cell_begins_a_formula(cells: list[str]) -> None:
    (read,) = list(csv.reader(io.StringIO(csv_text(["a"], [cells]).removeprefix("\ufeff"), newline="")))[1:]
    for cell, written in zip(cells, read, strict=True):
        assert written in (cell, f"'{cell}")
        assert written.lstrip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")
