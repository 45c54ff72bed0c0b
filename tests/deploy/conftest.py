"""One warm process for all the commands that the tests of this room run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.deploy.nursery import ROOMS, Nursery

BESIDES: Final = ("deploy.demo", "deploy.journey.script", "drivers.commands", "kiosk.terminal", "kiosk.doctor")
"""What commands of the other rooms import when they run."""


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Runs `zhizhu …` as the installed program does, but for the start of Python."""
    warm = Nursery(*ROOMS, *BESIDES)
    yield warm
    warm.close()
