"""A site for each test."""

from __future__ import annotations

import pytest

from hub.hub import Hub
from hub.staff import add_staff
from seeds.people import People
from tests.hub.houses.site import Site
from tests.hub.pictured import PASSWORD
from tests.hub.running import FakeTerminal, HandClock, hub_over
from tests.hub.sealed import with_seals
from tests.hub.stores import Store


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with test seals, a registrar and an operator of the province."""
    made = with_seals(hub_over(store, clock))
    add_staff(made.database, clock, "dengji", "clerk", "440981000000", PASSWORD)
    add_staff(made.database, clock, "op", "operator", "0" * 12, PASSWORD)
    return made


@pytest.fixture
def table(hub: Hub, url: str, terminal: FakeTerminal, people: People, clock: HandClock) -> Site:
    """A developer, a buyer and their hub."""
    return Site(hub, url, terminal, people, clock)
