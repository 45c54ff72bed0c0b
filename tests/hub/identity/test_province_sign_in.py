"""Signing in at the province, over real HTTP: who is linked comes in, and nothing else opens the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from sqlalchemy import func, select

from hub.hub import Hub
from hub.identity.accounts import link
from hub.identity.oidc.client import OidcClient, read_oidc, safe
from hub.identity.oidc.sandbox import MANNERS, SandboxProvider
from hub.identity.one_time_codes import step_of
from hub.identity.tables import StaffEvent, StaffProvince, StaffProvinceFlow
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import StaffAccount
from hub.trouble import HubTrouble
from tests.conftest import LogWatch
from tests.hub.identity.provinces import START, client_of, leave, providing, through
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import LINE, HandClock, hub_over, serving
from tests.hub.stores import Store

COUNTY, ELSEWHERE = "440981000000", "440982000000"
CLERK, STRONG, OPERATOR, FAR = "gd-2001", "gd-2002", "gd-2003", "gd-2004"


class Province:
    """A hub with a province, its provider, and browsers."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self._opened = ExitStack()
        self.provider: SandboxProvider = self._opened.enter_context(providing(clock))

    def open(self, *, factors: bool = False, **changes: object) -> Hub:
        """The hub, with accounts that are linked: `jia` to the clerk, `yi` to the strong one, `bing` to nobody."""
        settings = HubSettings(oidc=client_of(self.provider, **changes))
        hub = hub_over(self.store, self.clock, settings, factors=factors)
        people = (("jia", "clerk", COUNTY), ("yi", "clerk", COUNTY), ("bing", "clerk", COUNTY))
        for name, role, region in (*people, ("xitong", "system_admin", COUNTY), ("yewu", "business_admin", COUNTY)):
            add_staff(hub.database, self.clock, name, role, region, PASSWORD)
        self.link(hub, "jia", CLERK)
        self.link(hub, "yi", STRONG)
        self.url = self._opened.enter_context(serving(hub, decide=False))
        return hub

    def link(self, hub: Hub, name: str, subject: str) -> None:
        with hub.database.writing() as session:
            account = session.get_one(StaffAccount, name)
            link(session, self.clock, account, self.provider.issuer, subject, "")

    @contextmanager
    def browser(self, **options: object) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.url, trust_env=False, **options) as browser:  # type: ignore[arg-type]
            yield browser

    def close(self) -> None:
        self._opened.close()


@pytest.fixture
def province(store: Store, clock: HandClock) -> Iterator[Province]:
    made = Province(store, clock)
    yield made
    made.close()


def trouble(reply: httpx.Response) -> str:
    """What the page says, by its alert."""
    found = re.search(r'role="alert">([^<]+)<', reply.text)
    return "" if found is None else found[1]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_who_is_linked_comes_in_works_and_leaves_there_too(province: Province, algorithm: str) -> None:
    province.provider.new_keys(algorithm)  # type: ignore[arg-type]
    hub = province.open()
    with province.browser() as browser:
        assert "用省统一身份登录" in browser.get("/console/login").text
        came = through(browser, CLERK)
        assert (came.status_code, trouble(came)) == (200, "")
        assert 'content="0;url=/desk"' in came.text  # a page of our own: a strict cookie does not come from elsewhere
        assert browser.get("/desk").status_code == 200
        out = browser.post("/console/logout", data={"csrf": csrf_of(browser.get("/console/account"))})
        assert "一并退出" in browser.get(out.headers["location"]).text
        there = browser.get(f"{START}/out").headers["location"]
        assert there.startswith(f"{province.provider.issuer}/out?client_id=")
        assert browser.get("/desk").status_code == 303
    with hub.database.reading() as session:
        acts = list(session.scalars(select(StaffEvent.act).where(StaffEvent.about == "jia")))
        assert acts[-1] == "province_in"
        assert session.scalar(select(func.count()).select_from(StaffProvinceFlow)) == 0


def test_where_no_province_is_set_there_is_no_such_way(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False) as browser:
        assert "省统一身份" not in browser.get("/console/login").text
        for address in (START, f"{START}/back", f"{START}/out"):
            assert browser.get(address).status_code == 404


def test_nobody_is_made_from_outside_and_the_page_tells_what_an_administrator_needs(province: Province) -> None:
    hub = province.open()
    with hub.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(StaffAccount))
    with province.browser() as browser:
        came = through(browser, OPERATOR)
        assert (came.status_code, "还没有和本中枢的账号关联" in trouble(came)) == (403, True)
        assert "data-subject>gd-2003<" in came.text
        assert browser.get("/desk").status_code == 303
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffAccount)) == before


