"""A terminal's bell: of now, one at a time, heard in the village first and above when nobody answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from hub.bells.standing import Bounds, Rung, standing
from hub.bells.tables import Bell
from hub.hub import Hub
from hub.staff import add_staff
from offline.wire.batch import PROBLEM_PREFIX
from offline.wire.bell import BellReply, BellView
from tests.hub.pictured import PASSWORD, csrf_of
from tests.hub.running import VILLAGE, FakeTerminal, HandClock

MINUTE_S = 60
BOUNDS = Bounds(timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=30))
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def ring(terminal: FakeTerminal, screen: str = "face", ring_id: str = "") -> httpx.Response:
    terminal.clock.turn(0.01)
    body = {"id": ring_id or uuid4().hex, "screen": screen}
    return terminal.ask("POST", f"/v1/terminals/{terminal.id}/bell", body)


def stands(terminal: FakeTerminal) -> BellView:
    terminal.clock.turn(0.01)
    reply = terminal.ask("GET", f"/v1/terminals/{terminal.id}/bell")
    bell = BellReply.model_validate_json(reply.content).bell
    assert bell is not None
    return bell


class Desk:
    """A clerk's browser."""

    def __init__(self, hub: Hub, browser: httpx.Client, name: str, region: str) -> None:
        add_staff(hub.database, hub.clock, name, "clerk", region, PASSWORD)
        self.browser = browser
        form = {"name": name, "password": PASSWORD, "csrf": csrf_of(self.browser.get("/console/login"))}
        self.browser.post("/console/login", data=form)

    def page(self) -> str:
        return self.browser.get("/desk").text

    def bells(self) -> list[int]:
        return [int(one) for one in re.findall(r'action="/desk/bells/(\d+)"', self.page())]

    def act(self, bell: int, act: str) -> httpx.Response:
        csrf = csrf_of(self.browser.get("/desk"))
        return self.browser.post(f"/desk/bells/{bell}", data={"act": act, "csrf": csrf})


OpenDesk = Callable[[str, str], Desk]


@pytest.fixture
def desk(hub: Hub, url: str) -> Iterator[OpenDesk]:
    """Opens a clerk's desk: account, division."""
    with ExitStack() as opened:

        def open_one(name: str, region: str) -> Desk:
            browser = httpx.Client(base_url=url, verify=False, trust_env=False, follow_redirects=True)
            return Desk(hub, opened.enter_context(browser), name, region)

        yield open_one


def test_the_village_hears_the_bell_and_the_terminal_hears_who_comes(
    hub: Hub, desk: OpenDesk, terminal: FakeTerminal, clock: HandClock
) -> None:
    village, town = (desk(*who) for who in (("cunguan", VILLAGE), ("zhenli", "440981102000")))
    assert terminal.ask("GET", f"/v1/terminals/{terminal.id}/bell").json() == {"bell": None}
    assert ring(terminal).status_code == 200
    assert (stands(terminal).state, stands(terminal).called) == ("waiting", "village")
    (bell,) = village.bells()
    assert town.bells() == []
    assert "停在：刷脸" in village.page()
    assert "还没有人去" in village.page()
    assert village.act(bell, "coming").is_success
    view = stands(terminal)
    assert (view.state, view.answered_from) == ("coming", "village")
    assert "cunguan" not in view.model_dump_json(), "a terminal says which office comes, and names nobody"
    assert village.act(bell, "helped").is_success
    assert stands(terminal).state == "done"
    assert village.bells() == []
    with hub.database.reading() as session:
        row = session.get_one(Bell, bell)
        assert (row.what, row.done_by, row.screen) == ("helped", "cunguan", "face")
    clock.turn(60 * MINUTE_S)
    assert terminal.ask("GET", f"/v1/terminals/{terminal.id}/bell").json() == {"bell": None}


