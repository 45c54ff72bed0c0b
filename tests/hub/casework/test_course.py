"""A case's course over real HTTP: routed, paused, passed on, handed over, extended with its region, its lights."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from sqlalchemy import func, select

from hub.casework.tables import CaseStep
from hub.clocks.keeping import sweep_clocks
from hub.clocks.tables import RegionExtension
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.staff import add_staff
from hub.tables import Case, StaffAccount
from seeds.casework import Casework
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, act, acts_of, apply, case_of, decide, with_item
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, hub_over, serving
from tests.hub.stores import Store


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item takes ten working days and may be paused for an expert review."""
    made = with_item(hub_over(store, clock), Casework(procedures=("expert_review",)), promised_days=10)
    for name, role, region in (
        ("cun", "clerk", VILLAGE),
        ("cun-b", "clerk", VILLAGE),
        ("zhen", "clerk", "440981102000"),
        ("xian", "operator", "440981000000"),
        ("waixian", "operator", "440902000000"),
    ):
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def number(hub: Hub, terminal: FakeTerminal, people: People) -> str:
    """A case that a rule has handed to a person."""
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    return case_of(hub).number


def test_every_step_is_in_the_journal_with_its_actor_and_reason(hub: Hub, number: str, browse: Browse) -> None:
    assert acts_of(hub) == ["file", "rule_manual"]
    clerk = browse("cun")
    assert act(clerk, number, "hand_over", "cun-b", "明天我休假").is_success
    form = {"outcome": "approve", "reason": "", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    assert acts_of(hub) == ["file", "rule_manual", "hand_over", "clerk_approve"]
    with hub.database.reading() as session:
        handed = session.scalars(select(CaseStep).where(CaseStep.act == "hand_over")).one()
    assert (handed.actor, handed.state_before, handed.state_after) == ("cun", "in_review", "in_review")
    assert "cun-b" in handed.reason
    page = clerk.get(f"/desk/cases/{number}").text
    assert "办理记录" in page
    assert "明天我休假" in page


def test_a_pause_stops_the_clock_with_its_reason_and_the_resident_is_told(
    hub: Hub, number: str, browse: Browse, clock: HandClock
) -> None:
    assert (case_of(hub).light, case_of(hub).due_on) == ("green", date(2026, 12, 7))
    clerk = browse("cun")
    assert "特别程序" in act(clerk, number, "pause", "hearing").text, "the item has no hearing"
    assert case_of(hub).waits_for is None
    act(clerk, number, "pause", "expert_review", "等专家组意见")
    stopped = case_of(hub)
    assert (stopped.light, stopped.due_on, stopped.waits_for, stopped.state) == (
        "stopped",
        None,
        "expert_review",
        "in_review",
    )
    assert "等专家组意见" in stopped.reasons[0]["text"]
    clock.turn(30 * DAY_S)
    sweep_clocks(hub)
    assert case_of(hub).light == "stopped"
    clerk = browse("cun")
    act(clerk, number, "resume", reason="意见已出")
    gone_on = case_of(hub)
    assert (gone_on.light, gone_on.waits_for) == ("green", None)
    assert gone_on.due_on == date(2027, 1, 6)  # nothing was used: day one is the day it goes on, New Year is off


def test_a_light_turns_by_itself_and_is_seen_on_desk_console_and_metrics(
    hub: Hub, number: str, browse: Browse, clock: HandClock, url: str
) -> None:
    assert sweep_clocks(hub) == 0, "nothing has turned: nothing is read anew"
    clock.turn(10 * DAY_S)
    assert sweep_clocks(hub) == 1
    assert case_of(hub).light == "yellow"
    clock.turn(10 * DAY_S)
    assert sweep_clocks(hub) == 1
    assert sweep_clocks(hub) == 0
    assert "已超期" in browse("cun").get("/desk").text
    assert "已超期 1" in browse("xian").get("/console").text
    assert 'zhizhu_hub_cases_open{light="red"} 1.0' in LINE.get(f"{url}/metrics").text


def test_a_case_passed_on_is_the_other_units_and_whoever_passed_it_can_only_look(
    hub: Hub, number: str, browse: Browse
) -> None:
    clerk = browse("cun")
    assert "没有这个单位" in act(clerk, number, "transfer", "town-centre@440981").text
    assert act(clerk, number, "transfer", "town-centre@440981102", "要镇里盖章").is_success
    moved = case_of(hub)
    assert (moved.unit, moved.handled_in, moved.region) == ("town-centre@440981102", "440981102", VILLAGE)
    assert number not in clerk.get("/desk").text
    assert number in browse("zhen").get("/desk").text
    page = clerk.get(f"/desk/cases/{number}")
    assert "别的单位办" in page.text
    form = {"outcome": "approve", "csrf": csrf_of(page)}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).status_code == 409
    assert case_of(hub).state == "in_review"


