"""The queues of the outbox's bench by their names."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from deploy.bench.our_queue import Outbox
from deploy.bench.peer_queues import BareTable, DiskcacheDeque, Huey, LiteQueue, PersistQueue
from deploy.bench.queue import Queue

OURS: Final = "outbox"
RAW: Final = "sqlite3"
PERSIST_QUEUE: Final = "persist-queue"
LITE_QUEUE: Final = "litequeue"
KINDS: Final[dict[str, Callable[..., Queue]]] = {
    OURS: Outbox,
    RAW: BareTable,
    PERSIST_QUEUE: PersistQueue,
    LITE_QUEUE: LiteQueue,
    "huey": Huey,
    "diskcache": DiskcacheDeque,
}
ACKNOWLEDGING: Final = (OURS, PERSIST_QUEUE, LITE_QUEUE)
"""Those that are an AckQueue."""


def open_queue(kind: str, folder: Path, size: int, *, equal: bool) -> Queue:
    """Opens or makes a queue in a folder that is there; `size` is how many bytes a peer keeps at each put."""
    return KINDS[kind](folder, size, equal=equal)


def durability_of(kind: str, folder: Path, *, equal: bool) -> str:
    """The journal and the flush of a queue."""
    with closing(open_queue(kind, folder, 0, equal=equal)) as queue:
        return queue.durability()


def title(kind: str) -> str | None:
    """A queue with its version; None where the package is not installed (only developers have the peers)."""
    if kind == OURS:
        return "zhizhu"
    if kind == RAW:
        return f"sqlite3 {sqlite3.sqlite_version}"
    try:
        return f"{kind} {version(kind)}"
    except PackageNotFoundError:
        return None
