"""Files that are there whole or not at all, whenever the power goes, and names that are sure; for both ends.

A file is written under another name, flushed, then renamed, and its folder is flushed: a name that was created, renamed
or linked is sure only after that. Whoever writes here hears of a disk that refuses as OSError.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder onto the disk; raises OSError where the disk refuses."""
    sync_file(folder)


def renew_folder(folder: Path) -> None:
    """Brings the names in a folder onto the disk, also those whose flush failed before, for another process maybe.

    After a failed flush the kernel may count the names as written. A name that comes and goes makes it write the folder
    again. A disk that has no room for one is asked to flush all the same. Raises OSError where the disk refuses.
    """
    mark = draft_of(folder / "names")
    with suppress(OSError):
        mark.touch(0o600)
        mark.unlink()
    sync_folder(folder)


def sync_file(path: Path) -> None:
    """Brings what a file (or folder) holds onto the disk, whoever wrote it; raises OSError where the disk refuses."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def draft_of(path: Path) -> Path:
    """A name beside a file's that nobody else uses, and that no listing of files by their suffix finds."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")


def write_flushed(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Writes a file and flushes what is in it, its name not yet; one that is there already keeps its rights."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _dropped(path: Path) -> None:
    path.unlink(missing_ok=True)


def write_whole(
    path: Path,
    data: bytes,
    *,
    draft: Path | None = None,
    mode: int = 0o600,
    flush: Callable[[Path], None] = sync_folder,
    discard: Callable[[Path], None] = _dropped,
) -> None:
    """Puts a file in its place, in that of an earlier one too; when this returns, a power cut leaves it there.

    Before, a cut leaves the earlier one or this one. `draft` is the name it is first written under, where its writer
    wants to know it again; `flush` makes a folder's names sure; `discard` takes away a draft that came to nothing.
    """
    draft = draft or draft_of(path)
    try:
        write_flushed(draft, data, mode=mode)
        draft.replace(path)
    except OSError:
        with suppress(OSError):  # the first trouble is the one to tell
            discard(draft)
        raise
    flush(path.parent)