def test_a_case_is_only_handed_to_a_clerk_of_its_place(hub: Hub, number: str, browse: Browse) -> None:
    clerk = browse("cun")
    assert "没有这个经办人" in act(clerk, number, "hand_over", "xian").text
    with hub.database.writing() as session:
        session.get_one(StaffAccount, "zhen").closed_at = hub.clock()
    assert "没有这个经办人" in act(clerk, number, "hand_over", "zhen").text, "nobody signs in with it any more"
    with hub.database.writing() as session:
        session.get_one(StaffAccount, "zhen").closed_at = None
    assert act(clerk, number, "hand_over", "zhen").is_success
    assert case_of(hub).clerk == "zhen"


def test_an_extension_of_a_region_moves_every_open_case_in_it_and_no_other(
    hub: Hub, number: str, browse: Browse, clock: HandClock
) -> None:
    def give(name: str, region: str) -> httpx.Response:
        browser = browse(name)
        form = {"region": region, "first": "2026-11-25", "last": "2026-11-26", "reason": "台风"}
        return browser.post("/console/extensions", data=form | {"csrf": csrf_of(browser.get("/console/extensions"))})

    assert give("waixian", "440981").status_code == 422, "not that operator's region"
    assert give("cun", VILLAGE).status_code == 403
    assert case_of(hub).due_on == date(2026, 12, 7)
    assert "台风" in give("xian", "440981").text
    assert sweep_clocks(hub) == 1
    assert case_of(hub).due_on == date(2026, 12, 9)
    assert "台风" in browse("cun").get(f"/desk/cases/{number}").text, "the clerk sees why the day moved"


