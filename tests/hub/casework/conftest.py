"""A browser for whoever signs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.hub.casework.bench import Browse
from tests.hub.pictured import signed_in


@pytest.fixture
def browse(url: str) -> Iterator[Browse]:
    """Signs somebody of the staff in."""
    with ExitStack() as opened:
        yield lambda name: opened.enter_context(signed_in(url, name))
