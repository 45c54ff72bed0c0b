"""A USB stick as both ends use it: whole files, flushed before they get their names, in a folder of each terminal.

FAT and exFAT have no journal: a file is written under a name that nobody reads, flushed, renamed, and the folder is
flushed, so that a stick that is pulled out holds whole files and at most one unfinished one. Names tell of nobody.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from offline.wire.carry import MAX_PART_BYTES, KeyFor, Part, read_parts
from offline.wire.trouble import BadPart, PartFault, StickTrouble
from offline.wire.whole_file import sync_folder, write_whole

FOLDER: Final = "zhizhu-carry"
SUFFIX: Final = ".zzc"
MANIFEST: Final = f"manifest{SUFFIX}"
ANSWERS: Final = "answers-"
"""How the names of what the hub wrote begin."""
MAX_FILES: Final = 20_000
MAX_FILE_BYTES: Final = 16 * MAX_PART_BYTES
"""A file may hold several parts, as a download from the console does."""

UNFINISHED: Final = ".unfinished"
_TERMINAL: Final = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,64}")
_CANNOT_FLUSH: Final = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)
_WHY: Final = {
    errno.ENOSPC: ("U 盘满了。", "请换一个有空间的 U 盘；已写完的文件都算数。"),
    errno.EROFS: ("U 盘写不进去（只读）。", "请拨开 U 盘的写保护开关，或换一个 U 盘。"),
    errno.EACCES: ("没有权限读写这个 U 盘。", "请用有权限的账号（例如 sudo）再运行一次。"),
    errno.EPERM: ("没有权限读写这个 U 盘。", "请用有权限的账号（例如 sudo）再运行一次。"),
}
_PULLED: Final = ("U 盘中途读写不了了", "多半是被拔出或接触不良；请插好再运行一次，已写完的文件都算数。")


class Stick:
    """The carrying folder of a stick that is mounted at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        if not root.is_dir():
            raise StickTrouble(f"找不到 U 盘目录 {root}。", "请先插好并挂载 U 盘，再写出它的目录。")

    def files(self) -> Iterator[Path]:
        """Every file of ours: those in the terminals' folders, and what somebody put beside them or at the top."""
        folder, found = self._root / FOLDER, 0
        with _told():
            for place in (self._root, folder, *(one for one in _entries(folder) if one.is_dir())):
                for path in _entries(place):
                    if path.suffix == SUFFIX and path.is_file():
                        found += 1
                        if found > MAX_FILES:
                            raise StickTrouble(f"U 盘上的文件超过 {MAX_FILES} 个。", "请换一个空的 U 盘再导出。")
                        yield path

    def files_of(self, terminal_id: str) -> tuple[Path, ...]:
        """The files in a terminal's folder."""
        with _told():
            return tuple(path for path in _entries(self._of(terminal_id)) if path.suffix == SUFFIX and path.is_file())

    def read(self, path: Path) -> bytes:
        """A file's bytes; raises BadPart for one that is larger than anything we write."""
        with _told():
            if path.stat().st_size > MAX_FILE_BYTES:
                raise BadPart(PartFault.STRANGE, "太大")
            with path.open("rb") as file:
                return file.read(MAX_FILE_BYTES)

    def parts(self, path: Path, key_for: KeyFor) -> Iterator[Part | BadPart]:
        """The parts of a file, each with its own verdict."""
        try:
            untrusted = self.read(path)
        except BadPart as bad:
            yield bad
            return
        yield from read_parts(untrusted, key_for)

    def put(self, terminal_id: str, name: str, data: bytes) -> None:
        """Writes a file whole; when this returns, it survives the stick being pulled out."""
        folder = self._of(terminal_id)
        with _told():
            if not folder.is_dir():
                folder.mkdir(parents=True)
                for place in (self._root, self._root / FOLDER):
                    _flush_folder(place)
            path, draft = folder / name, folder / f"{name}{UNFINISHED}"
            write_whole(path, data, draft=draft, mode=0o666, flush=_flush_folder)

    def drop(self, path: Path) -> None:
        """Deletes a file; one that is gone already is no trouble."""
        with _told():
            path.unlink(missing_ok=True)

    def tidy(self, terminal_id: str) -> None:
        """Deletes what was left unfinished when the stick was last pulled out."""
        with _told():
            for path in _entries(self._of(terminal_id)):
                if path.name.endswith(UNFINISHED):
                    path.unlink(missing_ok=True)

    def flush(self, terminal_id: str) -> None:
        """Brings the deletions in a terminal's folder to the stick as well; then it may be pulled out."""
        with _told():
            if self._of(terminal_id).is_dir():
                _flush_folder(self._of(terminal_id))

    def free_bytes(self) -> int:
        """The room that is left."""
        with _told():
            room = os.statvfs(self._root)
        return room.f_bavail * room.f_frsize

    def _of(self, terminal_id: str) -> Path:
        assert _TERMINAL.fullmatch(terminal_id), "a terminal's id is a plain name"
        return self._root / FOLDER / terminal_id


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _flush_folder(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as failure:
        if failure.errno not in _CANNOT_FLUSH:
            raise
        os.sync()  # a file system that flushes no folders by themselves flushes everything


@contextmanager
def _told() -> Iterator[None]:
    """Translates what the kernel says of the stick."""
    try:
        yield
    except OSError as failure:
        said, advice = _WHY.get(failure.errno or 0, (f"{_PULLED[0]}（{failure.strerror}）。", _PULLED[1]))
        raise StickTrouble(said, advice) from failure