def test_an_extension_that_was_a_mistake_is_taken_back_as_if_it_had_never_been(
    hub: Hub, number: str, terminal: FakeTerminal, people: People, browse: Browse, clock: HandClock
) -> None:
    apply(terminal, people["wu-guifang"], identity=BY_TYPING)
    decide(hub)
    operator, clerk = browse("xian"), browse("cun")
    form = {"region": "440981", "first": "2026-11-25", "last": "2026-12-04", "reason": "台风"}
    operator.post("/console/extensions", data=form | {"csrf": csrf_of(operator.get("/console/extensions"))})
    assert sweep_clocks(hub) == 2
    clock.turn(16 * DAY_S)  # it is the 9th of December: late, but for the storm
    operator, clerk = browse("xian"), browse("cun")
    sent = {"outcome": "refuse", "reason": "材料不符", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
    assert clerk.post(f"/desk/cases/{number}/decision", data=sent).is_success

    def end(browser: httpx.Client, reason: str) -> int:
        csrf = csrf_of(browser.get("/console/account"))
        return browser.post("/console/extensions/1", data={"reason": reason, "csrf": csrf}).status_code

    assert [end(browse(name), "填错了") for name in ("waixian", "cun")] == [422, 403]
    assert [end(operator, why) for why in (" ", "填错了地方", "填错了地方")] == [422, 200, 422]
    assert sweep_clocks(hub) == 1
    with hub.database.reading() as session:
        ended, still_open = session.scalars(select(Case).order_by(Case.id)).all()
        assert (ended.light, still_open.light, still_open.due_on) == ("kept", "red", date(2026, 12, 7))
    assert "台风" not in clerk.get(f"/desk/cases/{still_open.number}").text
    assert "由 xian 收回：填错了地方" in operator.get("/console/extensions").text


def test_a_case_opened_during_an_extension_has_it_from_its_first_moment(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    browser = browse("xian")
    form = {"region": "440981102", "first": "2026-11-23", "last": "2026-12-04", "reason": "洪水"}
    browser.post("/console/extensions", data=form | {"csrf": csrf_of(browser.get("/console/extensions"))})
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"])))
    assert (case_of(hub).light, case_of(hub).due_on) == ("stopped", date(2026, 12, 18))


def test_an_extension_at_the_end_of_time_is_refused_and_the_village_goes_on_applying(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    browser = browse("xian")
    form = {"region": "440981", "first": "9999-12-01", "last": "9999-12-31", "reason": "台风"}
    said = browser.post("/console/extensions", data=form | {"csrf": csrf_of(browser.get("/console/extensions"))})
    assert (said.status_code, "还太远" in said.text) == (422, True)
    event = terminal.event(terminal.application(people["lin-yuelan"]))
    assert terminal.send(event).results[0].status.value == "stored"


def test_the_extensions_of_many_other_places_push_none_out_of_sight(hub: Hub, number: str, browse: Browse) -> None:
    del number
    browser = browse("xian")
    form = {"region": "440981", "first": "2026-11-25", "last": "2026-11-26", "reason": "台风"}
    browser.post("/console/extensions", data=form | {"csrf": csrf_of(browser.get("/console/extensions"))})
    day = date(2026, 11, 25)
    with hub.database.writing() as session:
        session.add_all(
            RegionExtension(prefix=f"4407{n:05d}", first=day, last=day, reason="涨水", staff="jia", made_at=hub.clock())
            for n in range(250)
        )
    assert sweep_clocks(hub) == 1
    assert case_of(hub).due_on == date(2026, 12, 9)


def test_a_clerk_still_decides_what_lies_there_when_its_item_is_retired(
    hub: Hub, url: str, number: str, browse: Browse, clock: HandClock
) -> None:
    object.__setattr__(hub, "catalogue", Catalogue(()))  # as the next start of the hub would have it
    clerk = browse("cun")
    form = {"outcome": "approve", "csrf": csrf_of(clerk.get(f"/desk/cases/{number}"))}
    assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
    assert (case_of(hub).state, case_of(hub).next_due) == ("approved", None)
    DecisionWorker(hub)._new_day()
    assert FakeTerminal.enrolled(hub, url, clock).changes().get("due", []) == []


def test_a_case_of_before_clocks_is_given_one_by_the_sweep(hub: Hub, number: str) -> None:
    del number
    with hub.database.writing() as session:
        case = session.scalars(select(Case)).one()
        case.begins_on = case.limit_days = case.due_on = None
        case.light, case.turn_on = "", date(2026, 1, 1)
    assert sweep_clocks(hub) == 1
    assert (case_of(hub).light, case_of(hub).due_on) == ("green", date(2026, 12, 7))


def test_what_another_place_pays_for_is_handled_there_wherever_it_was_filed(
    hub: Hub, clock: HandClock, people: People
) -> None:
    routed = with_item(hub, Casework(level="county", routed_by="person.pension.county"))
    with serving(routed, decide=False) as url:
        far = FakeTerminal.enrolled(routed, url, clock, "442000998999")
        payload = far.application(people["lin-yuelan"], terminal_region="442000998999")
        far.send(far.event(payload))
        assert case_of(hub).unit == "city-human-resources@4420", "中山 has no counties"
        assert DecisionWorker(routed).run_once() == 1
        filed = case_of(hub)
        assert (filed.state, filed.unit) == ("in_review", "county-human-resources@440981")
        with hub.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(CaseStep).where(CaseStep.act == "transfer")) == 1
        with signed_in(url, "cun") as clerk:
            assert filed.number not in clerk.get("/desk").text
