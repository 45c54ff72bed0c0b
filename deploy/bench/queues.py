"""The queues that `zhizhu bench outbox` compares: ours, a bare table, and the peers.

A peer keeps as many bytes as the outbox has in one row. `equal` sets the flush at every commit (synchronous=FULL) where
the peer leaves it away by itself; without it a peer is as its users get it. What is set is read back (`durability`).
"""

from __future__ import annotations

import importlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from deploy.applications import VILLAGE, witnessed
from kiosk.services.payload import application
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync.drain import waiting
from offline.sync.pace import FIRST_BATCH
from offline.wire.batch import EventResult, EventStatus
from offline.wire.canonical import b64
from offline.wire.enrolment import EnrolmentReply
from offline.wire.event import Envelope
from offline.wire.sealing import key_id, new_private, public_of
from offline.wire.signing import new_signing_key, signing_public
from seeds.people import People

OURS: Final = "outbox"
_SYNCHRONOUS: Final = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
_PAGE: Final = 100
_NAME_BYTES: Final = 16


class Queue(Protocol):
    """A durable queue with one writer."""

    def put(self) -> str:
        """Keeps one more item; gives its name when the queue says that it is kept."""

    def tidy(self) -> None:
        """What its users must do now and then so that it stays quick; never timed."""

    def names(self) -> frozenset[str]:
        """The names of everything that is kept."""

    def durability(self) -> str:
        """The journal and the flush, as the database says them."""

    def close(self) -> None:
        """Closes the files."""


@runtime_checkable
class AckQueue(Queue, Protocol):
    """A queue that keeps an item until it is told that it is done with."""

    def acknowledge(self) -> None:
        """Takes the oldest item and marks it as done with, for good."""

    def drain(self) -> None:
        """Acknowledges all that waits, as its users do."""


class Outbox:
    """Ours: the terminal's store and the agent's, which are two processes on a terminal and one here."""

    def __init__(self, folder: Path, size: int, *, equal: bool) -> None:
        del size, equal  # the payload is a real one, and there is one durability only
        people = People.load()
        applicant = next(person for person in people if "resident" in person.roles)
        helper = next(person for person in people if "helper" in person.roles)
        self._agent = AgentStore.open(folder)
        enrolment = self._agent.enrolment() or self._agent.enrol(_invented_hub(), VILLAGE, datetime.now(UTC))
        self._agent.judge_clock("trusted", datetime.now(UTC))
        self._store = TerminalStore.open(folder)
        self._seen = TerminalView.open(folder)
        wish = witnessed(applicant, helper)
        self._type = wish.item.event_type
        self._payload = application(wish, region=VILLAGE, subject=enrolment.subject_of(applicant.id_number))

    def put(self) -> str:
        """See Queue. Without a claim code: its stretching is meant to be slow, and no queue's work."""
        return self._store.keep(self._type, self._payload).id

    def acknowledge(self) -> None:
        """See AckQueue: the agent finds what waits and keeps the hub's answer to it, one by one."""
        self._answer(1)

    def drain(self) -> None:
        """See AckQueue: in batches of the size that the agent begins with, each answered in one transaction."""
        while self._answer(FIRST_BATCH):
            pass

    def tidy(self) -> None:
        """See Queue."""

    def names(self) -> frozenset[str]:
        """See Queue; raises StoreTrouble where the file cannot be read."""
        return frozenset(event.id for event in self._every())

    def durability(self) -> str:
        """See Queue; TerminalStore refuses to open with less."""
        return _durability(self._store._writer.db.conn)  # noqa: SLF001  (what is really set, not what we believe)

    def row_bytes(self) -> int:
        """The bytes of one kept event, all columns together."""
        self.put()
        event = self._every()[-1]
        texts = (
            event.id,
            event.source,
            event.type,
            event.prev,
            event.traceparent,
            event.suite,
            event.key_id,
            event.clock,
        )
        return sum(map(len, texts)) + len("2026-11-28T00:00:00.000Z") + 8 + len(event.hash()) + len(event.data)

    def close(self) -> None:
        """See Queue."""
        self._seen.close()
        self._store.close()
        self._agent.close()

    def _answer(self, most: int) -> int:
        events = waiting(self._agent, self._seen, most)
        stored = [(event.seq, EventResult(id=event.id, status=EventStatus.STORED)) for event in events]
        self._agent.acknowledge(stored, datetime.now(UTC))
        return len(events)

    def _every(self) -> list[Envelope]:
        found: list[Envelope] = []
        while page := self._seen.events_after(len(found), _PAGE):
            found += page
        return found


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
        return _durability(self._connection)

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
        return _durability(self._queue._putter)  # noqa: SLF001

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
        return _durability(self._queue.conn)

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
        return _durability(self._queue.conn)

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
        return _durability(self._cache._con)  # noqa: SLF001

    def close(self) -> None:
        """See Queue."""
        self._cache.close()


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


class _Items:
    """Items of one size, each with a name of its own in front."""

    def __init__(self, size: int) -> None:
        self._filler = os.urandom(size).hex().encode("ascii")[: max(0, size - _NAME_BYTES)]

    def __call__(self) -> bytes:
        return os.urandom(_NAME_BYTES // 2).hex().encode("ascii") + self._filler


def _name(item: bytes) -> str:
    return item[:_NAME_BYTES].decode("ascii")


def _durability(connection: Any) -> str:
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    return f"{str(journal).upper()} + {_SYNCHRONOUS[int(synchronous)]}"


def _invented_hub() -> EnrolmentReply:
    """What a hub would tell this terminal; its private halves are thrown away."""
    sealing = public_of(new_private())
    return EnrolmentReply(
        terminal_id="bench-0001",
        hub_sealing_public=b64(sealing),
        hub_sealing_key_id=key_id(sealing),
        hub_signing_public=b64(signing_public(new_signing_key())),
        claim_key=b64(os.urandom(32)),
        subject_key=b64(os.urandom(32)),
    )
