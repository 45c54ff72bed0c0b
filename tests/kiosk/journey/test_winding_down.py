"""The power goes, runs low and comes back, at every point of a visit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.buttons import Button
from kiosk.journey.effects import Effect, Say
from kiosk.journey.power import Power
from kiosk.journey.screens import Doing, Paper, Reason
from kiosk.journey.session import Limits
from kiosk.privacy import secrets_of, traces
from tests.kiosk.journey.people import DUES, FACTS, LIN, WU
from tests.kiosk.journey.visit import Visit

SECRETS = secrets_of(LIN) | secrets_of(WU)


def power(visit: Visit, now: Power) -> Visit:
    visit.facts = replace(visit.facts, power=now)
    return visit.act(acts.PowerChanged(now))


def said(effects: tuple[Effect, ...] | list[Effect]) -> list[str]:
    return [each.text for each in effects if isinstance(each, Say)]


def confirming() -> Visit:
    return Visit().to_consent().touch(Button.WITNESS).witnessed(WU)


def test_at_the_greeting_a_power_cut_is_told_and_nothing_can_be_begun() -> None:
    visit = power(Visit(), Power.BATTERY)
    assert visit.shows(screens.PowerOut())
    assert said(visit.last) == ["journey.say.power_out"]
    visit.touch(*Button).lay(LIN)
    out = visit.on(screens.PowerOut)
    assert out.take_card
    assert said(visit.last) == ["journey.say.power_out"]
    assert traces(visit.session, SECRETS) == ()
    visit.act(acts.CardLifted())
    assert visit.shows(screens.PowerOut())


def test_at_home_a_power_cut_ends_the_visit_because_nothing_was_begun() -> None:
    visit = power(Visit().lay(LIN), Power.BATTERY)
    assert visit.shows(screens.PowerOut(take_card=True))
    assert traces(visit.session, SECRETS) == ()
    assert any(isinstance(each, wanted.Wipe) for each in visit.last)


def test_who_is_in_the_middle_may_finish_and_is_told_to() -> None:
    visit = power(confirming(), Power.BATTERY)
    visit.on(screens.Confirm)
    assert said(visit.last) == ["journey.say.power_finish"]
    visit.kept().printed()
    assert visit.on(screens.Done).paper is Paper.PRINTED
    visit.act(acts.CardLifted()).touch(Button.HOME)
    assert visit.shows(screens.PowerOut())


def test_everything_kept_is_flushed_when_the_power_goes_and_when_it_runs_low() -> None:
    visit = confirming()
    for now in (Power.BATTERY, Power.LOW):
        power(visit, now)
        assert any(isinstance(each, wanted.Flush) for each in visit.last)
    power(visit, Power.MAINS)
    assert not any(isinstance(each, wanted.Flush) for each in visit.last)


def test_on_battery_a_silence_is_shorter() -> None:
    visit = confirming()
    visit.facts = replace(visit.facts, limits=Limits(idle_warning_s=60, battery_idle_s=20, idle_countdown_s=30))
    visit.act(acts.Idle(21))
    assert visit.warning() is None
    power(visit, Power.BATTERY).act(acts.Idle(21))
    assert visit.warning() == 29
    visit.act(acts.Idle(50))
    assert isinstance(visit.screen, screens.PowerOut)


def test_a_battery_running_low_ends_what_is_in_hand_and_tells_that_it_was_not_kept() -> None:
    visit = power(power(confirming(), Power.BATTERY), Power.LOW)
    assert visit.shows(screens.PowerOut(low=True, unfinished=True, resumable=True, take_card=True))
    assert traces(visit.session, SECRETS) == ()
    assert "journey.say.power_low" in said(visit.last)
    assert not visit.wanted(wanted.KeepEvent)


def test_a_picture_nobody_will_send_is_deleted_when_the_battery_runs_low() -> None:
    visit = Visit().to_consent().touch(Button.LATER_CHECK, Button.AGREE_PICTURE)
    visit.act(acts.PictureTaken(visit.session.number, "ab" * 32, "/pictures/ab"))
    power(visit, Power.LOW)
    assert wanted.DropPicture("ab" * 32, "/pictures/ab") in visit.last


def test_the_camera_is_closed_when_the_battery_runs_low() -> None:
    visit = power(Visit().to_consent().touch(Button.AGREE_FACE), Power.LOW)
    assert wanted.StopFace() in visit.last


def test_an_act_being_kept_is_never_taken_away_and_its_code_stays_to_be_read() -> None:
    visit = confirming().touch(Button.CONFIRM)
    power(visit, Power.LOW)
    assert visit.on(screens.Working).doing is Doing.KEEPING
    visit.act(acts.Kept(visit.session.number, "event-1", "1234567894", "2026-11-23T02:00:00Z"))
    assert visit.on(screens.Done).claim_code == "1234567894"
    visit.printed()
    visit.on(screens.Done)
    visit.act(acts.Idle(100))
    assert visit.shows(screens.PowerOut(low=True))


def test_an_act_that_could_not_be_kept_on_the_last_of_the_battery_is_told_as_not_kept() -> None:
    visit = power(confirming().touch(Button.CONFIRM), Power.LOW)
    visit.act(acts.KeepFailed(visit.session.number, Reason.KEEP_FAILED))
    assert visit.on(screens.PowerOut).unfinished


def test_a_low_battery_is_told_to_whoever_still_stands_there() -> None:
    visit = power(power(Visit(), Power.BATTERY), Power.LOW)
    assert visit.shows(screens.PowerOut(low=True))
    assert said(visit.last) == ["journey.say.power_low"]


@pytest.mark.parametrize("way", [(Power.BATTERY,), (Power.BATTERY, Power.LOW), (Power.LOW,)])
def test_when_the_power_is_back_the_terminal_works_again_by_itself(way: tuple[Power, ...]) -> None:
    visit = Visit().to_consent().act(acts.CardLifted())
    for now in way:
        power(visit, now)
    visit.touch(Button.HOME)
    assert isinstance(visit.screen, screens.PowerOut)
    power(visit, Power.MAINS)
    assert visit.shows(screens.Attract())
    assert visit.session.touches == 0
    visit.lay(LIN).act(acts.DuesFound(visit.session.number, DUES))
    assert visit.on(screens.Home).mine == DUES


def test_who_is_in_the_middle_when_the_power_comes_back_stays_there() -> None:
    visit = power(power(confirming(), Power.BATTERY), Power.MAINS)
    visit.on(screens.Confirm)


def test_another_card_after_the_last_act_on_battery_is_not_asked_about() -> None:
    visit = power(confirming().kept().printed(), Power.BATTERY).act(acts.CardLifted())
    visit.lay(WU)
    visit.on(screens.Done)  # the witness's own card changes nothing
    stranger = replace(LIN, number="440981195001011234", name="何某")
    visit.lay(stranger)
    assert isinstance(visit.screen, screens.PowerOut)
    assert not any(isinstance(each, wanted.FindDues) for each in visit.last)
    assert traces(visit.session, SECRETS | secrets_of(stranger)) == ()


def test_a_card_nobody_can_see_is_asked_for_only_so_long() -> None:
    visit = power(Visit().lay(LIN), Power.BATTERY)
    visit.act(acts.Idle(FACTS.limits.take_card_s - 1))
    assert visit.on(screens.PowerOut).take_card
    visit.act(acts.Idle(FACTS.limits.take_card_s))
    assert not visit.on(screens.PowerOut).take_card


def test_a_card_the_reader_sees_is_asked_for_until_it_is_lifted() -> None:
    visit = power(Visit().lay(LIN).act(acts.CardSeen()), Power.BATTERY)
    visit.act(acts.Idle(1000))
    assert visit.on(screens.PowerOut).take_card
    visit.act(acts.CardLifted())
    assert not visit.on(screens.PowerOut).take_card
