"""Rows 60, 61 and 75: the officer's approvals, the report on quality, and what is not mounted, on the console."""

from __future__ import annotations

import httpx
from sqlalchemy import select

from hub.gateway.tables import DataContradiction, DataStep
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.tables import BasePerson
from seeds.people import People
from tests.hub.casework.bench import Browse, answer_of, apply, case_of, decide
from tests.hub.gateway.hands import behave, reads, words
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal, HandClock

PENSION = "pension-qualification"


def say(officer: httpx.Client, act: str, fields: list[str], reason: str = "办事需要") -> httpx.Response:
    """The officer's word on fields of the pension library for the pension check."""
    csrf = csrf_of(officer.get("/console/sharing"))
    form = {"act": act, "purpose": PENSION, "source": "pension", "fields": fields, "reason": reason, "csrf": csrf}
    return officer.post("/console/sharing", data=form)


def set_mounted(officer: httpx.Client, source: str, mounted: bool) -> httpx.Response:
    """Takes a source off, or connects it."""
    page = f"/console/sources/{source}"
    form = {"mounted": str(mounted).lower(), "reason": "接口检修", "csrf": csrf_of(officer.get(page))}
    return officer.post(f"{page}/mount", data=form)


def test_what_the_officer_takes_back_is_read_no_more_and_the_trail_says_who_and_why(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    officer = browse("officer")
    assert "已批准" in officer.get("/console/sharing").text
    assert say(officer, "withdraw", ["county", "status"], "超出需要").is_success
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    told = answer_of(terminal, applied)
    assert told.state == "in_review"
    assert "这件事用养老待遇库的资料还没有批准，由工作人员核对" in [one.text for one in told.reasons]
    denied = next(row for row in reads(hub, source="pension", reader="rule") if row.word == "unapproved")
    assert set(denied.fields) == {"county", "status"}
    assert say(officer, "withdraw", ["status"]).status_code == 422, "it is taken back already"
    assert say(officer, "approve", ["county", "status"], "").status_code == 422, "a reason is owed"
    assert say(officer, "approve", ["county", "status"]).is_success
    again = apply(terminal, people["chen-deshui"])
    decide(hub)
    assert answer_of(terminal, again).state == "approved"
    page = officer.get("/console/sharing").text
    assert "超出需要" in page
    with hub.database.reading() as session:
        trail = session.scalars(select(DataStep).where(DataStep.staff == "officer").order_by(DataStep.id)).all()
    assert [(one.act, one.purpose, one.fields) for one in trail] == [
        ("withdraw", PENSION, ["county", "status"]),
        ("approve", PENSION, ["county", "status"]),
    ]


def test_a_source_that_is_not_mounted_is_said_to_be_so_to_resident_clerk_and_officer(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    officer, clerk = browse("officer"), browse("jia")
    entries = sum(len(one.fields) for one in hub.sources.all)
    missing = sum(len(one.fields) for one in hub.sources.all if not one.mounted)
    assert f"目录里 {entries} 项，已挂载 {entries - missing} 项" in officer.get("/console/sources").text
    assert set_mounted(officer, "pension", False).is_success
    assert f"已挂载 {entries - missing - 4} 项" in officer.get("/console/sources").text
    applied = apply(terminal, people["lin-yuelan"])
    decide(hub)
    told = answer_of(terminal, applied)
    assert told.state == "in_review"
    assert "养老待遇库还没有接到这里（未挂载），由工作人员核对" in [one.text for one in told.reasons]
    number = case_of(hub).number
    page = clerk.get(f"/desk/cases/{number}")
    assert "未挂载" in page.text
    assert set_mounted(officer, "pension", True).is_success
    assert clerk.post(f"/desk/cases/{number}/data", data={"csrf": csrf_of(page)}).is_success
    assert words(reads(hub, reader="clerk", word="read")) == {
        "population": "read",
        "pension": "read",
        "civil-affairs": "read",
    }
    page = clerk.get(f"/desk/cases/{number}")
    assert '<td data-label="结果">未挂载' not in page.text, "the last word counts; the rule's reason stays"
    assert '<td data-label="结果">读到' in page.text


def test_the_report_tells_completeness_age_answers_and_contradictions_from_what_was_really_read(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse, asker: SourceWorker
) -> None:
    operator, officer = browse("op"), browse("officer")
    assert "没有问过" in operator.get("/console/sources/pension").text
    with hub.database.writing() as session:
        row = session.get_one(BasePerson, people["chen-deshui"].id_number)
        row.facts = {**row.facts, "pension": {**row.facts["pension"], "county": None}}
    for slug in ("lin-yuelan", "chen-deshui"):
        apply(terminal, people[slug])
        decide(hub)
    behave(operator, "pension", "old")
    apply(terminal, people["he-guoming"])
    decide(hub)
    behave(operator, "pension", "silent")
    apply(terminal, people["lin-mali"])
    decide(hub)
    page = operator.get("/console/sources/pension").text
    assert "66%<small>2/3</small>" in page, "one of three pensions has no county"
    assert "100%<small>3/3</small>" in page
    assert "400 天前" in page
    assert "答 3 次，没答或答错 1 次，查无此人 0 次" in page
    apply(terminal, people["huang-axing"])
    decide(hub)
    assert "人口库里说健在，又有死亡日期" in officer.get("/console/sources/population").text
    with hub.database.reading() as session:
        (found,) = session.scalars(select(DataContradiction))
    form = {"csrf": csrf_of(officer.get("/console/sources/population"))}
    assert officer.post(f"/console/contradictions/{found.id}", data=form).is_success
    assert "没有发现还没告知的矛盾" in officer.get("/console/sources/population").text


def test_the_log_names_who_looked_and_why_and_shows_no_other_county_anything(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    apply(terminal, people["huang-axing"])
    decide(hub)
    number = case_of(hub).number
    assert browse("jia").get(f"/desk/cases/{number}").is_success
    shown = reads(hub, word="shown")
    assert {(row.reader, row.who, row.reference) for row in shown} == {("clerk", "jia", number)}
    browse("jia").get(f"/desk/cases/{number}")
    assert len(reads(hub, word="shown")) == len(shown), "once a day is enough"
    page = browse("officer").get(f"/console/reads?reference={number}").text
    assert "经办人 jia" in page
    assert "办事规则（自动核对）" in page
    assert "是否健在" in page
    assert people["huang-axing"].id_number not in page
