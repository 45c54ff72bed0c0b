"""A table for each test, with seals and a registrar of the county."""

from __future__ import annotations

import pytest

from hub.hub import Hub
from hub.staff import add_staff
from seeds.people import People
from tests.hub.parties.table import Table
from tests.hub.pictured import PASSWORD
from tests.hub.running import FakeTerminal, HandClock, hub_over
from tests.hub.sealed import with_seals
from tests.hub.stores import Store


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with test seals and a registrar."""
    made = with_seals(hub_over(store, clock))
    add_staff(made.database, clock, "dengji", "clerk", "440981000000", PASSWORD)
    return made


@pytest.fixture
def table(hub: Hub, terminal: FakeTerminal, people: People) -> Table:
    """Everybody at one table."""
    return Table(hub, terminal, people)
