"""One of the two files as anyone may read it: opened when it is there, its chain followed, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from offline import ledger
from offline.database import Connection
from offline.wire.chain import START, Break, Head


class FileView:
    """A file that is not there yet reads as empty; `connect` gives None until it is."""

    def __init__(self, connect: Callable[[], Connection | None]) -> None:
        self._connect = connect
        self._connection: Connection | None = None

    def head(self) -> Head:
        """The head of the file's own chain."""
        connection = self._reader()
        return START if connection is None else ledger.head(connection)

    def verify(self) -> Head | Break:
        """Follows the file's own chain from its first event."""
        connection = self._reader()
        return START if connection is None else ledger.verify(connection)

    def damage(self) -> tuple[str, ...]:
        """What SQLite finds wrong in the file's structure; it reads all of it, and SQLCipher checks each page it reads.

        It finds no lost commit: for that there is the chain.
        """
        connection = self._reader()
        found = () if connection is None else connection.rows("PRAGMA integrity_check")
        return tuple(str(row[0]) for row in found if row[0] != "ok")

    def has_event(self, event_id: str) -> bool:
        """Whether an event stands in the file's own chain."""
        connection = self._reader()
        return connection is not None and connection.row("SELECT 1 FROM event WHERE id = ?", (event_id,)) is not None

    def sizes(self, after: int, upto: int) -> tuple[tuple[int, int], ...]:
        """(sequence number, bytes of the sealed payload) of the events of a stretch, in order."""
        connection = self._reader()
        return () if connection is None else ledger.sizes(connection, after, upto)

    def oldest_sure(self, after: int) -> datetime | None:
        """When the first event behind a sequence number was made whose time was not in doubt."""
        connection = self._reader()
        return None if connection is None else ledger.oldest_sure(connection, after)

    def file_bytes(self) -> int:
        """How large the file is with all that was committed to it."""
        connection = self._reader()
        return 0 if connection is None else connection.file_bytes()

    def data_version(self) -> int:
        """A number that changes when the other process has committed; -1 while there is no file."""
        connection = self._reader()
        return -1 if connection is None else connection.data_version()

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _reader(self) -> Connection | None:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection
