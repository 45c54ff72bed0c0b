"""What the bench of the outbox asks of a queue, and what it says of all of them alike."""

from __future__ import annotations

from typing import Any, Final, Protocol, runtime_checkable

_SYNCHRONOUS: Final = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


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


def durability(connection: Any) -> str:
    """The journal and the flush of an SQLite connection, as it says them itself."""
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    return f"{str(journal).upper()} + {_SYNCHRONOUS[int(synchronous)]}"
