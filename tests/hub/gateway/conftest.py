"""A hub with an officer for its data, beside its operator and its clerks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hub.gateway.reading import Gateway
from hub.gateway.sandbox import SandboxSources
from hub.gateway.waiting import SourceWorker
from hub.hub import Hub
from hub.staff import add_staff
from tests.hub.casework.bench import Browse
from tests.hub.pictured import PASSWORD, signed_in
from tests.hub.running import HandClock, hub_over
from tests.hub.stores import Store

COUNTY = "440981000000"
ELSEWHERE = "440982000000"
PROVINCE = "440000000000"


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with a data officer, an operator, a clerk of the county and one of the next."""
    made = hub_over(store, clock)
    staff = (
        ("officer", "data_officer", PROVINCE),
        ("op", "operator", PROVINCE),
        ("jia", "clerk", COUNTY),
        ("far", "clerk", ELSEWHERE),
    )
    for name, role, region in staff:
        add_staff(made.database, clock, name, role, region, PASSWORD)
    return made


@pytest.fixture
def browse(url: str) -> Iterator[Browse]:
    """Signs somebody of the staff in."""
    with ExitStack() as opened:
        yield lambda name: opened.enter_context(signed_in(url, name))


@pytest.fixture
def asker(hub: Hub) -> SourceWorker:
    """The worker that asks sources again, one round at a time."""
    return SourceWorker(hub, Gateway(hub, SandboxSources(hub)))
