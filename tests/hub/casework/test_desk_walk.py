"""A clerk's whole day at a phone's width, with the keyboard alone: every page is reached and filled in by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from hub.hub import Hub
from hub.staff import add_staff
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, acts_of, answer_of, apply, decide
from tests.hub.pictured import PASSWORD, apply_with_picture
from tests.hub.ratings.test_giving import rate
from tests.hub.running import VILLAGE, FakeTerminal, HandClock
from tests.hub.sealed import VILLAGER, claim, custodian, view, with_seals
from tests.hub.test_console import CHROMIUM, FLAGS, SIZES, _picture

pytestmark = pytest.mark.chromium
PATIENCE_MS = 60_000  # a busy machine is no failure
MOST_KEYS = 150
CLERK, COLLEAGUE = "cunguan", "cun-b"
TYPED = ("lin-yuelan", "huang-axing", "pan-jinfeng", "cai-xiuying")
NOT_COVERED = """one => {
  const box = one.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return there !== null && (one.contains(there) || there.contains(one));
}"""
NO_OVERFLOW = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


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


def tab_to(page: Page, goal: Locator) -> None:
    """Presses Tab until the goal has the focus, as whoever has no mouse must; it has to be seen then."""
    expect(goal).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(MOST_KEYS):
        if goal.evaluate("one => one === document.activeElement"):
            expect(goal).to_be_in_viewport(timeout=PATIENCE_MS)
            assert goal.evaluate(NOT_COVERED), "what has the focus lies below the bar"
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


def press(page: Page, goal: Locator) -> None:
    """Goes there by Tab and presses Enter."""
    tab_to(page, goal)
    page.keyboard.press("Enter")


def write(page: Page, goal: Locator, words: str) -> None:
    """Goes there by Tab and types."""
    tab_to(page, goal)
    page.keyboard.type(words)


def way(page: Page, name: str) -> Locator:
    """One of the ways that stand on every page."""
    return page.locator(".ways a", has=page.get_by_text(name, exact=True)).filter(visible=True).first


def opened(page: Page, name: str) -> Locator:
    """From the queue into the case of this person, named as the queue names them; what the page says."""
    press(page, way(page, "办件"))
    press(page, page.locator(".tasks a", has_text=name).first)
    expect(page.get_by_role("heading", name="办到哪里了")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate(NO_OVERFLOW), "nothing reaches beyond a phone's width"
    return page.locator("main")


def decided(page: Page, outcome: str, reason: str) -> None:
    """The form of the decision, by keys: the first choice by Space, the others by the arrow from there."""
    first = page.locator("form.desk input[name=outcome]").first
    tab_to(page, first)
    page.keyboard.press("Space")
    goal = page.locator(f"form.desk input[value={outcome}]")
    for _ in range(3):
        if goal.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(goal).to_be_checked(timeout=PATIENCE_MS)
    write(page, page.locator("form.desk textarea[name=reason]"), reason)
    press(page, page.locator("form.desk[action$='/decision'] button"))
    expect(page.locator(".journal").last).to_contain_text(reason, timeout=PATIENCE_MS)


@pytest.mark.night
def test_a_clerk_does_all_there_is_to_do_with_the_keyboard_alone(
    page: Page, hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock
) -> None:
    codes = custodian(with_seals(hub), CLERK)
    add_staff(hub.database, clock, COLLEAGUE, "clerk", VILLAGE, PASSWORD)
    rated = apply(terminal, people["chen-deshui"])
    typed = {slug: apply(terminal, people[slug], identity=BY_TYPING) for slug in TYPED}
    apply_with_picture(terminal, people["he-guoming"])
    decide(hub)
    rate(terminal, rated["event_id"], level=2, options=["slow"])
    proof = claim(hub, terminal, people["chen-deshui"], VILLAGER, form={"purpose": "bank"})
    decide(hub)

    page.goto(f"{url}/console/login")
    write(page, page.get_by_label("账号"), CLERK)
    write(page, page.get_by_label("口令"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk$"), timeout=PATIENCE_MS)
    expect(page.locator(".tasks .light").first).to_be_visible(timeout=PATIENCE_MS)
    _picture(page, "walk_queue")

    clock.turn(1)
    body = {"id": "a" * 32, "screen": "consent"}
    assert terminal.ask("POST", f"/v1/terminals/{terminal.id}/bell", body).is_success
    press(page, page.locator(".bells button", has_text="我来了"))
    expect(page.locator(".bells li.coming")).to_contain_text("有人去了", timeout=PATIENCE_MS)
    _picture(page, "walk_bell")
    press(page, page.locator(".bells button", has_text="帮着办好了"))
    expect(page.locator(".bells")).to_have_count(0, timeout=PATIENCE_MS)
    assert terminal.ask("GET", f"/v1/terminals/{terminal.id}/bell").json()["bell"]["state"] == "done"

    shown = opened(page, people["lin-yuelan"].masked_name)
    for words in ("这种方式要由工作人员再看一次", "资料来源", "人口基础库", "2026-11-23", "办理记录"):
        expect(shown).to_contain_text(words, timeout=PATIENCE_MS)
    _picture(page, "walk_case")
    decided(page, "approve", "电话核对过，是本人")

    opened(page, people["huang-axing"].masked_name)
    decided(page, "refuse", "户口已经迁走，请到迁入地办")

    opened(page, people["he-guoming"].masked_name)
    expect(page.get_by_role("img", name="申请时拍的照片")).to_be_visible(timeout=PATIENCE_MS)
    _picture(page, "walk_face")
    decided(page, "approve", "两张照片是同一个人")

    opened(page, people["pan-jinfeng"].masked_name)
    press(page, page.locator("summary", has_text="请群众补材料"))
    asked = page.locator("form", has=page.locator("input[name=act][value=ask_papers]"))
    write(page, asked.locator("[name=what]"), "户口簿复印件")
    write(page, asked.locator("[name=reason]"), "人口库里没有您")
    press(page, asked.get_by_role("button"))
    expect(page.locator("main")).to_contain_text("户口簿复印件", timeout=PATIENCE_MS)

    opened(page, people["cai-xiuying"].masked_name)
    press(page, page.locator("summary", has_text="交给经办人"))
    handing = page.locator("form", has=page.locator("input[name=act][value=hand_over]"))
    write(page, handing.locator("input[name=reason]"), "明天休假")
    press(page, handing.get_by_role("button"))
    expect(page.locator(".journal").last).to_contain_text("明天休假", timeout=PATIENCE_MS)

    opened(page, "居住情况证明")
    clock.turn(600)
    number = page.url.rpartition("/")[2]
    write(page, page.locator("input[name=typed]"), number[-5:])
    write(page, page.locator("input[name=code]"), codes.at(clock()))
    _picture(page, "walk_seal")
    press(page, page.locator("form[action$='/seal'] button"))
    expect(page.locator("main")).to_contain_text("正在签发", timeout=PATIENCE_MS)

    press(page, way(page, "评价"))
    press(page, page.locator("main a[href^='/desk/ratings/']").first)
    write(page, page.locator("details[open] input[name=words]"), "打过电话，说机器太慢")
    _picture(page, "walk_rating")
    press(page, page.locator("details[open] button"))
    expect(page.locator(".journal").last).to_contain_text("打过电话", timeout=PATIENCE_MS)

    assert {slug: answer_of(terminal, each).state for slug, each in typed.items()} == {
        "lin-yuelan": "approved",
        "huang-axing": "refused",
        "pan-jinfeng": "waiting",
        "cai-xiuying": "in_review",
    }
    assert view(terminal, proof).state == "approved"
    assert {"clerk_approve", "clerk_refuse", "ask_papers", "hand_over"} <= set(acts_of(hub))
