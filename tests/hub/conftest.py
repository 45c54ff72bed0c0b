"""A fresh hub for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hub import database, staff
from hub.hub import Hub
from offline.wire import claims
from seeds.people import People
from tests.hub.machine import Machine
from tests.hub.running import FakeTerminal, HandClock, hub_over, serving
from tests.hub.stores import Store, worn_in


@pytest.fixture
def clock() -> HandClock:
    """The hub's and the terminal's clock."""
    return HandClock()


@pytest.fixture(scope="package", autouse=True)
def quick_guesses() -> Iterator[None]:
    """Passwords and claim codes of tests cost nothing to guess, and so little time to make.

    The real costs are looked at in test_staff and in the tests of the wire.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(staff, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patched.setattr(claims, "SCRYPT_N", 2)
        yield


@pytest.fixture(scope="package", autouse=True)
def worn_in_engines() -> Iterator[None]:
    """Hubs of tests share what they compile; one that starts with nothing runs in the tests of its processes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "create_engine", worn_in)
        yield


@pytest.fixture
def hub(store: Store, clock: HandClock) -> Hub:
    """A hub with the invented people in its base library."""
    return hub_over(store, clock)


@pytest.fixture
def url(hub: Hub) -> Iterator[str]:
    """Where the hub answers; cases are decided when the test says so."""
    with serving(hub, decide=False) as address:
        yield address


@pytest.fixture
def terminal(hub: Hub, url: str, clock: HandClock) -> FakeTerminal:
    """An enrolled terminal of the test village."""
    return FakeTerminal.enrolled(hub, url, clock)


@pytest.fixture
def machine(hub: Hub, url: str, clock: HandClock, tmp_path: Path) -> Iterator[Machine]:
    """An enrolled machine."""
    with Machine.enrolled(hub, url, clock, tmp_path / "terminal") as made:
        yield made


@pytest.fixture(scope="session")
def people() -> People:
    """The invented people."""
    return People.load()
