"""The board over real HTTP: limits, same-day cases, lights and what was spared, for one's own division and below it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.tables import Case
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, DAY_S, Browse, apply, case_of, decide
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store

PENSION = "pension-qualification"


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with an operator of the county, one of the next, and a clerk of the village."""
    made = hub_over(store, clock, HubSettings(board_least=3))
    for name, role, region in (
        ("xian", "operator", "440981000000"),
        ("lin-xian", "operator", "440982000000"),
        ("cun", "clerk", VILLAGE),
    ):
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def browse(url: str) -> Iterator[Browse]:
    """Signs somebody of the staff in."""
    with ExitStack() as opened:
        yield lambda name: opened.enter_context(signed_in(url, name))


def test_the_board_tells_limits_same_day_cases_lights_and_savings_with_their_denominators(
    hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock, browse: Browse
) -> None:
    for slug in ("lin-yuelan", "chen-deshui", "he-guoming"):
        apply(terminal, people[slug])
    decide(hub)
    apply(terminal, people["cai-xiuying"], identity=BY_TYPING)
    decide(hub)
    operator = browse("xian")
    told = operator.get("/console/board.json").json()
    item = next(one for one in told["items"] if one["id"] == PENSION)
    assert (item["statutory_days"], item["promised_days"], item["cut_percent"]) == (20, 1, 95.0)
    assert item["same_day"] == {"part": 3, "whole": 3, "percent": 100.0}
    assert (item["open"], item["yellow"], item["red"]) == (1, 0, 0)
    assert item["saved"]["fields"] == {"part": 9, "whole": 9, "percent": 100.0}
    assert item["saved"]["signatures"] == {"part": 3, "whole": 3, "percent": 100.0}
    assert item["saved"]["trips"] == {"part": 3, "whole": 3, "percent": 100.0}
    assert told["flags"]["nearby"]["whole"] == len(told["items"])
    clock.turn(3 * DAY_S)
    browser, number = browse("cun"), case_of_open(hub)
    page = f"/desk/cases/{number}"
    form = {"outcome": "refuse", "reason": "不符合", "csrf": csrf_of(browser.get(page))}
    assert browser.post(f"{page}/decision", data=form).is_success
    item = next(one for one in browse("xian").get("/console/board.json").json()["items"] if one["id"] == PENSION)
    assert item["same_day"] == {"part": 3, "whole": 4, "percent": 75.0}
    assert item["late"] == {"part": 1, "whole": 4, "percent": 25.0}
    shown = browse("xian").get("/console/board").text
    assert "3 / 4" in shown
    assert "75.0%" in shown


def case_of_open(hub: Hub) -> str:
    """The number of the one case that is still open."""
    with hub.database.reading() as session:
        return session.scalars(select(Case.number).where(Case.state == "in_review")).one()


def test_few_cases_are_not_shown_and_nobody_looks_beyond_their_own_division(
    hub: Hub, terminal: FakeTerminal, people: People, browse: Browse
) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    assert case_of(hub).state == "approved"
    operator = browse("xian")
    told = operator.get("/console/board.json").json()
    assert (told["whole"]["too_few"], told["least"]) == (True, 3)
    assert "数据不足" in operator.get("/console/board").text
    below = operator.get(f"/console/board.json?division={VILLAGE}")
    assert (below.status_code, below.json()["division"]) == (200, VILLAGE)
    for elsewhere in ("440982", "4409", "449999", "44"):
        assert operator.get(f"/console/board.json?division={elsewhere}").status_code == 404
    far = browse("lin-xian").get("/console/board.json").json()
    assert far["divisions"] == []
    assert {one["settled"] for one in far["items"]} == {0}
