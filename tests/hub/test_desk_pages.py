"""The clerk's desk in a real browser, on a phone and on a desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from kiosk.face.sandbox import blob
from seeds.people import People
from tests.hub.pictured import PASSWORD, apply_with_picture, jpeg
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, make_hub, serving
from tests.hub.test_console import CHROMIUM, FLAGS

pytestmark = pytest.mark.chromium
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
REASON = "照片太暗看不清脸，请带身份证到村委会，请帮办员作证再办一次。"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def desk(tmp_path: Path, clock: HandClock) -> Hub:
    """A hub with a decoder of card photographs that knows one invented resident."""
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "lin-yuelan.jpg").write_bytes(jpeg(102, 126, (120, 90, 60)))
    command = (sys.executable, "-m", "kiosk.face.sandbox_decoder", str(photos))
    hub = make_hub(tmp_path, clock, HubSettings(refresh_s=1, card_decoder=command, card_decoder_s=30))
    add_staff(hub.database, clock, "jingban", "clerk", VILLAGE, PASSWORD)
    add_staff(hub.database, clock, "zhishou", "operator", VILLAGE, PASSWORD)
    return hub


def _sign_in(browser: Browser, address: str, name: str, size: str) -> Page:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(20_000)
    page.goto(f"{address}/console")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def _picture(page: Page, name: str) -> None:
    """Keeps a picture to look at when ZHIZHU_PICTURES names a folder."""
    if folder := os.environ.get("ZHIZHU_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _nothing_sticks_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_a_clerk_opens_a_case_compares_and_decides(
    browser: Browser, desk: Hub, clock: HandClock, people: People, size: str
) -> None:
    with serving(desk, decide=False) as address:
        terminal = FakeTerminal.enrolled(desk, address, clock)
        apply_with_picture(terminal, people["lin-yuelan"], card_photo=blob("lin-yuelan"))
        apply_with_picture(terminal, people["he-guoming"])
        apply_with_picture(terminal, people["pan-jinfeng"], bring=False)
        DecisionWorker(desk).run_once()
        page = _sign_in(browser, address, "jingban", size)
        expect(page.get_by_role("heading", level=1)).to_contain_text("等工作人员核对的办件")
        expect(page.locator(".tasks li")).to_have_count(3)
        _picture(page, f"{size}_desk_list")
        assert _nothing_sticks_out(page)

        page.locator(".tasks li", has_text="林*兰").get_by_role("link").click()
        expect(page.get_by_text("林月兰")).to_be_visible()
        for name in ("申请时拍的照片", "身份证上的照片"):
            picture = page.get_by_role("img", name=name)
            expect(picture).to_be_visible()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
        expect(page.locator("figcaption", has_text="身份证上的照片")).to_contain_text("演示")
        _picture(page, f"{size}_desk_case")
        assert _nothing_sticks_out(page)
        page.get_by_label("通过核对过").check()
        page.get_by_role("button", name="确定").click()
        people_decided = page.locator(".people")
        expect(people_decided).to_contain_text("通过")
        expect(people_decided).to_contain_text("由 jingban 于")
        expect(people_decided).to_contain_text("照片已在决定时删除")
        expect(page.get_by_role("img")).to_have_count(0)
        expect(page.get_by_role("button", name="确定")).to_have_count(0)
        _picture(page, f"{size}_desk_decided")

        page.get_by_role("link", name="待办", exact=True).click()
        page.locator(".tasks li", has_text="何*明").get_by_role("link").click()
        expect(page.get_by_text("身份证上的照片在这里显示不了")).to_be_visible()
        page.get_by_label("请群众找帮办员当面办").check()
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("alert")).to_contain_text("请写明")
        page.get_by_label("请群众找帮办员当面办").check()
        page.get_by_label("写给群众的话").fill(REASON)
        page.get_by_role("button", name="确定").click()
        expect(page.locator(".people")).to_contain_text(REASON)

        page.goto(f"{address}/desk")
        expect(page.locator(".tasks li")).to_have_count(2)
        page.locator(".tasks li", has_text=people["pan-jinfeng"].masked_name).get_by_role("link").click()
        expect(page.locator(".compare")).to_contain_text("照片没有送到中枢")
        expect(page.get_by_label("通过核对过")).to_be_disabled()
        _picture(page, f"{size}_desk_missing")
        page.close()


def test_an_operator_sees_that_a_person_decided_but_no_desk(
    browser: Browser, desk: Hub, clock: HandClock, people: People
) -> None:
    with serving(desk, decide=False) as address:
        terminal = FakeTerminal.enrolled(desk, address, clock)
        apply_with_picture(terminal, people["lin-yuelan"])
        DecisionWorker(desk).run_once()
        page = _sign_in(browser, address, "zhishou", "desk")
        expect(page.get_by_role("heading", level=1)).to_contain_text("群众现在办不了什么")
        expect(page.get_by_role("link", name="待办", exact=True)).to_have_count(0)
        page.get_by_role("link", name="办件", exact=True).click()
        page.locator("tbody tr", has_text="林*兰").get_by_role("link").first.click()
        expect(page.locator(".people")).to_contain_text("还没有工作人员决定")
        expect(page.locator(".people")).to_contain_text("照片还在")
        expect(page.get_by_role("link", name="去核对这个办件")).to_have_count(0)
        expect(page.get_by_role("img")).to_have_count(0)
        _picture(page, "operator_case")
        page.close()
