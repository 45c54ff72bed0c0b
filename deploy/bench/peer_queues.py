"""The queues the outbox is compared with: a bare table, and the peers as their users use them.

Each keeps as many bytes as the outbox has in one row. `equal` sets the flush at every commit (synchronous=FULL) where a
peer leaves it away by itself; without it a peer is as its users get it.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Final

from deploy.bench.queue import durability

_NAME_BYTES: Final = 16


class BareTable:
    """An insert and nothing else: what no queue on SQLite can be quicker than."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        del equal  # it is made to be the equal
        self._connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS item (seq INTEGER PRIMARY KEY, data BLOB NOT NULL)")
        self._next = _Items(size)

    def put(self) -> str:
        """See Queue."""
        item = self._next()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO item (data) VALUES (?)", (item,))
        self._connection.execute("COMMIT")
        return _name(item)

    def tidy(self) -> None:
        """See Queue."""

    def names(self) -> frozenset[str]:
        """See Queue."""
        return frozenset(_name(data) for (data,) in self._connection.execute("SELECT data FROM item"))

    def durability(self) -> str:
        """See Queue."""
        return durability(self._connection)

    def close(self) -> None:
        """See Queue."""
        self._connection.close()


class PersistQueue:
    """persist-queue's SQLiteAckQueue; it sets WAL and leaves SQLite's own flush, which is FULL."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        self._queue: Any = importlib.import_module("persistqueue").SQLiteAckQueue(str(folder), auto_commit=True)
        if equal:
            self._queue._putter.execute("PRAGMA synchronous = FULL")  # noqa: SLF001  (it has no setting for it)
        self._next = _Items(size)

    def put(self) -> str:
        """See Queue."""
        item = self._next()
        self._queue.put(item)
        return _name(item)

    def acknowledge(self) -> None:
        """See AckQueue: taking marks the item, acknowledging marks it again, each for good."""
        self._queue.ack(self._queue.get(block=False))

    def drain(self) -> None:
        """See AckQueue: one by one, it knows no batches."""
        while self._queue.qsize():
            self.acknowledge()

    def tidy(self) -> None:
        """See Queue: it looks for the next item past all that were acknowledged, until they are cleared."""
        self._queue.clear_acked_data(keep_latest=0)

    def names(self) -> frozenset[str]:
        """See Queue."""
        return frozenset(_name(row["data"]) for row in self._queue.queue())

    def durability(self) -> str:
        """See Queue."""
        return durability(self._queue._putter)  # noqa: SLF001

    def close(self) -> None:
        """See Queue."""
        self._queue.close()


class LiteQueue:
    """litequeue; by itself it asks for synchronous=NORMAL."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        self._queue: Any = importlib.import_module("litequeue").LiteQueue(str(folder / "lite.db"))
        if equal:
            self._queue.conn.execute("PRAGMA synchronous = FULL")
        self._next = _Items(size)

    def put(self) -> str:
        """See Queue."""
        item = self._next()
        self._queue.put(item.decode("ascii"))
        return _name(item)

    def acknowledge(self) -> None:
        """See Queue."""
        self._queue.done(self._queue.pop().message_id)

    def drain(self) -> None:
        """See AckQueue: one by one, it knows no batches."""
        while (message := self._queue.pop()) is not None:
            self._queue.done(message.message_id)

    def tidy(self) -> None:
        """See Queue."""
        self._queue.prune()

    def names(self) -> frozenset[str]:
        """See Queue."""
        rows = self._queue.conn.execute("SELECT data FROM [Queue]")
        return frozenset(_name(row["data"].encode("ascii")) for row in rows)

    def durability(self) -> str:
        """See Queue."""
        return durability(self._queue.conn)

    def close(self) -> None:
        """See Queue."""
        self._queue.close()


class Huey:
    """huey's SqliteStorage; it sets WAL and leaves SQLite's own flush. What a worker took is gone: no acknowledging."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        storage = importlib.import_module("huey.storage").SqliteStorage
        self._queue: Any = storage(filename=str(folder / "huey.db"), fsync=True if equal else None)
        self._next = _Items(size)

    def put(self) -> str:
        """See Queue."""
        item = self._next()
        self._queue.enqueue(item)
        return _name(item)

    def tidy(self) -> None:
        """See Queue."""
        self._queue.flush_queue()

    def names(self) -> frozenset[str]:
        """See Queue."""
        return frozenset(_name(bytes(item)) for item in self._queue.enqueued_items())

    def durability(self) -> str:
        """See Queue."""
        return durability(self._queue.conn)

    def close(self) -> None:
        """See Queue."""
        self._queue.close()


class DiskcacheDeque:
    """diskcache's Deque; by itself it asks for synchronous=NORMAL. What was popped is gone: no acknowledging."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        module: Any = importlib.import_module("diskcache")
        settings = {"sqlite_synchronous": 2} if equal else {}
        self._cache: Any = module.Cache(str(folder), eviction_policy="none", **settings)
        self._queue: Any = module.Deque.fromcache(self._cache)
        self._next = _Items(size)

    def put(self) -> str:
        """See Queue."""
        item = self._next()
        self._queue.append(item)
        return _name(item)

    def tidy(self) -> None:
        """See Queue."""
        self._queue.clear()

    def names(self) -> frozenset[str]:
        """See Queue."""
        return frozenset(_name(item) for item in self._queue)

    def durability(self) -> str:
        """See Queue."""
        return durability(self._cache._con)  # noqa: SLF001

    def close(self) -> None:
        """See Queue."""
        self._cache.close()


class _Items:
    """Items of one size, each with a name of its own in front."""

    def __init__(self, size: int) -> None:
        self._filler = os.urandom(size).hex().encode("ascii")[: max(0, size - _NAME_BYTES)]

    def __call__(self) -> bytes:
        return os.urandom(_NAME_BYTES // 2).hex().encode("ascii") + self._filler


def _name(item: bytes) -> str:
    return item[:_NAME_BYTES].decode("ascii")
