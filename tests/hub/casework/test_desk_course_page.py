"""A clerk works at phone's width with the keyboard alone: the queue by its clock, a pause, a hand-over, a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hub.hub import Hub
from hub.staff import add_staff
from seeds.casework import Casework
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, acts_of, apply, decide, paper, with_item
from tests.hub.pictured import PASSWORD
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store
from tests.hub.test_console import CHROMIUM, FLAGS, SIZES, _picture

pytestmark = pytest.mark.chromium
PATIENCE_MS = 60_000  # a busy machine is no failure


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub whose item may be paused and lets a paper come later."""
    work = Casework(procedures=("expert_review",))
    made = with_item(hub_over(store, clock), work, paper("income", "收入证明", 10), promised_days=10)
    for name in ("cun", "cun-b"):
        add_staff(made.database, clock, name, "clerk", VILLAGE, PASSWORD)
    add_staff(made.database, clock, "xian", "operator", "440981000000", PASSWORD)
    return made


@pytest.fixture
def page() -> Iterator[Page]:
    """A phone's browser."""
    width, height = SIZES["phone"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.set_default_timeout(PATIENCE_MS)
        yield tab
        browser.close()


def _sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/console/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(desk|console)$"), timeout=PATIENCE_MS)


def test_a_case_is_worked_on_by_keyboard_at_phone_width(
    page: Page, hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    apply(terminal, people["he-guoming"], documents=[{"id": "income", "from": "later"}])
    clock.turn(86_400 * 8)
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    _sign_in(page, url, "cun")
    expect(page.locator(".tasks .light").first).to_be_visible(timeout=PATIENCE_MS)
    _picture(page, "cases_desk_queue")
    page.locator(".tasks a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="办到哪里了")).to_be_visible(timeout=PATIENCE_MS)
    _picture(page, "cases_desk_case")
    overflow = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(overflow), "nothing reaches beyond a phone's width"
    page.locator("summary", has_text="暂停计时").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("等专家组意见")
    page.keyboard.press("Enter")
    expect(page.locator(".course")).to_contain_text("专家评审", timeout=PATIENCE_MS)
    page.locator("summary", has_text="交给经办人").focus()
    page.keyboard.press("Enter")
    _picture(page, "cases_desk_hand_over")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("明天休假")
    page.keyboard.press("Enter")
    expect(page.locator(".journal").last).to_contain_text("明天休假", timeout=PATIENCE_MS)
    assert acts_of(hub)[-2:] == ["pause", "hand_over"]
    _picture(page, "cases_desk_case_after")
    page.set_viewport_size({"width": 1280, "height": 800})
    _picture(page, "cases_desk_case_wide")
    page.goto(f"{url}/desk")
    _picture(page, "cases_desk_queue_wide")


def test_an_operator_extends_a_region_at_phone_width(
    page: Page, hub: Hub, url: str, terminal: FakeTerminal, people: People
) -> None:
    apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    _sign_in(page, url, "xian")
    expect(page.locator(".lights")).to_contain_text("按时 1", timeout=PATIENCE_MS)
    _picture(page, "cases_overview")
    page.get_by_role("link", name="地区延期").click()
    page.get_by_label("从哪天起").fill("2026-11-24")
    page.get_by_label("到哪天止（含）").fill("2026-11-27")
    page.get_by_label("原因").fill("台风“示例”")
    page.keyboard.press("Enter")
    expect(page.locator("table")).to_contain_text("台风“示例”", timeout=PATIENCE_MS)
    _picture(page, "cases_extensions")
