"""The encrypted files: SQLCipher under sqlite-utils, durable at every commit, one writing process a file.

This is the one place that makes sqlite-utils use SQLCipher: it looks for `pysqlite3` first, by design.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import sqlcipher3
from sqlcipher3 import dbapi2 as sqlcipher

from offline.trouble import AlreadyWriting, DiskFault, DiskFull, StoreCorrupt, StoreLocked, StoreTrouble

sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", sqlcipher)

from sqlite_utils import Database, Migrations  # noqa: E402  (after the registration above)

BUSY_MS: Final = 5_000
JOURNAL_LIMIT_BYTES: Final = 8 * 1024 * 1024
_FULL: Final = 2
_DURABLE: Final = ("wal", _FULL)

T = TypeVar("T")

__all__ = ["Connection", "Database", "Migrations", "WriterLock", "troubles"]


class WriterLock:
    """The right to write one file; the kernel takes it back when the process dies."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path.with_suffix(".writer"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise AlreadyWriting(path.name, holder or "?") from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Gives the right back."""
        os.close(self._handle)


class Connection:
    """One connection to one encrypted file, used by one thread at a time; failures come out as typed troubles."""

    def __init__(self, path: Path, key: bytes, *, write: bool) -> None:
        self.path = path
        self._lock = RLock()
        with troubles(path.name):
            conn = sqlcipher.connect(
                f"{path.absolute().as_uri()}?mode={'rwc' if write else 'rw'}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=BUSY_MS / 1000,
            )
            try:
                conn.execute("PRAGMA cipher_log_level = NONE")
                conn.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
                if write:
                    _make_durable(conn, path.name)
                else:
                    conn.execute("PRAGMA query_only = ON")
                    conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
                self.db = Database(conn)
            except BaseException:
                conn.close()
                raise

    def migrate(self, migrations: Migrations) -> None:
        """Brings the file to the present shape; each step is one transaction."""
        with self._lock, troubles(self.path.name):
            migrations.apply(self.db)

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, troubles(self.path.name):
            return list(self.db.execute(sql, parameters).fetchall())

    def row(self, sql: str, parameters: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def transaction(self, work: Callable[[Database], T]) -> T:
        """Runs `work` in one transaction; when this returns, its effect survives a power cut."""
        with self._lock, troubles(self.path.name):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                result = work(self.db)
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.conn.in_transaction:
                    self.db.conn.rollback()
                raise
            return result

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        with self._lock, troubles(self.path.name):
            return int(self.db.conn.execute("PRAGMA data_version").fetchone()[0])

    def checkpoint(self) -> None:
        """Brings everything committed into the main file, flushed."""
        with self._lock, troubles(self.path.name):
            self.db.execute("PRAGMA wal_checkpoint(FULL)").fetchall()

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self.db.close()


@contextmanager
def troubles(name: str) -> Iterator[None]:
    """Translates what SQLite says into what a person can act on."""
    try:
        yield
    except sqlcipher.Error as failure:
        raise _translated(str(failure), name) from failure


def _make_durable(conn: Any, name: str) -> None:
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute(f"PRAGMA journal_size_limit = {JOURNAL_LIMIT_BYTES}")
    conn.execute("PRAGMA secure_delete = ON")
    conn.execute("PRAGMA foreign_keys = ON")
    found = (conn.execute("PRAGMA journal_mode").fetchone()[0], conn.execute("PRAGMA synchronous").fetchone()[0])
    if found != _DURABLE:
        raise StoreTrouble(f"{name} 的断电保护没有生效（{found}），没有保存。", "请换一个支持 WAL 的本地磁盘。")


def _translated(message: str, name: str) -> StoreTrouble:
    said = message.lower()
    if "full" in said:
        return DiskFull()
    if "locked" in said or "busy" in said:
        return StoreLocked(name)
    if "not a database" in said or "malformed" in said:
        return StoreCorrupt(name)
    if "i/o" in said or "unable to open" in said or "readonly" in said:
        return DiskFault(name)
    return StoreTrouble(f"{name} 拒绝了这次操作（{message}），没有保存。", "这是我们的问题，请把这句话发给维护者。")
