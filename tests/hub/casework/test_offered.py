"""An item of one county, over real HTTP: what terminals of it and of elsewhere get, and what the hub takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.gateway.tables import DataRead
from hub.hub import Hub
from hub.tables import Case
from kiosk.services.offer import items_of
from seeds.catalogue import Catalogue
from seeds.item import Regions
from seeds.people import People
from tests.hub.casework.bench import BY_TYPING, answer_of, apply, case_of, decide
from tests.hub.running import VILLAGE, FakeTerminal, HandClock, hub_over
from tests.hub.stores import Store
from tests.hub.test_prefill import ALLOWANCE, told

COUNTY, NEXT_VILLAGE, FAR = "440981", "440981102998", "442000998999"
PENSION = "pension-qualification"
OURS = Regions(within=(COUNTY,), without=(NEXT_VILLAGE,))


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub where two items belong to one county, but not to one of its villages."""
    made = hub_over(store, clock)
    items = tuple(
        one.model_copy(update={"regions": OURS}) if one.id in (PENSION, ALLOWANCE) else one
        for one in made.catalogue.items
    )
    return replace(made, catalogue=Catalogue(items))


@pytest.fixture
def far(hub: Hub, url: str, clock: HandClock) -> FakeTerminal:
    """A terminal of another city."""
    return FakeTerminal.enrolled(hub, url, clock, FAR)


def test_the_packed_catalogue_shows_a_countys_item_to_the_terminals_of_that_county_only(
    hub: Hub, tmp_path: Path
) -> None:
    hub.catalogue.pack(tmp_path / "pack")
    packed = Catalogue.load_packed(tmp_path / "pack")
    shown = {place: {card.id for card in items_of(packed, place)} for place in (VILLAGE, NEXT_VILLAGE, FAR)}
    assert PENSION in shown[VILLAGE]
    assert shown[VILLAGE] - shown[FAR] == shown[VILLAGE] - shown[NEXT_VILLAGE] == {PENSION, ALLOWANCE}


def test_only_the_countys_terminals_are_told_who_ought_to_come_and_may_look_anybody_up(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, people: People
) -> None:
    beside = FakeTerminal.enrolled(hub, url, clock, NEXT_VILLAGE)
    assert terminal.changes()["due"]
    assert "due" not in beside.changes()
    with hub.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(DataRead))
    assert told(beside, people["lin-jianguo"]).household == ()
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DataRead)) == before, "nobody was looked up"
    assert told(terminal, people["lin-jianguo"]).household


def test_an_application_from_elsewhere_is_told_where_it_is_done_and_nobody_is_asked_about_it(
    hub: Hub, far: FakeTerminal, people: People
) -> None:
    applied = apply(far, people["lin-yuelan"])
    decide(hub)
    said = answer_of(far, applied)
    assert said.state == "refused"
    (reason,) = said.reasons
    assert reason.code == "elsewhere"
    for words in ("养老待遇资格认证", "广东省茂名市高州市", "广东省中山市示例镇示例村", "带上身份证"):
        assert words in reason.text
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DataRead).where(DataRead.purpose == PENSION)) == 0


def test_a_village_that_is_left_out_is_told_so(hub: Hub, url: str, clock: HandClock, people: People) -> None:
    beside = FakeTerminal.enrolled(hub, url, clock, NEXT_VILLAGE)
    applied = apply(beside, people["lin-yuelan"])
    decide(hub)
    (reason,) = answer_of(beside, applied).reasons
    assert "但广东省茂名市高州市云潭镇第二示例村的机器上不办" in reason.text


def test_one_from_elsewhere_takes_nothing_away_from_the_one_made_at_home(
    hub: Hub, terminal: FakeTerminal, far: FakeTerminal, people: People
) -> None:
    at_home = apply(terminal, people["lin-yuelan"], identity=BY_TYPING)
    decide(hub)
    with hub.database.writing() as session:
        session.scalars(select(Case)).one().state = "waiting"  # asked to come again, as a clerk does
    apply(far, people["lin-yuelan"])
    decide(hub)
    with hub.database.reading() as session:
        states = {case.region: case.state for case in session.scalars(select(Case))}
    assert states == {VILLAGE: "waiting", FAR: "refused"}
    assert answer_of(terminal, at_home).state != "withdrawn"


def test_at_home_it_is_decided_as_ever(hub: Hub, terminal: FakeTerminal, people: People) -> None:
    apply(terminal, people["lin-yuelan"])
    decide(hub)
    assert case_of(hub).state == "approved"
