"""The console in a real browser: signing in, a terminal that falls silent, a case with its explanation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from offline.wire.claims import new_code
from offline.wire.heartbeat import DeviceReport
from seeds.people import People
from tests.hub.running import FakeTerminal, HandClock, make_hub, serving

pytestmark = pytest.mark.chromium
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic"),
)
PASSWORD = "a long enough one"
SIZES = {"desk": (1366, 768), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def quick(tmp_path: Path, clock: HandClock) -> Hub:
    """A hub whose console refreshes every second."""
    return make_hub(tmp_path, clock, HubSettings(refresh_s=1))


@pytest.fixture
def address(quick: Hub, clock: HandClock) -> Iterator[str]:
    """Where it answers; one operator may look at everything."""
    add_staff(quick.database, clock, "yanshi", "operator", "0" * 12, PASSWORD)
    with serving(quick, decide=False) as url:
        yield url


def _sign_in(browser: Browser, address: str, size: str = "desk", password: str = PASSWORD) -> Page:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(15_000)
    page.goto(f"{address}/console")
    page.get_by_label("账号").fill("yanshi")
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()
    return page


def _picture(page: Page, name: str) -> None:
    """Keeps a picture to look at when ZHIZHU_PICTURES names a folder."""
    if folder := os.environ.get("ZHIZHU_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_terminal_is_seen_online_then_unknown_when_its_heartbeats_stop(
    browser: Browser, quick: Hub, address: str, clock: HandClock
) -> None:
    terminal = FakeTerminal.enrolled(quick, address, clock)
    page = _sign_in(browser, address)
    page.get_by_role("link", name="终端", exact=True).click()
    row = page.locator("tbody tr")
    expect(row).to_contain_text("从未上线")
    terminal.beat(id_card=DeviceReport(state="ready"), receipt_printer=DeviceReport(state="ready"))
    expect(row).to_contain_text("在线")
    expect(row).to_contain_text("身份证阅读器 正常")
    _picture(page, "terminals_online")
    clock.turn(quick.settings.silence_s + 1)
    expect(row).to_contain_text("失联不明")
    expect(row).to_contain_text("身份证阅读器 不明")
    expect(row).not_to_contain_text("在线")
    page.goto(f"{address}/console")
    expect(page.locator(".hardships")).to_contain_text("终端没有回音")


def test_a_case_is_seen_with_its_explanation(
    browser: Browser, quick: Hub, address: str, clock: HandClock, people: People
) -> None:
    terminal = FakeTerminal.enrolled(quick, address, clock)
    terminal.beat(
        id_card=DeviceReport(state="ready"),
        receipt_printer=DeviceReport(state="failed", cause="environment", code="receipt_printer.paper_end"),
        face_camera=DeviceReport(state="absent", cause="device", code="camera.unplugged"),
    )
    code = new_code()
    for slug in ("lin-yuelan", "he-guoming", "pan-jinfeng"):
        terminal.send(terminal.event(terminal.application(people[slug], code if slug == "lin-yuelan" else None)))
    DecisionWorker(quick).run_once()
    for size in SIZES:
        page = _sign_in(browser, address, size)
        expect(page.locator(".hardships")).to_contain_text("打不出凭条")
        _picture(page, f"{size}_overview")
        page.get_by_role("link", name="终端", exact=True).click()
        _picture(page, f"{size}_terminals")
        page.locator("tbody tr td a").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("部分可用")
        _picture(page, f"{size}_terminal")
        page.get_by_role("link", name="办件", exact=True).click()
        _picture(page, f"{size}_cases")
        page.locator("tbody tr", has_text="林*兰").get_by_role("link").first.click()
        decision = page.locator(".decision")
        expect(decision).to_contain_text("规则结论：通过")
        expect(decision).to_contain_text("规则版本")
        expect(decision).to_contain_text("演示")
        assert people["lin-yuelan"].id_number not in page.content()
        _picture(page, f"{size}_case")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out sideways"
        page.goto(f"{address}/verify/{code}")
        expect(page.locator(".slip")).to_contain_text("已通过")
        expect(page.locator(".slip")).to_contain_text("林*兰")
        _picture(page, f"{size}_verify")
        page.goto(f"{address}/verify/{new_code()}")
        expect(page.locator(".slip")).to_contain_text("还没有查到")
        _picture(page, f"{size}_verify_unknown")
        page.close()


def test_wrong_passwords_lock_the_account_for_a_while(
    browser: Browser, quick: Hub, address: str, clock: HandClock
) -> None:
    page = _sign_in(browser, address, password="wrong")
    for _ in range(quick.settings.login_tries - 1):
        expect(page.get_by_role("alert")).to_contain_text("账号或口令不对")
        page.get_by_label("口令").fill("wrong")
        page.get_by_role("button", name="登录").click()
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("锁定")
    _picture(page, "desk_login")
    clock.turn(quick.settings.lockout_minutes * 60 + 1)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("群众现在办不了什么")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto(f"{address}/console/cases")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
