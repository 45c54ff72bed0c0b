"""The console in a real browser over real processes: a terminal that dies, and a case with its explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from deploy.applications import VILLAGE
from deploy.children import Children
from deploy.demo import free_port
from offline.status import write_status
from offline.store import TerminalStore
from offline.wire.heartbeat import DeviceReport, TerminalStatus
from seeds.people import People
from seeds.people import Person as Invented
from tests.deploy.applications import keep_witnessed
from tests.hub.prepared import prepared
from tests.hub.test_console import CHROMIUM, FLAGS

pytestmark = pytest.mark.chromium
NAME: Final = "示例村党群服务中心"
PASSWORD: Final = "a long enough one"
DEADLINE_S: Final = 20.0
AGENT: Final = {
    "heartbeat_s": 0.5,
    "changes_s": 0.5,
    "changes_soon_s": 0.3,
    "poll_s": 0.1,
    "longest_wait_s": 1,
}


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    """The processes of one test; none outlives it."""
    running = Children(tmp_path, {})
    yield running
    running.end()


@pytest.fixture
def page() -> Iterator[Page]:
    """A tab of Debian's Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": 1366, "height": 768})
        tab.set_default_timeout(DEADLINE_S * 1000)
        yield tab
        browser.close()


def await_hub(url: str) -> None:
    """Returns when the hub is ready; the client calls again and again, with growing pauses of its own."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=7), trust_env=False, timeout=DEADLINE_S) as client:
        assert client.get(f"{url}/readyz").is_success


def terminal_toml(folder: Path, url: str, key: str) -> Path:
    """The configuration of the terminal."""
    path = folder / "terminal.toml"
    path.write_text(
        f'[terminal]\nname = "{NAME}"\nregion = "{VILLAGE}"\nstate_dir = "{folder / "state"}"\n\n'
        f'[hub]\nurl = "{url}"\n\n[hub.enrolment]\nkey = "{key}"\n',
        encoding="utf-8",
    )
    return path


def keep_application(state_dir: Path, applicant: Invented, helper: Invented) -> None:
    """Keeps what the journey keeps when a village helper vouched."""
    with closing(TerminalStore.open(state_dir)) as store:
        keep_witnessed(store, applicant, helper)


def say_all_is_well(state_dir: Path) -> None:
    """Writes what the terminal's screen writes while it paints and its devices answer."""
    now = datetime.now(UTC)
    devices = {role: DeviceReport(state="ready") for role in ("id_card", "receipt_printer", "face_camera")}
    write_status(state_dir, TerminalStatus(screen="alive", at=now, last_frame=now, devices=devices))


def test_the_console_shows_a_killed_terminal_as_unknown_and_a_case_with_its_explanation(
    page: Page, children: Children, tmp_path: Path
) -> None:
    database = ("--database", f"sqlite:///{tmp_path / 'hub.db'}")
    key = prepared(database[1], VILLAGE, NAME, staff=("yanshi", "operator", PASSWORD))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    where = ("--state", str(tmp_path / "hub"), "--port", str(port), "--silence-s", "3")
    children.start("hub", "hub", "serve", *database, *where)
    await_hub(url)

    quick = [word for name, value in AGENT.items() for word in ("--set", f"agent.{name}={value}")]
    children.start("agent", "agent", "--config", str(terminal_toml(tmp_path, url, key)), *quick)
    page.goto(f"{url}/console")
    page.get_by_label("账号").fill("yanshi")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("动态码").fill(pyotp.TOTP(page.locator("[data-secret]").inner_text()).now())
    page.get_by_role("button", name="确认").click()
    page.get_by_role("link", name="抄好了").click()
    page.get_by_role("link", name="终端", exact=True).click()
    row = page.locator("tbody tr", has_text=NAME)
    expect(row).to_be_visible(timeout=DEADLINE_S * 1000)
    say_all_is_well(tmp_path / "state")
    expect(row).to_contain_text("在线", timeout=DEADLINE_S * 1000)

    people = People.load()
    applicant = people["lin-yuelan"]
    keep_application(tmp_path / "state", applicant, people["wu-guifang"])
    page.get_by_role("link", name="办件", exact=True).click()
    case = page.locator("tbody tr", has_text=applicant.masked_name)
    expect(case).to_contain_text("已通过", timeout=DEADLINE_S * 1000)
    case.get_by_role("link").first.click()
    decision = page.locator(".decision")
    expect(decision).to_contain_text("规则结论：通过")
    expect(decision).to_contain_text(re.compile(r"规则版本\s*\S"))
    expect(decision.locator("li")).not_to_have_count(0)
    expect(decision.locator("tbody tr")).not_to_have_count(0)
    assert applicant.id_number not in page.content()

    say_all_is_well(tmp_path / "state")
    page.get_by_role("link", name="终端", exact=True).click()
    expect(row).to_contain_text("在线", timeout=DEADLINE_S * 1000)
    children.kill("agent")
    expect(row).to_contain_text("失联不明", timeout=DEADLINE_S * 1000)
    expect(row).not_to_contain_text("在线")
