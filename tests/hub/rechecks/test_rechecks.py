"""What rules decided alone is drawn, looked at by a clerk, and followed where it was wrong; over real HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.casework.state import By
from hub.casework.steps import note
from hub.hub import Hub
from hub.rechecks.sweeping import sweep_rechecks
from hub.rechecks.tables import CaseRecheck, RecheckDraw
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from offline.wire.changes import CaseView
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, acts_of, apply, decide
from tests.hub.offices import COUNTY
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import FakeTerminal, HandClock, hub_over
from tests.hub.sealed import Claimed, claim, view
from tests.hub.stores import Store, both_stores

ALLOWANCE = ("elderly-allowance", "cn.zhizhu.elderly_allowance.applied.v1")
FACE = {"level": "card_face", "way": "face"}
PAID = {"pay_to": "social_card"}


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with two clerks of the county and one of another, and who is above them."""
    made = hub_over(store, clock, HubSettings(board_least=2, session_hours=24 * 30))
    staff = (("jia", "clerk", COUNTY), ("yi", "clerk", COUNTY), ("far", "clerk", "440982000000"))
    for name, role, region in (*staff, ("guan", "business_admin", COUNTY), ("lin", "operator", "440982000000")):
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def refused(hub: Hub, terminal: FakeTerminal, people: People) -> Claimed:
    """Somebody too young for the allowance; and somebody old enough for a pension, whose case is approved."""
    apply(terminal, people["lin-yuelan"])
    return claim(hub, terminal, people["lin-jianguo"], ALLOWANCE, identity=FACE, form=PAID)


def number_of(hub: Hub, state: str) -> str:
    with hub.database.reading() as session:
        return session.scalars(select(Case.number).where(Case.state == state)).one()


def rows(hub: Hub) -> dict[str, CaseRecheck]:
    """What was drawn, by what the rule said."""
    with hub.database.reading() as session:
        return {one.outcome: one for one in session.scalars(select(CaseRecheck))}


def says(browse: Browse, name: str, number: str, word: str, reason: str = "") -> str:
    """What the page says after a clerk's answer."""
    browser = browse(name)
    form = {"word": word, "reason": reason, "csrf": csrf_of(browser.get("/desk"))}
    reply = browser.post(f"/desk/cases/{number}/recheck", data=form, follow_redirects=True)
    assert reply.status_code == 200
    return reply.text


def told(hub: Hub, number: str) -> tuple[str, object, object, object]:
    """What of a case must not change by looking at it again."""
    with hub.database.reading() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        return case.state, case.due_on, case.decided_at, case.reasons


@both_stores
def test_a_day_is_drawn_once_and_those_above_see_and_count_what_nobody_looked_at_in_time(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, refused: Claimed, browse: Browse
) -> None:
    apply(terminal, people["cai-xiuying"], identity=BY_TYPING)  # before a clerk
    decide(hub)
    assert sweep_rechecks(hub) == 0, "the day is not over"
    clock.turn(DAY_S)
    assert sweep_rechecks(hub) == 2, "one of each item, which the share would not have brought"
    assert sweep_rechecks(hub) == 0, "another replica, or the next round"
    assert set(rows(hub)) == {"approve", "refuse"}
    with hub.database.reading() as session:
        draw = session.scalars(select(RecheckDraw)).one()
    assert (draw.decided, draw.drawn) == (2, 2)
    numbers = late, done = number_of(hub, "approved"), number_of(hub, "refused")
    shown = browse("jia").get("/desk").text
    assert all(f"/desk/cases/{number}" in shown for number in numbers)
    says(browse, "jia", done, "right")
    assert late not in browse("guan").get("/console/rechecks").text
    clock.turn(DAY_S * 9)
    assert sweep_rechecks(hub) == 0
    assert late in browse("guan").get("/console/rechecks").text
    shown = browse("jia").get("/desk").text
    assert "已超期" in shown.partition("要抽查的")[2]
    assert done not in shown
    board = f"/console/board{{}}?month={draw.day.isoformat()[:7]}"
    counted = browse("guan").get(board.format(".json")).json()["rechecks"]
    assert counted == {"drawn": 2, "right": 1, "wrong": 0, "open": 1, "late": 1}
    assert "抽到" in browse("guan").get(board.format("")).text
    with hub.database.writing() as session:
        session.delete(session.get_one(CaseRecheck, rows(hub)["refuse"].case_id))
    few = browse("guan").get(board.format(".json")).json()["rechecks"]
    assert few == {"too_few": True}, "one would tell of one"