def refused(province: Province, browser: httpx.Client, manner: str) -> str:
    """What is said to who comes back while the provider behaves so; the next time is good."""
    back = leave(browser, CLERK)
    assert LINE.post(f"{province.provider.issuer}/manner/{manner}").json()["sandbox"] == "演示"
    came = browser.get(back)
    province.provider.freed.set()
    assert came.status_code in (403, 503)
    assert browser.get("/desk").status_code == 303
    province.provider.manner = "well"
    return trouble(came)


def test_a_token_that_is_wrong_in_any_way_lets_nobody_in(province: Province, logs: LogWatch) -> None:
    logs.expect("省统一身份认证给的凭据不可信")  # and whose it was is not in it
    province.open()
    wrong = set(MANNERS) - {"well", "late", "silent", "elsewhere"}
    with province.browser() as browser:
        assert {manner: "回答不对" in refused(province, browser, manner) for manner in wrong} == dict.fromkeys(
            wrong, True
        )
        assert through(browser, CLERK).status_code == 200


@pytest.mark.parametrize("manner", ["late", "silent"])
def test_a_provider_that_does_not_answer_in_time_is_named_and_the_password_still_opens(
    province: Province, manner: str
) -> None:
    province.open(deadline_s=1.0)
    with province.browser() as browser:
        assert "没有回音" in refused(province, browser, manner)
        form = {"name": "jia", "password": PASSWORD, "csrf": csrf_of(browser.get("/console/login"))}
        assert browser.post("/console/login", data=form).headers["location"] == "/desk"


def test_a_provider_that_is_another_is_not_even_gone_to(province: Province) -> None:
    province.open()
    province.provider.manner = "elsewhere"
    with province.browser() as browser:
        assert browser.get(START).status_code == 503


def test_coming_back_counts_once_in_one_browser_and_in_time(province: Province) -> None:
    hub = province.open()
    with province.browser() as browser, province.browser() as other:
        leave(other, STRONG)
        back = leave(browser, CLERK)
        assert "已经过期" in trouble(other.get(back)), "another browser brings another's code"
        assert "已经过期" in trouble(browser.get(back)), "and the sign-in is spent by that"
        back = leave(browser, CLERK)
        cookie = browser.cookies["zhizhu_province"]
        assert browser.get(back).status_code == 200
        again = browser.get(back, headers={"Cookie": f"zhizhu_province={cookie}"})
        assert "已经过期" in trouble(again), "a code that was used"
        # the used code in a sign-in of its own: the provider knows it
        code = httpx.URL(back).params["code"]
        fresh = httpx.URL(leave(browser, CLERK)).copy_set_param("code", code)
        assert "已经过期" in trouble(browser.get(fresh))
        # another's fresh code in one's own sign-in: its nonce and its verifier are another's
        stolen = httpx.URL(leave(other, STRONG)).params["code"]
        mixed = httpx.URL(leave(browser, CLERK)).copy_set_param("code", stolen)
        assert "已经过期" in trouble(browser.get(mixed))
        foreign = httpx.URL(leave(browser, CLERK)).copy_set_param("iss", "https://elsewhere.example")
        assert "已经过期" in trouble(browser.get(foreign)), "a mix-up of providers"
        assert "没有让您登录" in trouble(browser.get(leave(browser, "nobody")))
        late = leave(browser, CLERK)
        province.clock.turn(hub.settings.oidc.minutes * 60 + 1 if hub.settings.oidc else 0)
        assert "已经过期" in trouble(browser.get(late))
        for wrong in ("", "?state=x&code=y", f"?state={'s' * 3000}&code=y"):
            assert browser.get(f"{START}/back{wrong}").status_code == 403


def test_keys_are_fetched_anew_when_a_token_names_one_that_is_not_there_but_not_all_the_time(
    province: Province, logs: LogWatch
) -> None:
    logs.expect("不可信：key")
    province.open()
    with province.browser() as browser:
        assert through(browser, CLERK).status_code == 200
        province.provider.new_keys("ES256")
        assert "回答不对" in trouble(through(browser, CLERK)), "just fetched"
        province.clock.turn(31)
        assert through(browser, CLERK).status_code == 200


