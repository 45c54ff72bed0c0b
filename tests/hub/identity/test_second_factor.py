"""Signing in with a second factor, over real HTTP: enrolled once, each code good once, a bounded number of tries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.identity.factors import RECOVERY_CODES, recovery_left
from hub.identity.one_time_codes import STEP_S
from hub.identity.tables import StaffEvent, StaffFactor, StaffRecovery
from hub.problems import Problem
from hub.staff import Reception, add_staff
from tests.hub.pictured import PASSWORD, csrf_of, secret_on
from tests.hub.running import VILLAGE, HandClock, make_hub, serving

NAME = "jingban"


@pytest.fixture
def hub(tmp_path: Path, clock: HandClock) -> Hub:
    """A hub that asks its one clerk for a second factor."""
    made = make_hub(tmp_path, clock, factors=True)
    add_staff(made.database, clock, NAME, "clerk", VILLAGE, PASSWORD)
    return made


@pytest.fixture
def url(hub: Hub) -> Iterator[str]:
    """Where it answers."""
    with serving(hub, decide=False) as address:
        yield address


@pytest.fixture
def browser(url: str) -> Iterator[httpx.Client]:
    """A clean browser."""
    with httpx.Client(base_url=url, follow_redirects=True, verify=False, trust_env=False) as made:
        yield made


def show_password(browser: httpx.Client, name: str = NAME) -> httpx.Response:
    """The page after a right password."""
    form = {"name": name, "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
    return browser.post("/console/login", data=form)


def show_code(browser: httpx.Client, page: httpx.Response, code: str) -> httpx.Response:
    """The page after a code."""
    return browser.post(page.url.path, data={"code": code, "csrf": csrf_of(page)})


def enrolled(browser: httpx.Client, clock: HandClock) -> tuple[pyotp.TOTP, list[str]]:
    """Signs in for the first time; the app that makes the codes, and the codes to recover with."""
    page = show_password(browser)
    secret = secret_on(page.text)
    assert secret is not None
    codes = pyotp.TOTP(secret)
    told = show_code(browser, page, codes.at(clock()))
    browser.post("/console/logout", data={"csrf": csrf_of(browser.get("/console/account"))})
    browser.cookies.clear()
    return codes, re.findall(r"<li class=.code.>([0-9A-Z-]+)</li>", told.text)


def test_the_first_sign_in_enrols_and_only_a_code_opens_the_door(
    hub: Hub, browser: httpx.Client, clock: HandClock
) -> None:
    page = show_password(browser)
    assert "请用手机上的动态码应用扫这个码" in page.text
    assert browser.get("/desk").url.path == "/console/login", "a password alone opens nothing"
    picture = browser.get("/console/login/enrolment/qr.svg")
    assert (picture.headers["content-type"], picture.content[:5]) == ("image/svg+xml", b"<?xml")
    secret = secret_on(page.text)
    assert secret is not None
    assert secret_on(browser.get("/console/login/enrolment").text) == secret, "the same until it counts"
    wrong = show_code(browser, page, "000000")
    assert (wrong.status_code, "动态码不对" in wrong.text) == (401, True)
    told = show_code(browser, page, pyotp.TOTP(secret).at(clock()))
    assert len(set(re.findall(r"<li class=.code.>([0-9A-Z-]+)</li>", told.text))) == RECOVERY_CODES
    assert browser.get("/desk").url.path == "/desk"
    assert browser.get("/console/login/enrolment/qr.svg").status_code == 404, "it is told once"
    with hub.database.reading() as session:
        assert secret.encode() not in session.get_one(StaffFactor, NAME).secret_sealed


def test_a_code_counts_once_even_in_its_own_half_minute(browser: httpx.Client, clock: HandClock) -> None:
    codes, _ = enrolled(browser, clock)
    page = show_password(browser)
    assert page.url.path == "/console/login/code"
    replayed = show_code(browser, page, codes.at(clock()))
    assert (replayed.status_code, "已经用过" in replayed.text) == (401, True)
    clock.turn(STEP_S)
    assert show_code(browser, page, codes.at(clock())).url.path == "/desk"
    browser.cookies.clear()
    page = show_password(browser)
    earlier = show_code(browser, page, codes.at(int(clock.at.timestamp()) - STEP_S))
    assert earlier.status_code == 401, "nor does one from before the last"


def test_wrong_codes_lock_the_codes_for_a_while_and_a_right_password_does_not_help(
    hub: Hub, browser: httpx.Client, clock: HandClock
) -> None:
    codes, recovery = enrolled(browser, clock)
    clock.turn(STEP_S)
    page = show_password(browser)
    right = codes.at(clock())
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(hub.settings.factor_tries):
        assert show_code(browser, page, wrong).status_code == 401
    page = show_password(browser)
    assert show_code(browser, page, right).status_code == 429
    assert show_code(browser, page, recovery[0]).status_code == 429, "nor does a code to recover with"
    clock.turn(hub.settings.lockout_minutes * 60 + 1)
    page = show_password(browser)
    assert show_code(browser, page, codes.at(clock())).url.path == "/desk"
    with hub.database.reading() as session:
        acts = list(session.scalars(select(StaffEvent.act).order_by(StaffEvent.id)))
    assert acts.count("wrong_code") == hub.settings.factor_tries
    assert "locked" in acts


def test_a_code_to_recover_with_is_good_once_and_rests_as_a_keyed_hash(
    hub: Hub, browser: httpx.Client, clock: HandClock
) -> None:
    _, recovery = enrolled(browser, clock)
    page = show_password(browser)
    assert show_code(browser, page, recovery[3].lower()).url.path == "/desk"
    browser.cookies.clear()
    page = show_password(browser)
    assert show_code(browser, page, recovery[3]).status_code == 401
    with hub.database.reading() as session:
        assert recovery_left(session, NAME) == RECOVERY_CODES - 1
        kept = " ".join(session.scalars(select(StaffRecovery.digest)))
    assert not any(one.replace("-", "") in kept.upper() for one in recovery)


def test_half_a_sign_in_ends_after_minutes_and_takes_only_its_own_form(
    hub: Hub, browser: httpx.Client, clock: HandClock
) -> None:
    codes, _ = enrolled(browser, clock)
    clock.turn(STEP_S)
    page = show_password(browser)
    forged = browser.post("/console/login/code", data={"code": codes.at(clock()), "csrf": "forged"})
    assert forged.url.path == "/console/login"
    clock.turn(hub.settings.factor_minutes * 60)
    late = browser.post("/console/login/code", data={"code": codes.at(clock()), "csrf": csrf_of(page)})
    assert late.url.path == "/console/login"
    assert browser.get("/desk").url.path == "/console/login"


def test_half_a_sign_in_that_was_gone_through_meanwhile_opens_no_second_one(
    hub: Hub, browser: httpx.Client, clock: HandClock
) -> None:
    enrolled(browser, clock)
    show_password(browser)
    reception, half = Reception(hub), browser.cookies["zhizhu_step"]
    assert reception.go_in(half)
    with pytest.raises(Problem) as refused:
        reception.go_in(half)
    assert (refused.value.status, refused.value.code) == (401, "sign_in")
