"""A demo account in a browser: the password, then the one-time code of the secret that the demo knows."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pyotp

from deploy.stage import Staff
from deploy.trouble import RoofTrouble

COOKIE: Final = "zhizhu_staff"
CODE_PAGE: Final = "/console/login/code"
STEP_S: Final = 30
DEADLINE_S: Final = 100.0  # three steps: as often as others may have signed in with the codes of now
POLL_S: Final = 1.0


def sign_in(desk: httpx.Client, staff: Staff, kept: Path) -> None:
    """Signs in, or goes on with the session `kept` in the demo's own folder by whoever played before.

    A code counts once, so that players who come one after the other could not all sign in within its half minute.
    """
    if kept.exists():
        desk.cookies.set(COOKIE, kept.read_text(encoding="ascii"))
        if desk.get("/console/account", follow_redirects=False).status_code == httpx.codes.OK:
            return
        desk.cookies.clear()
    form = {"name": staff.name, "password": staff.password, "csrf": csrf_of(desk.get("/console/login").text)}
    page = desk.post("/console/login", data=form).raise_for_status()
    _show_code(desk, staff, page)
    kept.touch(mode=0o600)
    kept.write_text(desk.cookies[COOKIE], encoding="ascii")


def csrf_of(page: str) -> str:
    """A page's own proof that a form came from it."""
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page)
    return "" if found is None else found.group(1)


def _show_code(desk: httpx.Client, staff: Staff, page: httpx.Response) -> None:
    codes, csrf, end = pyotp.parse_uri(staff.codes), csrf_of(page.text), time.monotonic() + DEADLINE_S
    assert isinstance(codes, pyotp.TOTP)
    tried: set[int] = set()
    while time.monotonic() < end:
        here = int(datetime.now(UTC).timestamp()) // STEP_S
        for step in (here, here + 1):  # the hub takes the next one too, for clocks that differ
            if step in tried:
                continue
            tried.add(step)
            page = desk.post(CODE_PAGE, data={"code": codes.generate_otp(step), "csrf": csrf})
            if page.is_success:
                return
        time.sleep(POLL_S)
    raise RoofTrouble(
        f"账号 {staff.name} 的动态码没有被接受。The codes of {staff.name} were not taken.", "过一分钟再试。Try again."
    )
