"""The browsers of a hub's staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.hub.casework.bench import Browse
from tests.hub.pictured import signed_in


@pytest.fixture
def browse(url: str) -> Iterator[Browse]:
    """Somebody's one browser: whoever signs in proves a password, which is slow on purpose."""
    there: dict[str, httpx.Client] = {}
    with ExitStack() as opened:

        def of(name: str) -> httpx.Client:
            if name not in there:
                there[name] = opened.enter_context(signed_in(url, name))
            return there[name]

        yield of