def test_a_clerk_finds_it_right_and_nothing_of_the_case_changes(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, clock: HandClock, browse: Browse
) -> None:
    clock.turn(DAY_S)
    sweep_rechecks(hub)
    number = number_of(hub, "approved")
    before, acts = told(hub, number), acts_of(hub)
    assert f"/desk/cases/{number}" in browse("jia").get("/desk").text
    assert number not in browse("far").get("/desk").text
    page = browse("jia").get(f"/desk/cases/{number}").text
    for words in ("机器判得对不对", "由规则自动得出", "规则用到的每一项数据", "数据日期", "抽查不耽误群众"):
        assert words in page
    assert "已经有人写过" not in says(browse, "jia", number, "right")
    assert "已经有人写过" not in says(browse, "jia", number, "right"), "pressed twice"
    assert "已经有人写过" in says(browse, "yi", number, "wrong", "我看不对")
    assert told(hub, number) == before
    assert acts_of(hub) == [*acts, "recheck_right"]
    assert number not in browse("jia").get("/desk").text
    assert rows(hub)["approve"].staff == "jia"
    assert browse("far").post(f"/desk/cases/{number}/recheck", data={"word": "right"}).status_code in (403, 404)
    # That a refusal was right takes nothing from her who was refused: a person still looks when she asks.
    says(browse, "jia", number_of(hub, "refused"), "right", "岁数确实不够")
    terminal.send(terminal.event({"case": {"event_id": refused.event_id}}, "cn.zhizhu.case.review_asked.v1"))
    decide(hub)
    assert view(terminal, refused).review == "asked"


def test_a_wrong_refusal_goes_back_to_a_person_and_the_resident_is_told(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, clock: HandClock, browse: Browse
) -> None:
    clock.turn(DAY_S)
    sweep_rechecks(hub)
    number = number_of(hub, "refused")
    assert "理由" in says(browse, "jia", number, "wrong")
    assert told(hub, number)[0] == "refused", "nothing is said to be wrong without a reason"
    says(browse, "jia", number, "wrong", "户口簿上的岁数够了")
    heard: CaseView = view(terminal, refused)
    assert (heard.state, heard.review) == ("in_review", "asked")
    assert "抽查" in heard.reasons[0].text
    page = browse("yi").get(f"/desk/cases/{number}").text
    for words in ("抽查认为机器判错了", "户口簿上的岁数够了", "您的决定就是最后的决定"):
        assert words in page
    form = {"outcome": "approve", "reason": "核对过户口簿", "csrf": csrf_of(browse("yi").get("/desk"))}
    browse("yi").post(f"/desk/cases/{number}/decision", data=form)
    assert view(terminal, refused).state == "approved"
    row = rows(hub)["refuse"]
    assert (row.word, row.followed) == ("wrong", "review")
    above = browse("guan").get("/console/rechecks").text
    assert number in above
    assert "写明处理结果" not in above, "a person has taken it up"


def test_a_wrong_approval_stands_and_those_above_settle_it(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, clock: HandClock, browse: Browse
) -> None:
    clock.turn(DAY_S)
    sweep_rechecks(hub)
    number = number_of(hub, "approved")
    before = told(hub, number)
    with hub.database.writing() as session:  # who had a hand in the case does not say whether it was right
        case = session.scalars(select(Case).where(Case.number == number)).one()
        note(session, hub, case, "note", By("clerk", "yi"), case.state, "电话里问过")
    assert "您经手过" in browse("yi").get(f"/desk/cases/{number}").text
    assert "您经手过" in says(browse, "yi", number, "right")
    says(browse, "jia", number, "wrong", "照片不是本人")
    assert told(hub, number) == before
    assert browse("jia").get("/console/rechecks").status_code == 403
    assert number not in browse("lin").get("/console/rechecks").text
    above = browse("guan")
    page = above.get("/console/rechecks")
    assert "照片不是本人" in page.text
    form = {"done": "已上门核对，撤销认证", "csrf": csrf_of(page)}
    for _ in range(2):
        assert above.post(f"/console/rechecks/{number}", data=form).is_success
    again = above.post(f"/console/rechecks/{number}", data=form | {"done": "别的"}, follow_redirects=True)
    assert "已经有人写过" in again.text
    assert rows(hub)["approve"].done == "已上门核对，撤销认证"
    assert browse("lin").post(f"/console/rechecks/{number}", data=form).status_code in (403, 404)
