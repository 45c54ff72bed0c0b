"""The encrypted files: SQLCipher under sqlite-utils, durable at every commit, one writing process a file.

This is the one place that makes sqlite-utils use SQLCipher: it looks for `pysqlite3` first, by design.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import sqlcipher3
from sqlcipher3 import dbapi2 as sqlcipher

from offline import log_file
from offline.trouble import (
    AlreadyWriting,
    DiskFault,
    DiskFull,
    StoreCorrupt,
    StoreInDoubt,
    StoreLocked,
    StoreTrouble,
)
from offline.wire.whole_file import renew_folder

sys.modules.setdefault("pysqlite3", sqlcipher3)
sys.modules.setdefault("pysqlite3.dbapi2", sqlcipher)

from sqlite_utils import Database, Migrations  # noqa: E402  (after the registration above)

BUSY_MS: Final = 5_000
JOURNAL_LIMIT_BYTES: Final = 8 * 1024 * 1024
CHECKPOINT_COMMITS: Final = 200
"""After so many commits the log is brought into the file; one of ours is a handful of pages."""
UNDO_TRIES: Final = 3
_FULL: Final = 2
_DURABLE: Final = ("wal", _FULL)
_NUMBERS: Final = 2**31
_BEFORE_THE_MARK: Final = (sqlcipher.SQLITE_FULL, 778)
"""The log refused a page (SQLITE_FULL, SQLITE_IOERR_WRITE); the one with the commit mark is written last."""

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
        with suppress(OSError):  # the lock is the kernel's; only the name of its holder needs room on the disk
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Gives the right back."""
        os.close(self._handle)


class Connection:
    """One connection to one encrypted file, used by one thread at a time; failures come out as typed troubles."""

    def __init__(self, path: Path, key: bytes, *, write: bool) -> None:
        self.path = path
        self._troubles = troubles(path.name)
        self._lock = RLock()
        self._commits = 0
        with self._troubles:
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
                    renew_folder(path.parent)  # SQLite flushes it too, for the log, but does not mind when that fails
                else:
                    conn.execute("PRAGMA query_only = ON")
                    conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
                self.db = Database(conn)
                if write:
                    self._tidy()  # a process may be too short-lived to come to it otherwise
            except BaseException:
                conn.close()
                raise

    def migrate(self, migrations: Migrations) -> None:
        """Brings the file to the present shape; each step is one transaction."""
        with self._lock, self._troubles:
            migrations.apply(self.db)

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, self._troubles:
            return list(self.db.execute(sql, parameters).fetchall())

    def row(self, sql: str, parameters: tuple[object, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def transaction(self, work: Callable[[Database], T]) -> T:
        """Runs `work` in one transaction; when this returns, its effect survives a power cut.

        Raises StoreTrouble: nothing of it was kept, whatever happens to the power afterwards. Raises StoreInDoubt where
        that cannot be said.
        """
        with self._lock, self._troubles:
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                result = work(self.db)
            except BaseException:
                self._roll_back()
                raise
            self._commit()
            return result

    def file_bytes(self) -> int:
        """How large the file is, what still stands in the write-ahead log included."""
        with self._lock, self._troubles:
            pages, page = (self.db.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
            return int(pages) * int(page)

    def grow_at_most(self, size: int) -> None:
        """SQLite's own last guard: the file never gets larger than `size` bytes; this connection then says DiskFull."""
        with self._lock, self._troubles:
            page = int(self.db.execute("PRAGMA page_size").fetchone()[0])
            self.db.execute(f"PRAGMA max_page_count = {max(1, size // page)}").fetchone()

    def lengthen_log(self, size: int) -> None:
        """Makes the write-ahead log so long that keeping something seldom has to: see log_file. A disk may refuse."""
        with self._lock, suppress(OSError):
            log_file.lengthen(self.path, size)

    def _roll_back(self) -> None:
        if self.db.conn.in_transaction:  # SQLite does it by itself for some failures
            self.db.conn.rollback()

    def _commit(self) -> None:
        try:
            self.db.conn.execute("COMMIT")
        except sqlcipher.Error as failure:
            begun = not self.db.conn.in_transaction
            self._roll_back()
            if begun and failure.sqlite_errorcode not in _BEFORE_THE_MARK and not self._undone():
                raise StoreInDoubt(self.path.name) from failure
            raise
        self._commits += 1
        if self._commits >= CHECKPOINT_COMMITS:
            self._tidy()

    def _tidy(self) -> None:
        """Brings the log into the file, so that it begins anew with the next commit.

        A step of its own: its failure is not a commit's, and a disk in trouble tells the next one.
        """
        self._commits = 0
        with suppress(sqlcipher.Error):
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _undone(self) -> bool:
        """Takes a failed commit back; whether that is sure.

        The log may hold all of it, commit mark included, while the running program counts it as undone (the flush
        failed): the next to read the log from its beginning, after a power cut, would find it. A commit of nothing but
        a number takes its place in the log. Once that one is flushed, what follows it no longer continues the log's
        checksums and is never read.
        """
        for _ in range(UNDO_TRIES):
            with suppress(sqlcipher.Error):
                (number,) = self.db.execute("PRAGMA user_version").fetchone()
                self.db.execute(f"PRAGMA user_version = {(int(number) + 1) % _NUMBERS}")
                return True
        return False

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        with self._lock, self._troubles:
            return int(self.db.conn.execute("PRAGMA data_version").fetchone()[0])

    def checkpoint(self) -> None:
        """Brings everything committed into the main file, flushed."""
        with self._lock, self._troubles:
            self.db.execute("PRAGMA wal_checkpoint(FULL)").fetchall()

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self.db.close()


class troubles:  # noqa: N801  (used as the function it looks like)
    """Translates what SQLite says into what a person can act on; can be used again and again.

    Not `contextlib.contextmanager`: each act passes here several times, and a generator is made anew at each.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, failure: BaseException | None, where: object) -> None:
        """Raises StoreTrouble in the place of SQLite's and the disk's own errors."""
        if isinstance(failure, sqlcipher.Error):
            raise _translated(str(failure), self._name) from failure
        if isinstance(failure, OSError):
            full = failure.errno in (errno.ENOSPC, errno.EDQUOT)
            raise (DiskFull() if full else DiskFault(self._name)) from failure


def _make_durable(conn: Any, name: str) -> None:
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    # a checkpoint inside COMMIT would make a commit that is safe in the log look like a failed one
    conn.execute("PRAGMA wal_autocheckpoint = 0")
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
