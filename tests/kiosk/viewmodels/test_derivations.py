"""What a page shows follows from the session alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.journey.buttons import Button
from kiosk.journey.claim import Stage
from kiosk.journey.power import Power
from kiosk.journey.screens import Consent, Done, LookupResult, Paper, Reason
from kiosk.viewmodels.bar_props import derive_bar
from kiosk.viewmodels.derive_page import derive_page
from kiosk.viewmodels.page_props import PageProps
from tests.kiosk.qml.fixture_sessions import FACTS, FACTS_AWAY, NAMES, SCREENS, session_of
from tests.words import WORDS

NO_WAY_OUT = (
    "attract",
    "attract_bare",
    "attract_card_left",
    "take_card",
    "power_out",
    "power_low",
    "attract_door_open",
    "certificate_printing",  # ends by itself within the printer's deadline: nobody is to leave what comes out
)


def page(name: str) -> PageProps:
    session, facts = session_of(name)
    return derive_page(session, facts, WORDS)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_WAY_OUT])
def test_every_page_has_a_way_out(name: str) -> None:
    shown = page(name)
    assert [row.button for row in (*shown.ways_out, *shown.actions)]


@pytest.mark.parametrize(
    "name", ["guide", "consent", "card_wanted", "typing_code", "face_turning", "witness", "confirm"]
)
def test_back_and_cancel_stand_on_every_page_of_a_journey(name: str) -> None:
    assert [row.button for row in page(name).ways_out] == [Button.BACK, Button.CANCEL]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_every_screen_stands_in_every_language(name: str, language: str) -> None:
    session, facts = session_of(name)
    assert derive_page(session, facts, WORDS.in_language(language)).screen


def test_every_screen_of_the_journey_has_a_fixture() -> None:
    from typing import get_args

    from kiosk.journey.screens import Screen

    shown = {type(screen) for screen, _ in SCREENS.values()}
    assert shown == set(get_args(Screen))


def test_a_way_not_offered_keeps_its_place_and_says_why() -> None:
    ways = page("consent_no_face").choices
    assert [way.button for way in ways] == [Button.AGREE_FACE, Button.WITNESS, Button.LATER_CHECK]
    assert [way.usable for way in ways] == [False, True, False]
    assert all(way.detail for way in ways)


def test_what_is_due_stands_first_and_only_once() -> None:
    shown = page("home_known")
    assert [row.value for row in shown.choices] == ["pension-qualification"]
    assert "pension-qualification" not in [row.value for row in shown.more]


@pytest.mark.parametrize("paper", [Paper.NOT_PRINTED, Paper.UNKNOWN])
def test_a_slip_that_did_not_come_out_is_told_and_can_be_printed_again(paper: Paper) -> None:
    session, facts = session_of("done_no_paper")
    assert isinstance(session.screen, Done)
    shown = derive_page(replace(session, screen=replace(session.screen, paper=paper)), facts, WORDS)
    assert shown.notice_tone == "warn"
    assert Button.PRINT_AGAIN in [row.button for row in shown.ways_out]


def test_a_slip_that_has_just_come_out_is_not_also_said_to_wait() -> None:
    session, facts = session_of("lookup_result")
    assert isinstance(session.screen, LookupResult)
    kept = replace(session.screen, claims=session.screen.claims[1:])
    for paper, waits in ((None, True), (Paper.WAITING, False), (Paper.PRINTED, False)):
        shown = derive_page(replace(session, screen=replace(kept, paper=paper)), facts, WORDS)
        assert ("凭条还没有打出来" in shown.fields[0].detail) is waits


def test_a_false_slip_is_called_so_and_the_way_to_the_truth_is_named() -> None:
    session, facts = session_of("lookup_nothing")
    assert isinstance(session.screen, LookupResult)
    forged = replace(session.screen, reason=Reason.SLIP_FORGED)
    shown = derive_page(replace(session, screen=forged), facts, WORDS)
    assert (shown.title, shown.notice_tone) == ("这张凭条不是真的", "warn")
    assert "不是您的错" in shown.notice
    assert "用身份证查" in shown.lead


def test_a_look_up_that_failed_is_not_called_nothing_found() -> None:
    session, facts = session_of("lookup_failed")
    shown = derive_page(session, facts, WORDS)
    assert (shown.title, shown.notice_tone) == ("没能查成", "warn")
    assert "这是我们的问题" in shown.notice
    assert "再查一次" in shown.lead


def test_a_case_that_is_not_well_does_not_look_so() -> None:
    session, facts = session_of("lookup_result")
    assert isinstance(session.screen, LookupResult)
    well, kept = session.screen.claims
    refused = replace(well, state="refused")
    waits = replace(kept, stage=Stage.SENT, state="waiting")
    screen = replace(session.screen, claims=(well, refused, waits))
    rows = derive_page(replace(session, screen=screen), facts, WORDS).fields
    assert [(row.badge, row.tone) for row in rows] == [
        ("已办结 · 通过", "main"),
        ("已办结 · 未通过", "plain"),
        ("已送达 · 还差一步", "plain"),
    ]
    assert "找村里帮办员" in rows[2].detail


def test_a_terminal_that_is_not_enrolled_says_so_kindly() -> None:
    session, facts = session_of("attract")
    assert "登记" in derive_page(session, facts, WORDS, enrolled=False).notice


def test_nothing_personal_stands_in_the_log_form_of_a_page() -> None:
    assert "林*兰" not in repr(page("home_known"))
    assert "1234-567-890" not in repr(page("done_printed"))


def test_the_bar_says_the_network_in_words_and_the_time_of_the_place() -> None:
    bar = derive_bar("示例村", replace(FACTS_AWAY, now=datetime(2026, 11, 22, 16, 5, tzinfo=UTC)), True, WORDS)
    assert (bar.time, bar.date) == ("00:05", "11月23日 星期一")
    assert "未通" in bar.network
    assert (bar.sandbox, bar.power) == ("演示", "")


@pytest.mark.parametrize("power", [Power.BATTERY, Power.LOW])
def test_a_power_cut_is_said_in_the_bar_and_on_every_page(power: Power) -> None:
    for name in NAMES:
        session, facts = session_of(name)
        out = replace(facts, power=power)
        assert "停电" in derive_bar("示例村", out, True, WORDS).power
        shown = derive_page(session, out, WORDS)
        assert shown.notice or shown.screen == "power_out", name


def test_who_is_ended_by_an_empty_battery_is_told_what_was_not_kept() -> None:
    shown = page("power_low")
    assert "没有保存" in shown.notice
    assert "身份证" in shown.notice
    assert "都在" in shown.lines[0].text


def test_consent_counts_the_same_for_every_way() -> None:
    session, _ = session_of("consent")
    assert isinstance(session.screen, Consent)
    assert len(derive_page(session, FACTS, WORDS).choices) == 3
