"""A till for each test."""

from __future__ import annotations

import pytest

from hub.hub import Hub
from seeds.people import People
from tests.hub.payments.till import Till
from tests.hub.running import FakeTerminal


@pytest.fixture
def till(hub: Hub, url: str, terminal: FakeTerminal, people: People) -> Till:
    """A hub, a terminal, a phone and the sandbox channel."""
    return Till(hub, url, terminal, people)
