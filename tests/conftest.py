"""Nothing unexpected passes: an unforeseen log line at WARNING or above fails the test that caused it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

import pytest
from hypothesis import settings

if TYPE_CHECKING:  # a second of every pytest process, most of which want no hub
    from deploy.postgres import Postgres
    from tests.hub.stores import Store, StoreYard

# The rules' engine sets this at its first rule; Hypothesis must not see it change in the middle of a test.
sys.setrecursionlimit(2500)

# How long an example took says how busy the machine is, nothing else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Thousands of tests in one process leave little behind; to look for it again and again costs a sixth of all time.
gc.set_threshold(300_000, 10, 1000)

# Pictures and touches are the same everywhere: no display, the software renderer.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")


NIGHT = "ZHIZHU_NIGHT"


FIRST: Final = (
    *("tests/deploy/test_first_journey.py", "tests/fuzz/", "tests/hub/described/", "tests/power_cut/", "tests/soak/"),
    "tests/deploy/",
)


def _turn(item: pytest.Item) -> tuple[int, int]:
    """The long files first; then files that wait for devices among files that compute, as a checksum shuffles them."""
    long = next((n for n, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST))
    return long, crc32(item.nodeid.partition("::")[0].encode())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts files in an order that keeps two cores busy; what is marked `night` is skipped, with its reason."""
    items.sort(key=_turn)
    if os.environ.get(NIGHT):
        return
    for item in items:
        if item.get_closest_marker("night") is not None:
            item.add_marker(pytest.mark.skip(reason=f"of the night: deploy/nightly.sh plays it, or {NIGHT}=1"))


def pytest_collection_finish() -> None:
    """What has been imported stays, and is not looked through for garbage any more."""
    gc.collect()
    gc.freeze()


class LogWatch(logging.Handler):
    """Collects what no test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the line unless the test has said that it belongs to its story."""
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if not any(part in line for part in self.expected):
            self.lines.append(line)

    def expect(self, part: str) -> None:
        """Says that lines holding this text belong to the story of the test."""
        self.expected.append(part)


@pytest.fixture(scope="session")
def stores() -> Iterator[StoreYard]:
    """Fresh databases for hubs; one PostgreSQL server for all the tests of this process, once one of them asks."""
    from deploy.postgres import postgres
    from tests.hub.stores import StoreYard

    with ExitStack() as running:

        @cache
        def server() -> Postgres:
            return running.enter_context(postgres(settings={"max_connections": "100", "log_error_verbosity": "terse"}))

        yield StoreYard(server)


@pytest.fixture
def store(request: pytest.FixtureRequest, stores: StoreYard, tmp_path: Path) -> Iterator[Store]:
    """A fresh database: SQLite, or what `both_stores` says; whatever hub a test opens over it is closed."""
    from tests.hub.stores import SQLITE

    store = stores.make(getattr(request, "param", SQLITE), tmp_path)
    yield store
    for close in store.opened:
        close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[LogWatch]:
    """The watch over this test's log lines; `logs.expect("…")` announces one."""
    watch = LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    assert not watch.lines, "unexpected log lines:\n" + "\n".join(watch.lines)
