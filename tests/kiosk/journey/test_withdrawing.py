"""Whoever cannot come gives the place back at the terminal: found again, one yes, told truly on screen and slip."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import timedelta

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, FoundRow, Further, Stage
from kiosk.journey.screens import Paper, Reason
from kiosk.services.found import found_in
from kiosk.services.payload import withdrawal
from kiosk.slips import slip_of
from kiosk.viewmodels.derive_page import derive_page
from offline.wire.changes import CaseView
from offline.wire.claims import new_code
from tests.kiosk.journey.people import CHEN, FACTS, LIN
from tests.kiosk.journey.visit import Visit
from tests.kiosk.services.test_further_on_slips import PLACE
from tests.words import WORDS

BOOKED = ClaimView(
    "法律援助预约",
    Stage.SETTLED,
    state="approved",
    outcome_text="约好了。",
    case_no="4409-1",
    event_id="event-1",
    slip_unsettled=True,
    result=(FoundRow("时间", "11月24日上午"),),
    further=Further(withdraw="place", withdraw_until="2026-11-23"),
)
OPEN = ClaimView("村级证明", Stage.SENT, state="in_review", case_no="4409-2", further=Further(withdraw="case"))


def found(*claims: ClaimView, visit: Visit | None = None) -> Visit:
    """A look-up by card."""
    visit = (visit or Visit()).lay(LIN).touch(Button.LOOK_UP, Button.BY_CARD)
    return visit.act(acts.Looked(visit.session.number, claims, Answered.HUB))


def page(visit: Visit) -> str:
    return str(astuple(derive_page(visit.session, visit.facts, WORDS)))


def test_one_yes_keeps_it_and_screen_and_slip_say_that_it_counts_once_it_has_arrived() -> None:
    visit = found(BOOKED)
    assert "不去了，退掉：法律援助预约" in page(visit)
    visit.touch((Button.WITHDRAW, "0"))
    assert all(part in page(visit) for part in ("真的不去了？", "名额就给别人", "11月24日上午"))
    visit.touch(Button.CONFIRM)
    (kept,) = visit.wanted(wanted.KeepWithdrawal)
    assert withdrawal(kept) == {"case": {"event_id": "event-1"}}
    visit.touch(Button.CONFIRM, Button.BACK, Button.HOME)
    assert visit.on(screens.Withdrawing).keeping, "nothing leads away from what is being kept"
    assert len(visit.wanted(wanted.KeepWithdrawal)) == 1
    visit.act(acts.WithdrawalKept(visit.session.number))
    assert "不去了，退掉：" not in page(visit)
    assert "约好了" not in page(visit)
    (slip,) = visit.wanted(wanted.PrintSlip)
    text = str(slip_of(slip.claim, PLACE, WORDS, FACTS.now))
    assert all(part in text for part in ("要退掉（已保存）", "送到了才算退掉", "11月24日上午"))
    assert "约好了" not in text
    visit.act(acts.PrintSettled(visit.session.number, "event-1", Paper.PRINTED))
    assert visit.on(screens.LookupResult).paper is Paper.PRINTED
    visit.touch((Button.WITHDRAW, "0")).on(screens.LookupResult)


def test_a_case_of_another_terminal_is_named_by_its_code_or_by_its_number_with_the_card() -> None:
    for claim, case in (
        (OPEN, {"number": "4409-2", "id_number": LIN.number}),
        (replace(OPEN, claim_code=(code := new_code())), {"code": code}),
    ):
        visit = found(claim).touch((Button.WITHDRAW, "0"))
        assert "真的不办了？" in page(visit)
        visit.touch(Button.CONFIRM)
        assert withdrawal(visit.wanted(wanted.KeepWithdrawal)[0]) == {"case": case}


@pytest.mark.parametrize(
    ("claim", "days"),
    [
        (BOOKED, 1),  # the day has come
        (replace(BOOKED, further=Further()), 0),
        (replace(BOOKED, further=replace(BOOKED.further, taken_back="sent")), 0),
    ],
)
def test_what_cannot_be_taken_back_offers_nothing_and_no_touch_reaches_it(claim: ClaimView, days: int) -> None:
    visit = found(claim, visit=Visit(replace(FACTS, now=FACTS.now + timedelta(days=days))))
    assert "退掉：法律援助预约" not in page(visit)
    for value in ("0", "1", "x", "-1", ""):
        visit.touch((Button.WITHDRAW, value)).on(screens.LookupResult)


def test_what_was_not_kept_is_said_and_the_same_word_is_tried_again() -> None:
    visit = found(BOOKED).touch((Button.WITHDRAW, "0"), Button.CONFIRM)
    visit.act(acts.KeepFailed(visit.session.number, Reason.DISK_FULL))
    assert "终端存满了" in page(visit)
    visit.touch(Button.CONFIRM)
    assert len(visit.wanted(wanted.KeepWithdrawal)) == 2
    other = found(BOOKED).touch((Button.WITHDRAW, "0"), Button.BACK).on(screens.LookupResult)
    assert other.claims == (BOOKED,)


def test_another_card_in_between_is_another_person_who_sees_nothing_of_it() -> None:
    visit = found(BOOKED).touch((Button.WITHDRAW, "0")).lay(CHEN)
    visit.on(screens.Home)
    assert "4409-1" not in str(visit.session)


def test_what_the_hub_gave_back_is_told_as_such_on_screen_and_slip() -> None:
    told = {"item": "a", "state": "approved", "outcome_text": "已经退掉了。", "given_back": True}
    view = CaseView.model_validate(told | {"reasons": [{"text": "名额让出来了。"}]})
    claim = ClaimView(
        "法律援助预约", Stage.SETTLED, state="approved", outcome_text=view.outcome_text,
        reasons=("名额让出来了。",), **found_in(view),
    )  # fmt: skip
    assert "已退掉" in page(found(claim))
    text = str(slip_of(claim, PLACE, WORDS, FACTS.now, lines=("来不了请提前一天退掉",)))
    assert "已退掉" in text
    assert "名额让出来了" in text
    assert "来不了请提前一天退掉" not in text
