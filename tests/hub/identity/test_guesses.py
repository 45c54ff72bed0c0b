"""One password tried on many accounts: the network address it comes from waits, at every replica."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select
from starlette.requests import Request

from hub.casework.calls import WITHDRAWN
from hub.commands import hub as hub_command
from hub.guesses import count_guess, held_up, of_passwords
from hub.identity.tables import StaffGuess
from hub.rate_limit import caller_of
from hub.settings import HubSettings
from hub.staff import add_staff
from offline.wire.claims import new_code
from seeds.people import People
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, make_hub, serving

TRIES = 3


@pytest.fixture
def urls(tmp_path: Path, clock: HandClock) -> Iterator[list[str]]:
    """Two replicas that believe no proxy, and one that believes whoever stands on this machine."""
    with ExitStack() as opened:
        made = []
        for proxies in ("", "", "127.0.0.1"):
            hub = make_hub(tmp_path / "hub", clock, HubSettings(address_tries=TRIES, proxies=proxies))
            made.append(opened.enter_context(serving(hub, decide=False)))
        add_staff(hub.database, clock, "kefu", "clerk", VILLAGE, PASSWORD)
        yield made


def sign_in(url: str, name: str, password: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """The page after a password."""
    with httpx.Client(base_url=url, verify=False, trust_env=False, headers=headers) as browser:
        form = {"name": name, "password": password, "csrf": csrf_of(browser.get("/console/login"))}
        return browser.post("/console/login", data=form)


def test_who_tries_many_accounts_waits_at_every_replica_and_is_told_until_when(
    urls: list[str], clock: HandClock
) -> None:
    for n in range(TRIES):
        said = {"X-Forwarded-For": f"203.0.113.{n}"}
        assert sign_in(urls[n % 2], f"zhanghao{n}", "a wrong one", said).status_code == 401
    for url in urls[:2]:
        held = sign_in(url, "kefu", PASSWORD, {"X-Forwarded-For": "203.0.113.9"})
        assert (held.status_code, "请 2026-11-23 12:15 以后再试" in held.text) == (429, True)
    assert sign_in(urls[2], "kefu", PASSWORD, {"X-Forwarded-For": "203.0.113.9"}).status_code == 303
    clock.turn(HubSettings().lockout_minutes * 60)
    assert sign_in(urls[0], "kefu", PASSWORD).status_code == 303


def test_of_more_addresses_than_are_remembered_the_oldest_goes(tmp_path: Path, clock: HandClock) -> None:
    hub, settings = make_hub(tmp_path, clock), HubSettings(watched_callers=3, address_tries=1)
    with hub.database.writing() as session:
        for n in range(5):
            clock.turn(1)
            count_guess(session, of_passwords(settings), settings.watched_callers, f"203.0.113.{n}", clock())
        assert session.scalar(select(func.count()).select_from(StaffGuess)) == 3
        assert [held_up(session, of_passwords(settings), f"203.0.113.{n}", clock()) is None for n in (1, 4)] == [
            True,
            False,
        ]
    hub.database.close()


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("'; --", "unknown"),
    ],
)
def test_of_an_ipv6_address_the_network_counts(host: str, counted: str) -> None:
    assert caller_of(Request({"type": "http", "client": (host, 1)})) == counted


def test_a_proxy_is_named_by_its_address_only() -> None:
    from click.testing import CliRunner

    for wrong in ("*", "proxy.example"):
        assert CliRunner().invoke(hub_command, ["serve", "--proxy", wrong]).exit_code == 2


def test_codes_of_nobody_are_guesses_whichever_door_they_are_tried_at_and_mistyped_ones_are_not(
    tmp_path: Path, clock: HandClock, people: People
) -> None:
    hub = make_hub(tmp_path, clock, HubSettings(code_misses=TRIES, claim_tries_per_minute=10_000))
    with serving(hub, decide=False) as url:
        terminal, mine = FakeTerminal.enrolled(hub, url, clock), new_code()
        terminal.send(terminal.event(terminal.application(people["lin-yuelan"], mine)))
        mistyped = mine[:-1] + str((int(mine[-1]) + 1) % 10)
        for _ in range(TRIES + 1):
            assert LINE.get(f"{url}/verify/{mistyped}").status_code == 404
        guesses = [new_code() for _ in range(TRIES)]
        for n, code in enumerate(guesses):
            door = "rate" if n % 2 else "verify"
            assert (LINE.get(f"{url}/{door}/{code}").status_code, code != mine) == (404, True)
            assert terminal.ask("GET", f"/v1/claims/{code}").status_code == 404
        for address in (f"/verify/{mine}", f"/rate/{mine}"):
            held = LINE.get(f"{url}{address}")
            assert (held.status_code, int(held.headers["Retry-After"])) == (429, 3600)
        assert terminal.ask("GET", f"/v1/claims/{mine}").status_code == 429
        clock.turn(3_600)
        assert LINE.get(f"{url}/verify/{mine}").status_code == 200
        assert terminal.ask("GET", f"/v1/claims/{mine}").status_code == 200


def test_a_terminals_key_tries_no_more_codes_by_events_than_by_asking(
    tmp_path: Path, clock: HandClock, people: People
) -> None:
    hub = make_hub(tmp_path, clock, HubSettings(code_misses=TRIES, claim_tries_per_minute=10_000))
    with serving(hub, decide=False) as url:
        victim, thief, mine = FakeTerminal.enrolled(hub, url, clock), FakeTerminal.enrolled(hub, url, clock), new_code()
        victim.send(victim.event(victim.application(people["lin-yuelan"], mine)))

        def tries(*codes: str) -> list[str | None]:
            taken = [thief.event({"case": {"code": code}}, WITHDRAWN) for code in codes]
            return [one.reason for one in thief.send(*taken).results]

        guesses = [new_code() for _ in range(TRIES)]
        assert tries(*guesses, mine) == ["case_unknown"] * (TRIES + 1), "the right one is not looked for any more"
        assert tries(mine) == ["case_unknown"], "nor in the next batch"
        assert thief.ask("GET", f"/v1/claims/{mine}").status_code == 429
        clock.turn(3_600)
        assert tries(mine) == [None]