def test_a_bell_that_nobody_answers_goes_to_the_town_and_then_says_that_nobody_comes(
    hub: Hub, desk: OpenDesk, terminal: FakeTerminal, clock: HandClock
) -> None:
    village, town = (desk(*who) for who in (("cunguan", VILLAGE), ("zhenli", "440981102000")))
    beside = desk("linzhen", "440981103000")
    ring(terminal)
    clock.turn(hub.settings.bell_above_minutes * MINUTE_S)
    assert stands(terminal).called == "above"
    assert town.bells() == village.bells() != []
    assert "请您派人去" in town.page()
    assert beside.bells() == []
    (bell,) = town.bells()
    assert beside.act(bell, "coming").status_code == 404
    town.act(bell, "coming")
    assert (stands(terminal).state, stands(terminal).answered_from) == ("coming", "above")
    assert "已经有同事去了" in village.act(bell, "coming").text
    town.act(bell, "window")
    assert "已经处理过了" in village.act(bell, "paper").text
    ring(terminal)
    clock.turn(hub.settings.bell_lapse_minutes * MINUTE_S)
    assert stands(terminal).state == "lapsed"
    assert "当时没有人应答" in village.page(), "somebody still goes and looks, and writes down what it was"


def test_a_village_without_a_clerk_calls_those_above_at_once(desk: OpenDesk, terminal: FakeTerminal) -> None:
    county = desk("xianli", "440981000000")
    ring(terminal)
    assert stands(terminal).called == "above"
    assert len(county.bells()) == 1


def test_a_bell_in_the_towns_own_hall_is_heard_by_the_town_at_once(
    hub: Hub, url: str, desk: OpenDesk, clock: HandClock
) -> None:
    town, county = desk("zhenli", "440981102000"), desk("xianli", "440981000000")
    hall = FakeTerminal.enrolled(hub, url, clock, "440981102000")
    ring(hall)
    (bell,) = town.bells()
    assert county.bells() == []
    assert town.act(bell, "coming").is_success
    assert stands(hall).state == "coming"


def test_a_terminal_has_one_open_bell_and_so_many_an_hour(
    hub: Hub, desk: OpenDesk, terminal: FakeTerminal, clock: HandClock
) -> None:
    village = desk("cunguan", VILLAGE)
    first = ring(terminal, ring_id="b" * 32).json()["bell"]
    assert ring(terminal, ring_id="b" * 32).json()["bell"] == first, "the same touch asked twice is one bell"
    assert ring(terminal, "home").json()["bell"]["id"] == first["id"], "touched again, it is the one that rings"
    assert len(village.bells()) == 1
    for _ in range(hub.settings.bells_per_hour - 1):
        clock.turn(2)
        village.act(village.bells()[0], "nobody")
        assert ring(terminal).status_code == 200
    village.act(village.bells()[0], "nobody")
    clock.turn(MINUTE_S)
    refused = ring(terminal)
    assert (refused.status_code, refused.json()["type"]) == (429, f"{PROBLEM_PREFIX}bell_often")
    assert village.bells() == []


@pytest.mark.parametrize("screen", ["林月兰", "face 440981195403121228", "x" * 31, ""])
def test_a_bell_carries_no_words_of_a_resident(terminal: FakeTerminal, screen: str) -> None:
    assert ring(terminal, screen).status_code == 400
    body = {"id": uuid4().hex, "screen": "face", "name": "林月兰"}
    assert terminal.ask("POST", f"/v1/terminals/{terminal.id}/bell", body).status_code == 400


def test_how_a_bell_stands_is_told_by_the_clock_alone() -> None:
    def at(minutes: float, rung: Rung) -> tuple[str, str]:
        found = standing(rung, NINE + timedelta(minutes=minutes), BOUNDS)
        return found.state, found.called

    untouched, alone = Rung(NINE), Rung(NINE, alone=True)
    answered = Rung(NINE, NINE + timedelta(minutes=3), "440981102999")
    late = Rung(NINE, NINE + timedelta(minutes=12), "440981102000")
    assert [at(m, untouched) for m in (0, 4.9, 5, 19.9, 20)] == [
        *([("waiting", "village")] * 2),
        *([("waiting", "above")] * 2),
        ("lapsed", "above"),
    ]
    assert at(0, alone) == ("waiting", "above")
    assert [at(m, answered) for m in (3, 32, 33)] == [("coming", "village")] * 2 + [("done", "village")]
    assert standing(late, NINE + timedelta(minutes=13), BOUNDS).answered_from == "above"
    assert standing(Rung(NINE, None, None, NINE), NINE, BOUNDS).open is False
