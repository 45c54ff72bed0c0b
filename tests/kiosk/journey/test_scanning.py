"""A code held before the scanner: as good as typed where a look-up may begin, nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered
from kiosk.journey.effects import LookUpCode
from kiosk.journey.scanning import takes_code
from kiosk.journey.screens import Doing, Reason
from kiosk.viewmodels.derive_page import derive_page
from tests.kiosk.journey.people import FACTS, LIN
from tests.kiosk.journey.test_every_touch import WAYS
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

CODE = "1234567897"
SCANNER = "code_scanner"
THERE = replace(FACTS, scanner_ready=True)
HINT = "也可以把凭条上的二维码对准扫码口"

TAKING: dict[str, Callable[[], Visit]] = {
    "attract": lambda: Visit(THERE),
    "home": lambda: Visit(THERE).touch(Button.WAKE),
    "home of a resident": lambda: Visit(THERE).lay(LIN),
    "look-up": lambda: Visit(THERE).touch(Button.WAKE, Button.LOOK_UP),
    "code half typed": lambda: Visit(THERE).touch(Button.WAKE, Button.LOOK_UP, Button.BY_CODE).typed("123"),
    "card for the look-up": lambda: Visit(THERE).touch(Button.WAKE, Button.LOOK_UP, Button.BY_CARD),
}


def by_hand(code: str) -> Visit:
    return Visit(THERE).touch(Button.WAKE, Button.LOOK_UP, Button.BY_CODE).typed(code).touch(Button.ENTER)


@pytest.mark.parametrize("name", TAKING)
def test_a_slip_is_looked_up_as_if_its_code_had_been_typed(name: str) -> None:
    visit = TAKING[name]().act(acts.CodeScanned(CODE))
    typed = by_hand(CODE)
    assert visit.last == typed.last == (LookUpCode(visit.session.number, CODE),)
    assert visit.screen == typed.screen == screens.Working(Doing.LOOKING_UP, asks_hub=THERE.hub_near)
    assert visit.session.started
    assert visit.session.code_tries == typed.session.code_tries == 1


@pytest.mark.parametrize("name", TAKING)
def test_another_code_is_told_kindly_costs_no_try_and_takes_nothing(name: str) -> None:
    visit = TAKING[name]()
    resident = visit.session.resident
    lookup = visit.act(acts.CodeScanned("")).on(screens.Lookup)
    assert (lookup.reason, visit.session.code_tries, visit.last) == (Reason.CODE_FOREIGN, 0, ())
    assert visit.session.resident == resident
    assert visit.act(acts.CodeScanned(CODE)).shows(screens.Working(Doing.LOOKING_UP))


@pytest.mark.parametrize("name", [name for name in WAYS if name not in ("Attract", "Home", "Lookup")])
def test_on_every_other_screen_a_code_changes_nothing(name: str) -> None:
    visit = WAYS[name]()
    assert not takes_code(visit.screen)
    before = visit.session
    for act in (acts.CodeScanned(CODE), acts.CodeScanned(""), acts.CodeUnreadable()):
        assert visit.act(act).session == before
        assert visit.last == ()


def test_noise_wakes_nobody_and_is_told_only_where_a_code_was_asked_for() -> None:
    for name, make in TAKING.items():
        visit = make()
        before = visit.session
        visit.act(acts.CodeUnreadable())
        if name == "look-up":
            assert visit.on(screens.Lookup).reason is Reason.CODE_UNREADABLE
        else:
            assert visit.session == before


def test_codes_may_be_tried_by_scanner_as_often_as_by_hand() -> None:
    visit = Visit(THERE)
    for _ in range(THERE.limits.code_tries):
        visit.act(acts.CodeScanned(CODE)).touch(Button.BACK)
    assert len(visit.wanted(LookUpCode)) == THERE.limits.code_tries
    assert visit.act(acts.CodeScanned(CODE)).on(screens.Lookup).reason is Reason.TOO_MANY_TRIES
    assert len(visit.wanted(LookUpCode)) == THERE.limits.code_tries


def test_who_is_asked_to_try_again_because_nobody_could_look_has_not_used_up_a_try() -> None:
    visit = Visit(THERE)
    for answered, used in ((Answered.HERE, 0), (Answered.HUB, 1)):
        visit.act(acts.CodeScanned(CODE))
        visit.act(acts.Looked(visit.session.number, (), answered, Reason.LOOKUP_FAILED))
        assert visit.on(screens.LookupResult).reason is Reason.LOOKUP_FAILED
        assert visit.session.code_tries == used
        visit.touch(Button.BACK)


def test_a_scanned_code_answers_the_question_whether_she_is_still_there() -> None:
    visit = TAKING["look-up"]().act(acts.Idle(THERE.limits.idle_warning_s + 1))
    assert visit.warning() is not None
    assert visit.act(acts.CodeUnreadable()).warning() is not None
    assert visit.act(acts.CodeScanned(CODE)).warning() is None


def test_the_look_up_offers_the_scanner_while_it_works_and_says_nothing_of_one_that_does_not() -> None:
    words = WORDS

    def shown(visit: Visit) -> str:
        return "".join(row.text for row in derive_page(visit.session, visit.facts, words).lines)

    assert HINT not in shown(Visit(FACTS).touch(Button.WAKE, Button.LOOK_UP))
    visit = TAKING["look-up"]()
    assert HINT in shown(visit)
    visit.act(acts.CodeUnreadable(), acts.DeviceLost(SCANNER))
    assert HINT not in shown(visit)
    assert visit.on(screens.Lookup).reason is Reason.NONE
    assert HINT in shown(visit.act(acts.DeviceBack(SCANNER)))
