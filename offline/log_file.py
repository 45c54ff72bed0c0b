"""SQLite's write-ahead log as a file of its own: what was found in it is made sure, and room is made behind it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_SUFFIX: Final = "-wal"


def make_sure(database: Path) -> None:
    """Writes the log of a database anew in its place and flushes it; only for whoever holds the right to write it.

    After a failed flush the kernel counts as written what never reached the disk, and goes on reading it back. Who
    opens such a log finds whole commits in it and builds on them, and the next power cut takes the ground away under
    everything that was acknowledged since. Written again, the same bytes are flushed or the failure is heard.
    Needs no room; raises OSError.
    """
    try:
        handle = os.open(_log_of(database), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    with os.fdopen(handle, "r+b", buffering=0) as log:
        content = memoryview(log.read())
        log.seek(0)
        while content:
            content = content[log.write(content) or 0 :]
        os.fsync(log.fileno())


def lengthen(database: Path, size: int) -> None:
    """Makes a log at least `size` bytes long, flushed; only for whoever holds the right to write it.

    A flush of a file that has grown makes the file system write down its new length, and where the new bytes lie: a
    fifth of what keeping an act takes. A log that has its length is only written over. So the zeros are written, not
    reserved (fallocate's bytes are noted as written when they are). To SQLite they are nothing: a log ends for it at
    the first frame whose salt or checksum is wrong, and one without a header is empty (sqlite.org/fileformat2.html,
    The Write-Ahead Log); it cuts a log only down to `journal_size_limit`, and never locks one, so that opening it here
    releases nothing. Raises OSError; then it is as long as before, as far as the disk lets it.
    """
    handle = os.open(_log_of(database), os.O_RDWR | os.O_CLOEXEC)
    try:
        at = before = os.fstat(handle).st_size
        try:
            while at < size:
                at += os.pwrite(handle, bytes(size - at), at)
            if at > before:
                os.fsync(handle)
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def _log_of(database: Path) -> Path:
    return database.with_name(database.name + _SUFFIX)
