"""From what was found, a person is asked to look again at a refusal: two touches, once, kept without a line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey import acts
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Further, Stage
from kiosk.journey.effects import KeepReview
from kiosk.journey.screens import LookupResult
from kiosk.services.payload import review
from kiosk.viewmodels.derive_page import derive_page
from tests.kiosk.journey.people import LIN
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

REFUSED = ClaimView("高龄津贴", Stage.SETTLED, state="refused", case_no="4409-7", further=Further(review="open"))


def found(*claims: ClaimView) -> Visit:
    visit = Visit().touch(Button.WAKE, Button.LOOK_UP).lay(LIN)
    return visit.act(acts.Looked(visit.session.number, claims or (REFUSED,), Answered.HUB))


def said(visit: Visit) -> str:
    page = derive_page(visit.session, visit.facts, WORDS)
    return " ".join((page.title, page.lead, page.notice, *(row.text for row in (*page.more, *page.choices))))


def test_a_refusal_is_asked_about_with_two_touches_and_then_no_more() -> None:
    visit = found()
    assert "请人再看：高龄津贴" in said(visit)
    visit.touch((Button.ASK_PERSON, "0"))
    assert "不说原因" in said(visit)
    (effect,) = visit.touch((Button.ASK_PERSON, "0.data")).last
    assert effect == KeepReview(visit.session.number, "4409-7", "", "", LIN.number, "data")
    assert isinstance(effect, KeepReview)
    assert review(effect) == {"case": {"number": "4409-7", "id_number": LIN.number}, "reason": "data"}
    assert visit.touch((Button.ASK_PERSON, "0"), (Button.ASK_PERSON, "0.data")).last == (), "a second finger"
    visit.act(acts.ReviewKept(visit.session.number, kept=True))
    assert "有网就送到" in said(visit)
    assert "请人再看：" not in said(visit)
    assert visit.touch((Button.ASK_PERSON, "0")).last == ()


def test_what_could_not_be_kept_is_said_and_may_be_tried_again() -> None:
    visit = found().touch((Button.ASK_PERSON, "0"), (Button.ASK_PERSON, "0.none"))
    visit.act(acts.ReviewKept(visit.session.number, kept=False))
    assert "没有记下" in said(visit)
    assert "请人再看：高龄津贴" in said(visit)


def test_the_code_names_the_case_where_it_was_given() -> None:
    visit = found(replace(REFUSED, claim_code="1234567894", event_id="e-1"))
    (effect,) = visit.touch((Button.ASK_PERSON, "0"), (Button.ASK_PERSON, "0.none")).last
    assert isinstance(effect, KeepReview)
    assert review(effect)["case"] == {"event_id": "e-1", "code": "1234567894"}


def test_back_leads_to_what_was_found() -> None:
    visit = found().touch((Button.ASK_PERSON, "0"), Button.BACK)
    assert visit.on(LookupResult).asking is None


@pytest.mark.parametrize("value", ["", "1", "x", "0.nonsense", "0.data", "-1"])
def test_a_touch_that_names_nothing_asks_nothing(value: str) -> None:
    visit = found().touch((Button.ASK_PERSON, value))
    assert visit.last == ()
    assert visit.on(LookupResult).asking is None


@pytest.mark.parametrize("review", ["", "asked"])
def test_nothing_is_offered_where_the_hub_did_not_offer_it(review: str) -> None:
    visit = found(replace(REFUSED, further=Further(review=review)))
    assert "请人再看：" not in said(visit)
    assert visit.touch((Button.ASK_PERSON, "0")).last == ()
