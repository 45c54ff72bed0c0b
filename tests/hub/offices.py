"""A hub with clerks of its county and of another, and their browsers; for tests of what clerks do together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hub.hub import Hub
from hub.staff import add_staff
from tests.hub.casework.bench import Browse
from tests.hub.pictured import PASSWORD, signed_in
from tests.hub.running import HandClock, hub_over
from tests.hub.stores import Store

COUNTY, PROVINCE = "440981000000", "440000000000"


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with two clerks of the county, one of another village, and an operator."""
    made = hub_over(store, clock)
    staff = (
        ("jia", "clerk", COUNTY),
        ("yi", "clerk", COUNTY),
        ("far", "clerk", "440982000000"),
        ("op", "operator", PROVINCE),
    )
    for name, role, region in staff:
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def browse(url: str) -> Iterator[Browse]:
    """Signs somebody of the staff in."""
    with ExitStack() as opened:
        yield lambda name: opened.enter_context(signed_in(url, name))
