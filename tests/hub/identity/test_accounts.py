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
        ("cungan", "clerk", VILLAGE),
        ("yewu", "business_admin", COUNTY),
        ("linyewu", "business_admin", "440982000000"),
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


def half_on(page: httpx.Response) -> str:
    """The half of a password that a page tells once."""
    return str(re.findall(r"data-password>([^<]+)<", page.text)[0])


def confirm(url: str, by: str = "yewu", act: str = "confirm") -> httpx.Response:
    """Somebody settles the newest change that waits."""
    with signed_in(url, by) as browser:
        page = browser.get("/console/account-changes")
        keys = re.findall(r'action="(/console/account-changes/[^"]+)"', page.text)
        path = keys[-1] if keys else "/console/account-changes/none"
        return browser.post(path, data={"act": act, "csrf": csrf_of(page)})


def test_an_account_is_opened_renewed_closed_and_opened_again(url: str, system: httpx.Client) -> None:
    half = half_on(post(system, "/console/accounts", name="xiaochen", role="clerk", region=VILLAGE))
    assert half not in system.get("/console/accounts").text, "it is told once"
    assert sign_in(url, "xiaochen", half) == 401, "one person alone opens nothing"
    first = half + half_on(confirm(url))
    assert sign_in(url, "xiaochen", first) == 303
    with httpx.Client(base_url=url, verify=False, trust_env=False, follow_redirects=True) as clerk:
        form = {"name": "xiaochen", "password": first, "csrf": csrf_of(clerk.get("/console/login"))}
        assert clerk.post("/console/login", data=form).url.path == "/desk"
        half = half_on(post(system, "/console/accounts/change", name="xiaochen", act="password"))
        assert clerk.get("/desk").url.path == "/desk", "nothing has happened yet"
        second = half + half_on(confirm(url))
        assert clerk.get("/desk").url.path == "/console/login", "it is signed out everywhere"
    assert [sign_in(url, "xiaochen", one) for one in (first, half, second)] == [401, 401, 303]
    assert post(system, "/console/accounts/change", name="xiaochen", act="close").is_success
    assert sign_in(url, "xiaochen", second) == 401
    assert post(system, "/console/accounts/change", name="xiaochen", act="open").is_success
    assert sign_in(url, "xiaochen", second) == 303


def test_what_was_begun_is_confirmed_once_by_the_other_administrator_of_the_division(
    url: str, system: httpx.Client, clock: HandClock, hub: Hub
) -> None:
    post(system, "/console/accounts/change", name="cungan", act="password")
    assert "cungan" not in confirm(url, "linyewu").text, "the neighbour has nothing to confirm"
    with signed_in(url, "yewu") as browser:
        page = browser.get("/console/account-changes")
        path = re.findall(r'action="(/console/account-changes/[^"]+)"', page.text)[0]
        sent = {"act": "confirm", "csrf": csrf_of(page)}
        assert system.post(path, data=sent | {"csrf": csrf_of(system.get("/console/accounts"))}).status_code == 403
        with signed_in(url, "linyewu") as neighbour:
            theirs = sent | {"csrf": csrf_of(neighbour.get("/console/account-changes"))}
            assert neighbour.post(path, data=theirs).status_code == 404
        assert [browser.post(path, data=sent).status_code for _ in range(2)] == [200, 404]
    post(system, "/console/accounts", name="xiaochen", role="clerk", region=VILLAGE)
    assert confirm(url, act="refuse").is_success
    assert confirm(url).status_code == 404
    post(system, "/console/accounts/change", name="cungan", act="codes")
    clock.turn(hub.settings.account_change_hours * 3600 + 1)
    assert confirm(url).status_code == 404, "it waits no longer than the settings say"


def test_whose_account_was_changed_is_told_at_the_next_sign_in_and_the_log_names_both(
    url: str, system: httpx.Client
) -> None:
    assert sign_in(url, "cungan", PASSWORD) == 303
    half = half_on(post(system, "/console/accounts/change", name="cungan", act="password"))
    whole = half + half_on(confirm(url))
    with httpx.Client(base_url=url, verify=False, trust_env=False, follow_redirects=True) as clerk:
        form = {"name": "cungan", "password": whole, "csrf": csrf_of(clerk.get("/console/login"))}
        told = clerk.post("/console/login", data=form)
        assert told.url.path == "/console/account"
        assert "上次登录以后，别人改过您的账号" in told.text
        assert "xitong 提出，yewu 确认" in told.text
    assert sign_in(url, "cungan", whole) == 303
    with signed_in(url, "shenji") as auditor:
        for actor in ("", "xitong", "yewu"):
            page = auditor.get(f"/console/audit?actor={actor}").text
            assert re.search(r"yewu<small>xitong 提出</small></td>\s*<td[^>]*>换口令", page), actor


@pytest.mark.parametrize(
    ("name", "role", "region", "status"),
    [
        ("lao", "auditor", COUNTY, 422),
        ("lao", "system_admin", COUNTY, 422),
        ("lao", "business_admin", COUNTY, 422),
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
        assert post(system, "/console/accounts/change", name="yewu", act=act).status_code == 403
        assert post(system, "/console/accounts/change", name="linxian", act=act).status_code == 404
    assert sign_in(url, "shenji", PASSWORD) == 303


def test_the_auditor_reads_what_the_administrator_did_and_nothing_of_the_neighbour(
    url: str, system: httpx.Client
) -> None:
    post(system, "/console/accounts", name="xiaochen", role="clerk", region=VILLAGE)
    confirm(url)
    sign_in(url, "xiaochen", "a wrong one")
    sign_in(url, "linxian", "a wrong one")
    with signed_in(url, "shenji") as auditor:
        page = auditor.get("/console/audit").text
        assert re.search(r"xitong 提出</small></td>\s*<td[^>]*>开设账号<small>业务办理 广东省", page)
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
