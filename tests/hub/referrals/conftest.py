"""A counter for each test."""

from __future__ import annotations

import pytest

from hub.hub import Hub
from hub.staff import add_staff
from hub.vouchers.readers import load_sandbox_readers
from seeds.people import People
from tests.hub.pictured import PASSWORD
from tests.hub.referrals.counter import Counter
from tests.hub.running import FakeTerminal, HandClock


@pytest.fixture
def counter(hub: Hub, terminal: FakeTerminal, people: People, clock: HandClock) -> Counter:
    """A hub with the sandbox's banks registered and a few of the staff."""
    load_sandbox_readers(hub)
    for name, role, region in (("op", "operator", "0" * 12), ("far", "operator", "440902000000")):
        add_staff(hub.database, clock, name, role, region, PASSWORD)
    add_staff(hub.database, clock, "jingban", "clerk", "440981000000", PASSWORD)
    return Counter(hub, terminal, people, clock)
