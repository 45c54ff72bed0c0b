"""Who was refused by a rule asks that a person looks again: once, from terminal or phone, and the person decides."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from hub.casework.tables import CaseCall
from hub.delivery.sandbox import SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.delivery.tables import Delivery
from hub.hub import Hub
from hub.notices.tables import Notice
from hub.reviews.tables import CaseReview
from hub.tables import Case, DecisionRecord
from offline.wire.changes import CaseView
from offline.wire.claims import new_code
from seeds.people import People
from tests.hub.casework.bench import Browse, acts_of, decide
from tests.hub.pictured import csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock
from tests.hub.sealed import Claimed, claim, view

ALLOWANCE = ("elderly-allowance", "cn.zhizhu.elderly_allowance.applied.v1")
FACE = {"level": "card_face", "way": "face"}
ASKED = "cn.zhizhu.case.review_asked.v1"


@pytest.fixture
def refused(hub: Hub, terminal: FakeTerminal, people: People) -> Claimed:
    """Somebody too young for the allowance."""
    claimed = claim(hub, terminal, people["lin-jianguo"], ALLOWANCE, identity=FACE, form={"pay_to": "social_card"})
    assert view(terminal, claimed).state == "refused"
    return claimed


def ask(hub: Hub, terminal: FakeTerminal, claimed: Claimed, **said: object) -> str:
    event = terminal.event({"case": {"event_id": claimed.event_id}} | said, ASKED)
    assert terminal.send(event).results[0].status.value == "stored"
    decide(hub)
    with hub.database.reading() as session:
        return session.scalars(select(CaseCall.outcome).where(CaseCall.event_id == event.id)).one()


def stands(hub: Hub) -> Case:
    with hub.database.reading() as session:
        return session.scalars(select(Case)).one()


def test_a_refusal_goes_back_to_a_person_once_and_the_person_decides(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, browse: Browse, clock: HandClock
) -> None:
    assert view(terminal, refused).review == "open"
    clock.turn(86_400 * 3)
    assert ask(hub, terminal, refused, reason="data") == "taken"
    told = view(terminal, refused)
    assert (told.state, told.review) == ("in_review", "asked")
    assert "再看一次" in told.reasons[0].text
    case = stands(hub)
    assert case.due_on is not None
    assert case.due_on.isoformat() > clock().date().isoformat(), "its clock begins with the asking"
    clerk = browse("jia")
    page = clerk.get(f"/desk/cases/{case.number}").text
    for words in ("群众请人再看一次", "查到的资料和实际不一样", "判为不通过", "您的决定就是最后的决定"):
        assert words in page
    assert ask(hub, terminal, refused, reason="other") == "duplicate"
    form = {"outcome": "refuse", "reason": "看过户口簿，确实没满岁数", "csrf": csrf_of(clerk.get("/desk"))}
    assert clerk.post(f"/desk/cases/{case.number}/decision", data=form).status_code in (200, 303)
    told = view(terminal, refused)
    assert (told.state, told.reasons[0].text) == ("refused", "看过户口簿，确实没满岁数")
    assert told.review == "asked"
    assert ask(hub, terminal, refused) == "duplicate", "a person's decision is final"
    assert acts_of(hub).count("ask_review") == 1
    with hub.database.reading() as session:
        assert session.scalars(select(DecisionRecord.outcome)).one() == "refuse", "the rule's own record stays"
        said = [one.text for one in session.scalars(select(Notice).where(Notice.kind == "decision"))]
        assert any("确实没满岁数" in one for one in said), "the second word is told as the first was"


def test_a_person_may_grant_what_the_rule_refused(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, browse: Browse
) -> None:
    ask(hub, terminal, refused)
    clerk, number = browse("jia"), stands(hub).number
    form = {"outcome": "approve", "reason": "户口簿上的日期登记错了", "csrf": csrf_of(clerk.get("/desk"))}
    clerk.post(f"/desk/cases/{number}/decision", data=form)
    assert view(terminal, refused).state == "approved"


def test_what_was_to_be_posted_is_posted_after_all_where_the_person_grants_it(
    hub: Hub, terminal: FakeTerminal, refused: Claimed, browse: Browse
) -> None:
    case, now = stands(hub), hub.clock()
    with hub.database.writing() as session:
        session.add(Delivery(case_id=case.id, way="post", hall="", state="void", next_at=now, moved_at=now))
    ask(hub, terminal, refused)
    delivery = view(terminal, refused).delivery
    assert delivery is not None
    assert (delivery.state, "办好就寄给您" in delivery.text) == ("wanted", True)
    clerk = browse("jia")
    form = {"outcome": "approve", "reason": "登记错了", "csrf": csrf_of(clerk.get("/desk"))}
    clerk.post(f"/desk/cases/{case.number}/decision", data=form)
    DeliveryWorker(hub, SandboxCourier(hub.database, hub.clock, hub.settings)).run_once()
    sent = view(terminal, refused).delivery
    assert sent is not None
    assert sent.state == "booked"


def test_a_phone_asks_with_the_slips_code_and_asking_twice_counts_once(
    hub: Hub, url: str, terminal: FakeTerminal, refused: Claimed
) -> None:
    with httpx.Client(base_url=url, verify=False, trust_env=False, follow_redirects=True) as phone:
        assert "请人再看一次" in phone.get(f"/verify/{refused.code}").text
        page = phone.get(f"/review/{refused.code}")
        assert "不说也可以" in page.text
        for _ in range(2):
            assert "已经请工作人员再看" in phone.post(f"/review/{refused.code}", data={"reason": "unclear"}).text
        assert phone.post(f"/review/{refused.code}", data={"reason": "给我办"}).status_code == 422
        assert phone.get("/review/1234567890").status_code == 404
    with hub.database.reading() as session:
        review = session.scalars(select(CaseReview)).one()
    assert (review.reason, review.way) == ("unclear", "phone")
    assert ask(hub, terminal, refused) == "duplicate"


def test_whoever_tries_codes_at_this_door_waits_as_at_the_others(hub: Hub, url: str, refused: Claimed) -> None:
    with httpx.Client(base_url=url, verify=False, trust_env=False) as phone:
        for n in range(hub.settings.code_misses):
            door = phone.get if n % 2 else phone.post
            assert door(f"/review/{new_code()}").status_code == 404
        assert phone.get(f"/review/{refused.code}").status_code == 429, "the right one is not looked for any more"
        assert phone.post(f"/review/{refused.code}").status_code == 429
        assert phone.get(f"/verify/{refused.code}").status_code == 429, "all doors count together"
    assert stands(hub).state == "refused"


def test_what_was_granted_or_decided_by_a_person_or_applied_for_again_or_is_long_past_is_not_opened(
    hub: Hub, url: str, terminal: FakeTerminal, people: People, refused: Claimed, clock: HandClock
) -> None:
    granted = claim(hub, terminal, people["lin-yuelan"], ALLOWANCE, identity=FACE, form={"pay_to": "social_card"})
    assert view(terminal, granted).review is None
    assert ask(hub, terminal, granted) == "not_open"
    clock.turn(86_400 * (hub.settings.review_days + 1))
    assert ask(hub, terminal, refused) == "not_open"
    with httpx.Client(base_url=url, verify=False, trust_env=False) as phone:
        assert phone.post(f"/review/{refused.code}").status_code == 409
    with hub.database.reading() as session:
        assert session.scalars(select(CaseReview)).all() == []
    assert CaseView.model_validate({"item": "x", "state": "refused"}).review is None
    assert VILLAGE.startswith(stands_region(hub))


def stands_region(hub: Hub) -> str:
    with hub.database.reading() as session:
        return session.scalars(select(Case.region)).first() or ""
