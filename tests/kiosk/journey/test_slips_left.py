"""A slip that never reached its owner is told of at her next card, and two touches bring it."""

from __future__ import annotations

from kiosk.journey import effects as wanted
from kiosk.journey.acts import DuesFound, Looked
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Stage
from kiosk.journey.screens import Home, LookupResult, Paper, Working
from tests.kiosk.journey.people import LIN
from tests.kiosk.journey.visit import Visit

NEWEST = ClaimView("医保缴费查询", Stage.SETTLED, event_id="event-2")
LEFT = ClaimView("养老待遇资格认证", Stage.KEPT, event_id="event-1", slip_unsettled=True)


def at_home(slips: int) -> Visit:
    visit = Visit().lay(LIN)
    return visit.act(DuesFound(visit.session.number, (), slips))


def test_home_says_how_many_slips_wait() -> None:
    screen = at_home(2).session.screen
    assert isinstance(screen, Home)
    assert (screen.slips_waiting, screen.finding) == (2, False)


def test_two_touches_print_the_slip_that_waits_even_where_it_is_not_the_newest() -> None:
    visit = at_home(1).touch(Button.FETCH_SLIP)
    assert isinstance(visit.session.screen, Working)
    assert visit.wanted(wanted.LookUpCard)[-1].number == LIN.number
    visit.act(Looked(visit.session.number, (NEWEST, LEFT), Answered.HUB)).touch(Button.PRINT)
    assert visit.wanted(wanted.PrintSlip)[-1].claim == LEFT
    visit.printed(Paper.PRINTED)
    screen = visit.session.screen
    assert isinstance(screen, LookupResult)
    assert screen.paper is Paper.PRINTED


def test_without_a_slip_that_waits_the_newest_is_printed() -> None:
    visit = at_home(1).touch(Button.FETCH_SLIP)
    visit.act(Looked(visit.session.number, (NEWEST,), Answered.HUB)).touch(Button.PRINT)
    assert visit.wanted(wanted.PrintSlip)[-1].claim == NEWEST


def test_nothing_is_fetched_where_nothing_waits() -> None:
    visit = at_home(0).touch(Button.FETCH_SLIP)
    assert isinstance(visit.session.screen, Home)
    assert visit.wanted(wanted.LookUpCard) == []


def test_of_two_slips_that_wait_each_is_printed_once_and_neither_is_a_copy() -> None:
    other = ClaimView("耕地地力补贴查询", Stage.KEPT, event_id="event-0", slip_unsettled=True)
    visit = at_home(2).touch(Button.FETCH_SLIP)
    visit.act(Looked(visit.session.number, (LEFT, other), Answered.HERE))
    visit.touch(Button.PRINT).printed().touch(Button.PRINT).printed()
    slips = visit.wanted(wanted.PrintSlip)
    assert [(slip.claim.event_id, slip.copy) for slip in slips] == [("event-1", 1), ("event-0", 1)]
    visit.touch(Button.PRINT)
    assert visit.wanted(wanted.PrintSlip)[-1].copy == 2, "what is wanted now is a copy"


def test_a_slip_that_fails_again_still_waits() -> None:
    visit = at_home(1).touch(Button.FETCH_SLIP)
    visit.act(Looked(visit.session.number, (NEWEST, LEFT), Answered.HERE)).touch(Button.PRINT)
    visit.printed(Paper.NOT_PRINTED)
    screen = visit.session.screen
    assert isinstance(screen, LookupResult)
    assert screen.to_print == LEFT
