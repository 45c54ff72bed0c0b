"""SQLite's write-ahead log as a file of its own: what was found in it is made sure before anything is added."""

from __future__ import annotations

import os
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
    path = database.with_name(database.name + _SUFFIX)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    with os.fdopen(handle, "r+b", buffering=0) as log:
        content = memoryview(log.read())
        log.seek(0)
        while content:
            content = content[log.write(content) or 0 :]
        os.fsync(log.fileno())
