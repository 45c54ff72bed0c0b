"""The record that `disk_shim.c` writes: every call that changed a file, in the order in which they took effect."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

_HEAD: Final = struct.Struct("=c7xQQIIII")
ACKNOWLEDGED: Final = b"a"
REFUSED: Final = b"n"


class What(Enum):
    """What a call did; ACKNOWLEDGED and REFUSED are the watcher's own words, written between the calls."""

    CREATE = b"o"
    WRITE = b"w"
    TRUNCATE = b"t"
    SYNC = b"s"
    FAILED_SYNC = b"S"
    SYNC_FOLDER = b"d"
    FAILED_SYNC_FOLDER = b"D"
    RENAME = b"r"
    LINK = b"l"
    UNLINK = b"u"
    MAKE_FOLDER = b"m"
    ACKNOWLEDGED = ACKNOWLEDGED
    REFUSED = REFUSED


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `name` and `other` are paths below the watched folder, `offset` the new size of a truncate."""

    what: What
    file: int
    offset: int
    name: str
    other: str
    data: bytes
    process: int


def read_record(path: Path) -> Iterator[Call]:
    """Every call of a record; the last one may be missing its end where a process was killed in it."""
    raw = path.read_bytes()
    at = 0
    while at + _HEAD.size <= len(raw):
        what, file, offset, name, other, data, process = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        ends = (at + name, at + name + other, at + name + other + data)
        if ends[-1] > len(raw):
            return
        yield Call(
            What(what),
            file,
            offset,
            raw[at : ends[0]].decode(),
            raw[ends[0] : ends[1]].decode(),
            raw[ends[1] : ends[2]],
            process,
        )
        at = ends[-1]


def acknowledge(path: Path, identifier: str) -> None:
    """Writes into the record that somebody has been told of this act: from here on it may not be lost."""
    _say(path, ACKNOWLEDGED, identifier)


def refuse(path: Path, identifier: str) -> None:
    """Writes into the record that somebody has been told that this act was not kept: it may not come to light."""
    _say(path, REFUSED, identifier)


def _say(path: Path, what: bytes, identifier: str) -> None:
    word = identifier.encode()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(handle, _HEAD.pack(what, 0, 0, len(word), 0, 0, os.getpid()) + word)
    finally:
        os.close(handle)