def test_our_own_codes_are_asked_for_unless_the_province_says_that_it_asked_for_some(province: Province) -> None:
    province.open(factors=True)
    with province.browser() as browser:
        came = through(browser, CLERK)
        assert 'content="0;url=/console/login/enrolment"' in came.text
        assert browser.get("/desk").status_code == 303, "half a session opens nothing"
        page = browser.get("/console/login/enrolment")
        assert page.status_code == 200
        assert through(browser, STRONG).text.count("0;url=/desk") == 1
        assert browser.get("/desk").status_code == 200


def test_where_the_hub_does_not_rely_on_the_provinces_codes_its_own_are_always_asked_for(province: Province) -> None:
    province.open(factors=True, strong=())
    with province.browser() as browser:
        assert "0;url=/console/login/enrolment" in through(browser, STRONG).text


def test_the_province_takes_away_and_never_gives(province: Province) -> None:
    hub = province.open()
    province.link(hub, "bing", FAR)  # of another county there
    province.link(hub, "jia", OPERATOR)  # another role there
    with province.browser() as browser:
        for subject in (FAR, OPERATOR):
            assert "对不上" in trouble(through(browser, subject))
        with hub.database.writing() as session:
            session.get_one(StaffAccount, "yi").closed_at = province.clock()
        assert trouble(through(browser, STRONG))
        assert browser.get("/desk").status_code == 303


def test_the_system_administrator_links_and_unlinks_accounts_of_her_division(province: Province) -> None:
    hub = province.open()
    add_staff(hub.database, province.clock, "far", "clerk", ELSEWHERE, PASSWORD)
    with province.browser() as admin, province.browser() as second, province.browser() as browser:

        def post(**form: str) -> httpx.Response:
            page = admin.get("/console/accounts")
            return admin.post("/console/accounts/change", data=form | {"csrf": csrf_of(page)})

        form = {"name": "xitong", "password": PASSWORD, "csrf": csrf_of(admin.get("/console/login"))}
        admin.post("/console/login", data=form)
        assert post(act="link", name="bing", subject=OPERATOR).status_code == 303
        assert "还没有" in trouble(through(browser, OPERATOR)), "it takes a second person"
        form = {"name": "yewu", "password": PASSWORD, "csrf": csrf_of(second.get("/console/login"))}
        second.post("/console/login", data=form)
        page = second.get("/console/account-changes")
        path = re.findall(r'action="(/console/account-changes/[^"]+)"', page.text)[0]
        assert second.post(path, data={"act": "confirm", "csrf": csrf_of(page)}).status_code == 200
        assert OPERATOR in admin.get("/console/accounts").text
        assert post(act="link", name="bing", subject=CLERK).status_code == 409, "it is another's"
        assert post(act="link", name="far", subject="gd-9").status_code == 404
        assert post(act="link", name="xitong", subject="gd-9").status_code == 403
        assert post(act="link", name="bing", subject=" ").status_code == 422
        assert through(browser, CLERK).status_code == 200
        assert post(act="unlink", name="jia").status_code == 303
        assert browser.get("/desk").status_code == 303, "who was in is out"
        assert "还没有" in trouble(through(browser, CLERK))
    with hub.database.reading() as session:
        assert {row.staff for row in session.scalars(select(StaffProvince))} == {"yi", "bing"}


def test_starting_is_bounded(province: Province) -> None:
    province.open(starts_per_minute=3, flows=2)
    with province.browser() as browser:
        assert [browser.get(START).status_code for _ in range(4)] == [303, 303, 503, 429]


def test_only_addresses_that_nobody_on_the_way_can_read_are_used(tmp_path_factory: pytest.TempPathFactory) -> None:
    for good in ("https://sso.example/oidc", "http://127.0.0.1:8090", "http://localhost/x"):
        assert safe(good)
    for bad in ("http://sso.example", "ftp://127.0.0.1", "https://", "", "http://[", "//sso.example"):
        assert not safe(bad)
    folder = tmp_path_factory.mktemp("oidc")
    (folder / "secret").write_text("geheim\n", encoding="utf-8")
    file = folder / "oidc.json"
    file.write_text(
        '{"issuer": "https://sso.example", "client_id": "hub", "secret_file": "secret", "roles": {"a": "clerk"}}',
        encoding="utf-8",
    )
    assert read_oidc(file) == OidcClient("https://sso.example", "hub", "geheim", roles=(("a", "clerk"),))
    assert "geheim" not in repr(read_oidc(file))
    assert read_oidc(None) is None
    for wrong in ("{}", '{"issuer": "http://sso.example", "client_id": "hub"}', "x", '{"issuer": 1}'):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(HubTrouble):
            read_oidc(file)
    assert step_of("A" * 32, "x", HandClock()()) is None
