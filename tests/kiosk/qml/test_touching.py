"""What a finger does on the real QML."""

from __future__ import annotations

import pytest

from kiosk.journey.belling import screen_name
from kiosk.journey.buttons import Button
from kiosk.journey.effects import RingBell
from kiosk.journey.screens import Consent, Guide
from kiosk.viewmodels.window_eyes import NotThere
from tests.kiosk.qml.booth import Booth
from tests.kiosk.qml.fixture_sessions import NAMES

BODY_LEAST_PX = 34
BUTTON_LEAST_PX = 120


def test_an_item_is_opened_by_the_text_that_stands_on_it(booth: Booth) -> None:
    booth.show("home_known")
    booth.eyes.tap("养老待遇资格认证")
    assert isinstance(booth.terminal.session.screen, Guide)


def test_a_button_is_found_by_its_name_too(booth: Booth) -> None:
    booth.show("attract")
    booth.eyes.tap(Button.WAKE)
    assert booth.terminal.told()["screen"] == "home"


def test_what_lies_under_the_idle_warning_cannot_be_touched(booth: Booth) -> None:
    booth.show("idle")
    with pytest.raises(NotThere):
        booth.eyes.tap("养老待遇资格认证")
    booth.eyes.tap("我还在")
    assert booth.terminal.session.idle_warning is None


@pytest.mark.parametrize("name", ["attract", "guide", "typing_code", "working", "take_card", "power_out", "done_found"])
def test_one_touch_on_the_bell_calls_and_asks_nothing(booth: Booth, name: str) -> None:
    booth.show(name)
    screen = booth.terminal.session.screen
    booth.effects.clear()
    booth.eyes.tap("呼叫帮办员")
    (call,) = booth.effects
    assert call == RingBell(screen_name(screen)) == RingBell(str(booth.terminal.told()["screen"]))
    assert booth.terminal.session.screen == screen


def test_what_lies_under_the_bells_panel_cannot_be_touched_until_it_is_read(booth: Booth) -> None:
    booth.show("bell_lapsed")
    with pytest.raises(NotThere):
        booth.eyes.tap("养老待遇资格认证")
    booth.eyes.tap("知道了")
    booth.eyes.tap("养老待遇资格认证")
    assert isinstance(booth.terminal.session.screen, Guide)


def test_a_way_that_is_not_offered_cannot_be_chosen(booth: Booth) -> None:
    booth.show("consent_no_face")
    with pytest.raises(NotThere):
        booth.eyes.tap(Button.AGREE_FACE)
    assert isinstance(booth.terminal.session.screen, Consent)


def test_the_keys_of_the_pad_fill_the_number(booth: Booth) -> None:
    booth.show("typing_number")
    booth.eyes.tap("digit:7")
    assert "440981 1954 7" in [seen.text for seen in booth.eyes.seen()]


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_on_the_screen_and_large_enough(booth: Booth, name: str) -> None:
    booth.show(name)
    seen = booth.eyes.seen()
    assert len(seen) >= 5, "the scan sees too little of the screen"
    for each in seen:
        assert each.x >= 0
        assert each.x + each.w <= 1080, each
    buttons = [each for each in seen if each.touchable]
    assert all(each.h >= BUTTON_LEAST_PX for each in buttons)
    here = [each for each in buttons if each.y + each.h <= 1920]  # what lies lower is further down in a list
    for n, one in enumerate(here):
        for other in here[n + 1 :]:
            apart = one.y + one.h <= other.y or other.y + other.h <= one.y
            beside = one.x + one.w <= other.x or other.x + other.w <= one.x
            assert apart or beside or name == "idle" or booth.terminal.session.bell, f"{one} overlaps {other}"


def test_no_text_is_smaller_than_an_elder_can_read(booth: Booth) -> None:
    for name in NAMES:
        booth.show(name)
        sizes = booth.eyes.text_sizes()
        assert len(sizes) >= 3
        assert min(sizes) >= BODY_LEAST_PX, name
