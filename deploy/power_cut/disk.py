"""A disk that loses what was not flushed: what a power cut at some call could have left of the files.

Of each file everything written before its last fsync is there. Of what came after, any sectors of 512 bytes may be
there and any may not, in whatever order they were written; a change of length likewise. Names (created, renamed,
linked, unlinked) are sure once their folder was synced; of the others some first ones are there, or any of them.
What a failed fsync was to flush stays unsure for good, whatever later ones say: the kernel counts it as clean. So it is
with names, until another name of the folder changes: then the folder is written again, with all that is in it.
Sources: the SQLite documentation on atomic commit (sectors, powersafe overwrite off), and the persistence model of the
ALICE study (OSDI 2014); for failed flushes "Can Applications Recover from fsync Failures?" (USENIX ATC 2020).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random
from typing import Final

from deploy.power_cut.record import Call, What

SECTOR_BYTES: Final = 512


@dataclass(slots=True)
class _Change:
    """A change after the last sure one; `sure` once flushed, `lost` once a flush of it failed, then never sure."""

    call: Call
    sure: bool = False
    lost: bool = False


@dataclass(slots=True)
class File:
    """One file's bytes: what is sure, and the changes that are not, in order."""

    sure: bytearray = field(default_factory=bytearray)
    later: list[_Change] = field(default_factory=list)

    def sync(self) -> None:
        """Everything so far is sure, but for what a failed flush has left."""
        for change in self.later:
            change.sure = not change.lost
        while self.later and self.later[0].sure:
            _apply(self.sure, self.later.pop(0).call)

    def sync_failed(self) -> None:
        """What was to be flushed may never be."""
        for change in self.later:
            change.lost = change.lost or not change.sure

    def after_cut(self, chance: Random, keeps: float) -> bytes:
        """What is there after a cut; each unsure piece with a chance of `keeps`."""
        left = bytearray(self.sure)
        for change in self.later:
            if change.sure or change.call.what is What.TRUNCATE:
                if change.sure or chance.random() < keeps:
                    _apply(left, change.call)
                continue
            for start, piece in _sectors(change.call):
                if chance.random() < keeps:
                    _put(left, start, piece)
        return bytes(left)


@dataclass(slots=True)
class _Naming:
    """A change of names; `file` is what a new name stands for, `lost` once a flush of its folder failed."""

    what: What
    name: str
    other: str
    file: File | None
    lost: bool = False

    def folders(self) -> set[str]:
        return {str(PurePosixPath(each).parent) for each in (self.name, self.other) if each}


class Disk:
    """Follows a record call by call; `cut` tells what could be left at this point."""

    def __init__(self) -> None:
        self._files: dict[int, File] = {}
        self._names: dict[str, File | None] = {}  # as the running program sees them; None is a folder
        self._sure_names: dict[str, File | None] = {}
        self._pending: list[_Naming] = []
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    def follow(self, call: Call) -> None:
        """The next call of the record."""
        match call.what:
            case What.ACKNOWLEDGED:
                self.acknowledged.append(call.name)
            case What.REFUSED:
                self.refused.append(call.name)
            case What.WRITE | What.TRUNCATE:
                self._file(call.file).later.append(_Change(call))
            case What.SYNC:
                self._file(call.file).sync()
            case What.FAILED_SYNC:
                self._file(call.file).sync_failed()
            case What.SYNC_FOLDER:
                self._sync_folder(str(PurePosixPath(call.name or ".")))
            case What.FAILED_SYNC_FOLDER:
                self._sync_folder_failed(str(PurePosixPath(call.name or ".")))
            case What.CREATE:
                self._files[call.file] = File()
                self._name(_Naming(call.what, call.name, "", self._files[call.file]))
            case What.MAKE_FOLDER | What.UNLINK:
                self._name(_Naming(call.what, call.name, "", None))
            case What.RENAME | What.LINK:
                self._name(_Naming(call.what, call.name, call.other, self._names.get(call.name)))

    def cut(self, chance: Random) -> dict[str, bytes | None]:
        """Path → bytes (None: a folder) of everything a cut at this point may have left."""
        keeps = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        names = dict(self._sure_names)
        in_order = chance.random() < 0.5
        stop = chance.randint(0, len(self._pending))
        for n, naming in enumerate(self._pending):
            if (n < stop) if in_order else (chance.random() < keeps):
                _rename(names, naming)
        left: dict[str, bytes | None] = {}
        seen: dict[int, bytes] = {}
        for name in sorted(names):
            if not _reachable(names, name):
                continue
            file = names[name]
            if file is None:
                left[name] = None
                continue
            if id(file) not in seen:
                seen[id(file)] = file.after_cut(chance, keeps)
            left[name] = seen[id(file)]
        return left

    def _file(self, inode: int) -> File:
        return self._files.setdefault(inode, File())

    def _name(self, naming: _Naming) -> None:
        _rename(self._names, naming)
        self._pending.append(naming)

    def _sync_folder(self, folder: str) -> None:
        # What came before in other folders stays unsure: only this one was asked for.
        asked = [each for each in self._pending if folder in each.folders()]
        if all(each.lost for each in asked):
            return
        for naming in asked:
            _rename(self._sure_names, naming)
        self._pending = [each for each in self._pending if folder not in each.folders()]

    def _sync_folder_failed(self, folder: str) -> None:
        for naming in self._pending:
            naming.lost = naming.lost or folder in naming.folders()


def _rename(names: dict[str, File | None], naming: _Naming) -> None:
    match naming.what:
        case What.CREATE:
            names[naming.name] = naming.file
        case What.MAKE_FOLDER:
            names.setdefault(naming.name, None)
        case What.UNLINK:
            names.pop(naming.name, None)
        case What.LINK:
            if naming.name in names and naming.other:
                names[naming.other] = names[naming.name]
        case What.RENAME:
            if naming.name in names:
                moved = names.pop(naming.name)
                if naming.other:
                    names[naming.other] = moved


def _reachable(names: dict[str, File | None], name: str) -> bool:
    parents = [str(each) for each in PurePosixPath(name).parents if str(each) != "."]
    return all(each in names and names[each] is None for each in parents)


def _apply(content: bytearray, call: Call) -> None:
    if call.what is What.WRITE:
        _put(content, call.offset, call.data)
    elif call.offset <= len(content):
        del content[call.offset :]
    else:
        content.extend(bytes(call.offset - len(content)))


def _put(content: bytearray, start: int, piece: bytes) -> None:
    if start > len(content):
        content.extend(bytes(start - len(content)))
    content[start : start + len(piece)] = piece


def _sectors(call: Call) -> list[tuple[int, bytes]]:
    pieces, at = [], 0
    while at < len(call.data):
        room = SECTOR_BYTES - (call.offset + at) % SECTOR_BYTES
        pieces.append((call.offset + at, call.data[at : at + room]))
        at += room
    return pieces
