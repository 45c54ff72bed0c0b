"""An append-only, gap-free, chained table of sealed events; the terminal and the agent keep one each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from heapq import merge
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

from offline.database import Connection, Database
from offline.wire.canonical import parse_time, time_text, to_milliseconds
from offline.wire.chain import START, Break, Head, check
from offline.wire.event import Clock, Envelope
from offline.wire.trouble import MalformedRecord

TABLE: Final = """
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, type TEXT NOT NULL,
        time TEXT NOT NULL, prev TEXT NOT NULL, clock TEXT NOT NULL, traceparent TEXT NOT NULL,
        suite TEXT NOT NULL, key_id TEXT NOT NULL, data BLOB NOT NULL, hash TEXT NOT NULL
    ) STRICT
"""
STUBS: Final = "CREATE TABLE stub (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL) STRICT"
"""What pruning leaves of an event, so that the chain can still be followed."""
_COLUMNS: Final = "id, source, type, time, seq, prev, clock, traceparent, suite, key_id, data"
_LAST: Final = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1"
_PAGE: Final = 500
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


def append(
    db: Database,
    *,
    identifier: str,
    source: str,
    event_type: str,
    at: datetime,
    clock: Clock,
    traceparent: str,
    suite: str,
    key_id: str,
    data: bytes,
    beside: Mapping[str, object] = NOTHING,
    head: Head | None = None,
) -> tuple[Envelope, Head]:
    """Adds an event at the end of the chain, inside the caller's transaction; the event, and the chain's new end.

    `beside` (column → value) rests in the same row, outside the chain: one row to write is half the time of two.
    `head` is the end so far, for the one writer who surely knows it; a wrong one would find its number taken.
    """
    if head is None:
        head = _head(db.conn.execute(_LAST).fetchone())
    envelope = Envelope(
        id=identifier,
        source=source,
        type=event_type,
        time=to_milliseconds(at),
        seq=head.seq + 1,
        prev=head.hash,
        clock=clock,
        traceparent=traceparent,
        suite=suite,
        key_id=key_id,
        data=data,
    )
    end = Head(envelope.seq, envelope.hash())
    values = (
        *(identifier, source, event_type, time_text(envelope.time), envelope.seq, envelope.prev, clock),
        *(traceparent, suite, key_id, data, end.hash, *beside.values()),
    )
    db.conn.execute(_insertion(tuple(beside)), values)
    return envelope, end


@cache
def _insertion(beside: tuple[str, ...]) -> str:
    columns = ", ".join((_COLUMNS, "hash", *beside))
    return f"INSERT INTO event ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})"  # noqa: S608  (own columns)


def head(connection: Connection) -> Head:
    """The last place of the chain."""
    return _head(connection.row(_LAST))


def _head(row: tuple[Any, ...] | None) -> Head:
    return Head(int(row[0]), str(row[1])) if row else START


def after(connection: Connection, seq: int, limit: int) -> tuple[Envelope, ...]:
    """At most `limit` events that follow `seq`, in order."""
    rows = connection.rows(
        f"SELECT {_COLUMNS} FROM event WHERE seq > ? ORDER BY seq LIMIT ?",  # noqa: S608  (own columns)
        (seq, limit),
    )
    return tuple(_envelope(row) for row in rows)


def sizes(connection: Connection, after_seq: int, upto: int) -> tuple[tuple[int, int], ...]:
    """(sequence number, bytes of the sealed payload) of the events of a stretch, in order; reads no payload."""
    if after_seq >= upto:
        return ()
    rows = connection.rows(
        "SELECT seq, length(data) FROM event WHERE seq > ? AND seq <= ? ORDER BY seq", (after_seq, upto)
    )
    return tuple((int(seq), int(size)) for seq, size in rows)


def oldest_sure(connection: Connection, after_seq: int) -> datetime | None:
    """When the first event behind a sequence number was made whose time was not in doubt."""
    row = connection.row(
        "SELECT time FROM event WHERE seq > ? AND clock = 'trusted' ORDER BY seq LIMIT 1", (after_seq,)
    )
    return None if row is None else parse_time(row[0])


def by_id(db: Database, identifier: str) -> Envelope | None:
    """One event, inside the caller's transaction."""
    row = db.execute(f"SELECT {_COLUMNS} FROM event WHERE id = ?", (identifier,)).fetchone()  # noqa: S608  (own columns)
    return None if row is None else _envelope(row)


def stub(db: Database, seq: int) -> None:
    """Leaves of an event its number, id and hash, inside the caller's transaction; the newest one has to stay."""
    db.execute("INSERT INTO stub SELECT seq, id, hash FROM event WHERE seq = ?", (seq,))
    db.execute("DELETE FROM event WHERE seq = ?", (seq,))


def id_at(connection: Connection, seq: int) -> str | None:
    """The id of the event with a number, also of one that was pruned."""
    row = connection.row("SELECT id FROM event WHERE seq = ?", (seq,))
    if row is None and _has_stubs(connection):
        row = connection.row("SELECT id FROM stub WHERE seq = ?", (seq,))
    return None if row is None else str(row[0])


def pruned_after(connection: Connection, seq: int) -> tuple[tuple[int, str], ...]:
    """(number, id) of the pruned events behind a number, in order."""
    if not _has_stubs(connection):
        return ()
    rows = connection.rows("SELECT seq, id FROM stub WHERE seq > ? ORDER BY seq", (seq,))
    return tuple((int(number), str(identifier)) for number, identifier in rows)


def verify(connection: Connection) -> Head | Break:
    """Follows the whole chain, stubs included, and compares it with the hashes kept beside the rows."""
    at = START
    for found in merge(_stubs(connection), _kept(connection), key=itemgetter(0)):
        seq, identifier, kept_hash, row = found
        if seq != at.seq + 1:
            return Break(seq, f"应为第 {at.seq + 1} 条，中间的不见了", identifier)
        if row is not None:
            try:
                followed = check((_envelope(row),), at)
            except MalformedRecord as wrong:
                return Break(seq, f"读不懂：{wrong.reason}", identifier)
            if isinstance(followed, Break):
                return followed
            if followed.hash != kept_hash:
                return Break(seq, "与登记的散列对不上", identifier)
        at = Head(seq, kept_hash)
    return at


_Place = tuple[int, str, str, tuple[Any, ...] | None]


def _kept(connection: Connection) -> Iterator[_Place]:
    seq = 0
    sql = f"SELECT {_COLUMNS}, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608  (own columns)
    while rows := connection.rows(sql, (seq, _PAGE)):
        for row in rows:
            seq = int(row[4])
            yield seq, str(row[0]), str(row[-1]), row[:-1]


def _stubs(connection: Connection) -> Iterator[_Place]:
    if not _has_stubs(connection):
        return
    seq = 0
    while rows := connection.rows("SELECT seq, id, hash FROM stub WHERE seq > ? ORDER BY seq LIMIT ?", (seq, _PAGE)):
        for row in rows:
            seq = int(row[0])
            yield seq, str(row[1]), str(row[2]), None


def _has_stubs(connection: Connection) -> bool:
    return connection.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'stub'") is not None


def _envelope(row: tuple[Any, ...]) -> Envelope:
    identifier, source, event_type, at, seq, prev, clock, traceparent, suite, key_id, data = row
    return Envelope(
        id=identifier,
        source=source,
        type=event_type,
        time=parse_time(at),
        seq=seq,
        prev=prev,
        clock="trusted" if clock == "trusted" else "unsure",
        traceparent=traceparent,
        suite=suite,
        key_id=key_id,
        data=bytes(data),
    )
