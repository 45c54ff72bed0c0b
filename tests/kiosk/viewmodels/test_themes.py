"""The themes and the loan of the real catalogue on the screens of a terminal: what stands there to be touched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiosk.journey import acts
from kiosk.journey.buttons import Button
from kiosk.journey.effects import KeepEvent
from kiosk.journey.filing import Known, Organisation
from kiosk.services.offer import items_of, themes_of
from kiosk.services.payload import application
from kiosk.viewmodels.derive_page import derive_page
from kiosk.viewmodels.page_props import PageProps
from seeds.catalogue import Catalogue
from seeds.themes import Themes
from tests.kiosk.journey.people import FACTS, LIN, WU
from tests.kiosk.journey.visit import Visit
from tests.words import WORDS

VILLAGE = "440981102999"
CATALOGUE = Catalogue.load()
THEMES = themes_of(Themes.load(CATALOGUE), VILLAGE)
ITEMS = (*THEMES, *items_of(CATALOGUE, VILLAGE))
PICTURES = Path("kiosk/qml/pictures")


def at_home() -> Visit:
    return Visit(replace(FACTS, items=ITEMS, hub_near=True)).lay(LIN).touch(Button.ALL_ITEMS)


def page(visit: Visit) -> PageProps:
    return derive_page(visit.session, visit.facts, WORDS)


def test_a_theme_stands_first_in_the_list_by_what_people_call_it_with_a_drawing_of_its_own() -> None:
    home, newborn, utilities, *others = page(at_home()).more
    told = ("新房办证（交房即发证）", "生孩子要办的事", "新房通水通电通气")
    assert (home.text, newborn.text, utilities.text) == told
    assert all((PICTURES / f"{row.badge}.svg").exists() for row in (home, newborn, utilities))
    assert "融资需求" in [row.text for row in others]
    assert "新生儿社保卡" not in [row.text for row in others], "what is only part of a theme is not offered alone"
    assert [theme.called for theme in themes_of(Themes.load(CATALOGUE), VILLAGE, "en")] == [
        "Certificate of a new home", "For a newborn child", "Water, power and gas",
    ]  # fmt: skip


def test_of_a_theme_that_is_whole_nothing_can_be_left_out_and_a_fee_that_grows_is_told_so() -> None:
    shown = page(at_home().touch((Button.ITEM, "new-house")))
    assert shown.choices == ()
    assert [row.text for row in shown.fields[:2]] == ["1. 新房税费", "2. 新房登记"]
    assert shown.fields[-1].detail == "80.00 元起、缴清税费后五个工作日内办结"
    visit = at_home().touch((Button.ITEM, "new-house"), (Button.CHOOSE, "new-house-tax"))
    assert page(visit) == shown


def test_the_guide_says_what_is_in_it_what_to_bring_what_it_costs_and_how_long() -> None:
    shown = page(at_home().touch((Button.ITEM, "newborn")))
    assert [row.detail for row in shown.fields] == ["本人身份证、出生医学证明", "不收费、5个工作日内办结"]
    assert [(row.text, row.tone) for row in shown.choices] == [
        ("新生儿出生登记", "main"), ("新生儿参加居民医保", "main"), ("新生儿社保卡", "main"),
    ]  # fmt: skip
    less = at_home().touch((Button.ITEM, "newborn"), (Button.CHOOSE, "newborn-social-card"))
    assert page(less).fields[1].detail == "不收费、3个工作日内办结"
    none = less.touch((Button.CHOOSE, "newborn-household"), (Button.CHOOSE, "newborn-medical-insurance"))
    assert ([row.usable for row in page(none).actions], page(none).fields, page(none).notice_tone) == (
        [False],
        (),
        "warn",
    )


def test_water_power_and_gas_go_from_touch_to_act_with_three_questions() -> None:
    visit = at_home().touch((Button.ITEM, "utilities"), (Button.CHOOSE, "gas-connection"), Button.BEGIN, Button.WITNESS)
    visit.witnessed(WU).act(acts.HubTold(visit.session.number, Known(values=(("phone", "13800000001"),))))
    visit.typed("440981000123").touch(Button.ENTER, (Button.CHOOSE, "home"))
    shown = page(visit)
    assert shown.screen == "confirm"
    assert [row.detail for row in shown.fields[:2]] == ["用能报装\n· 用水报装\n· 用电报装", "用气报装"]
    visit.touch(Button.CONFIRM)
    (kept,) = visit.wanted(KeepEvent)
    sent = application(kept, region=VILLAGE, subject="s")
    assert (sent["item"], sent["parts"]) == ("utilities", ["water-connection", "power-connection"])
    assert sent["form"] == {"house": "440981000123", "premises": "home", "phone": "13800000001"}


def test_a_loan_is_asked_for_oneself_or_ones_firm() -> None:
    visit = at_home().touch((Button.ITEM, "loan-need"), Button.BEGIN, Button.WITNESS).witnessed(WU)
    firm = Organisation("93440981MA9999012H", "示例村种养专业合作社", "representative")
    visit.act(acts.HubTold(visit.session.number, Known(organisations=(firm,))))
    assert [row.text for row in page(visit).choices] == ["给自己办", "示例村种养专业合作社", "别的单位"]
    visit.touch((Button.CHOOSE, "organisation-0"), (Button.CHOOSE, "demo-rural-bank"))
    visit.typed("30000").touch(Button.ENTER, (Button.CHOOSE, "farm"), Button.CONFIRM)
    (kept,) = visit.wanted(KeepEvent)
    sent = application(kept, region=VILLAGE, subject="s")
    assert sent["acting"] == {
        "for": "organisation",
        "organisation": {"uscc": firm.uscc, "name": firm.name, "agency": "told"},
    }
    assert sent["form"] == {"bank": "demo-rural-bank", "amount": 3_000_000, "use": "farm"}
