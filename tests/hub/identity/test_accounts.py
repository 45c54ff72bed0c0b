"""Accounts and who watches them: three administrators, none of whom can do another's work."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from hub.hub import Hub
from hub.staff import add_staff
from hub.tables import ClerkDecision, PictureView
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, apply
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import VILLAGE, FakeTerminal, HandClock

COUNTY = "440981000000"


@pytest.fixture
def system(hub: Hub, url: str, clock: HandClock) -> Iterator[httpx.Client]:
    """The county's system administrator."""
    for name, role, region in (
        ("xitong", "system_admin", COUNTY),
        ("shenji", "auditor", COUNTY),
        ("linxian", "clerk", "440982000000"),
    ):
        add_staff(hub.database, clock, name, role, region, PASSWORD)
    with signed_in(url, "xitong") as browser:
        yield browser


def post(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    """A form of the page of accounts."""
    return browser.post(path, data=form | {"csrf": csrf_of(browser.get("/console/accounts"))})


def sign_in(url: str, name: str, password: str) -> int:
    """How signing in ends."""
    with httpx.Client(base_url=url, verify=False, trust_env=False) as browser:
        form = {"name": name, "password": password, "csrf": csrf_of(browser.get("/console/login"))}
        return browser.post("/console/login", data=form).status_code


def test_an_account_is_opened_renewed_closed_and_opened_again(url: str, system: httpx.Client) -> None:
    told = post(system, "/console/accounts", name="xiaochen", role="clerk", region=VILLAGE)
    first = re.findall(r"data-password>([^<]+)<", told.text)[0]
    assert first not in system.get("/console/accounts").text, "it is told once"
    assert sign_in(url, "xiaochen", first) == 303
    with httpx.Client(base_url=url, verify=False, trust_env=False, follow_redirects=True) as clerk:
        form = {"name": "xiaochen", "password": first, "csrf": csrf_of(clerk.get("/console/login"))}
        assert clerk.post("/console/login", data=form).url.path == "/desk"
        renewed = post(system, "/console/accounts/change", name="xiaochen", act="password")
        assert clerk.get("/desk").url.path == "/console/login", "it is signed out everywhere"
    second = re.findall(r"data-password>([^<]+)<", renewed.text)[0]
    assert (sign_in(url, "xiaochen", first), sign_in(url, "xiaochen", second)) == (401, 303)
    assert post(system, "/console/accounts/change", name="xiaochen", act="close").is_success
    assert sign_in(url, "xiaochen", second) == 401
    assert post(system, "/console/accounts/change", name="xiaochen", act="open").is_success
    assert sign_in(url, "xiaochen", second) == 303


@pytest.mark.parametrize(
    ("name", "role", "region", "status"),
    [
        ("lao", "auditor", COUNTY, 422),
        ("lao", "system_admin", COUNTY, 422),
        ("lao", "clerk", "440982000000", 422),
        ("lao", "clerk", "440900000000", 422),
        ("lao", "clerk", "0" * 12, 422),
        ("linxian", "clerk", COUNTY, 409),
        (" ", "clerk", COUNTY, 422),
        ("rule", "clerk", COUNTY, 422),
        ("rule:village-proof", "clerk", COUNTY, 422),
    ],
)
def test_no_account_is_opened_above_beside_or_over_whoever_watches(
    system: httpx.Client, name: str, role: str, region: str, status: int
) -> None:
    assert post(system, "/console/accounts", name=name, role=role, region=region).status_code == status


def test_an_administrator_changes_neither_the_auditor_nor_the_neighbour_nor_himself(
    url: str, system: httpx.Client
) -> None:
    for act in ("password", "codes", "close", "open"):
        assert post(system, "/console/accounts/change", name="shenji", act=act).status_code == 403
        assert post(system, "/console/accounts/change", name="xitong", act=act).status_code == 403
        assert post(system, "/console/accounts/change", name="linxian", act=act).status_code == 404
    assert sign_in(url, "shenji", PASSWORD) == 303


def test_the_auditor_reads_what_the_administrator_did_and_nothing_of_the_neighbour(
    url: str, system: httpx.Client
) -> None:
    post(system, "/console/accounts", name="xiaochen", role="clerk", region=VILLAGE)
    sign_in(url, "xiaochen", "a wrong one")
    sign_in(url, "linxian", "a wrong one")
    with signed_in(url, "shenji") as auditor:
        page = auditor.get("/console/audit").text
        assert re.search(r"xitong</td>\s*<td[^>]*>开设账号<small>clerk 440981102999", page)
        assert "口令不对" in page
        assert "linxian" not in page
        only = auditor.get("/console/audit?actor=xitong").text
        assert "开设账号" in only
        assert "口令不对" not in only


def test_the_auditor_reads_what_a_clerk_looked_at_and_decided_in_chinese(
    url: str, system: httpx.Client, hub: Hub, clock: HandClock
) -> None:
    apply(FakeTerminal.enrolled(hub, url, clock), People.load()["lin-yuelan"], identity=BY_TYPING)
    with hub.database.writing() as session:
        seen = [PictureView(case_id=1, staff="jia", what=what, seen_at=clock()) for what in ("taken", "card")]
        decided = ClerkDecision(case_id=1, outcome="visit", reason="请来", staff="jia", decided_at=clock())
        session.add_all((*seen, decided))
    with signed_in(url, "shenji") as auditor:
        page = auditor.get("/console/audit").text
    for said in ("申请人当时拍的照片", "身份证上的照片", "请本人来"):
        assert f"<small>{said}</small>" in page
    assert not re.search(r"<small>[a-z]+</small>", page)


def test_one_changes_ones_own_password_and_is_signed_out_everywhere_else(
    url: str, system: httpx.Client, hub: Hub
) -> None:
    with signed_in(url, "linxian") as here, signed_in(url, "linxian") as elsewhere:

        def change(old: str, new: str) -> httpx.Response:
            form = {"old": old, "new": new, "csrf": csrf_of(here.get("/console/account"))}
            return here.post("/console/account/password", data=form)

        assert change("a wrong one", "another long one").status_code == 422
        assert change(PASSWORD, "short").status_code == 422
        assert "口令已换" in change(PASSWORD, "another long one").text
        assert here.get("/desk").url.path == "/desk"
        assert elsewhere.get("/desk").url.path == "/console/login"
        for _ in range(hub.settings.login_tries):
            change("a wrong one", "yet another one")
        assert "锁定" in change("another long one", "yet another one").text, "it is no way around the lock"
