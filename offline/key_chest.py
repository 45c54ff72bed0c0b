"""Where a terminal's private keys rest: each in a file of its own, as it is or sealed by the TPM.

A key moves into the TPM once, in an order in which every moment leaves one that can be opened: seal, read back, flush,
give it its name, only then take the file's name away, and overwrite what it held. While both are there the file counts.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from offline.tpm import SEALED_LIMIT, Tpm, TpmForgot, tcti_of
from offline.trouble import DiskFull, KeyTrouble
from offline.wire.whole_file import renew_folder, sync_file, sync_folder, write_whole

KEY_BYTES: Final = 32
SEALED_SUFFIX: Final = ".tpm"
_GONE: Final = ".gone"
_LOCK: Final = ".moving"
_LOCK_S: Final = 120.0
"""Another process may be moving keys into a slow TPM."""
_LOOK_S: Final = 0.05


class Sealer(Protocol):
    """What is wanted of a TPM (`offline.tpm.Tpm`)."""

    def seal(self, secret: bytes) -> bytes:
        """The secret as only this TPM can read it again; raises KeyTrouble."""

    def unseal(self, sealed: bytes) -> bytes:
        """The secret again; raises KeyTrouble."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Where a key rests: in the TPM at `tcti`, or in a file."""

    name: str
    tcti: str | None


class KeyChest:
    """The folder of the keys."""

    def __init__(self, folder: Path, open_sealer: Callable[[str], Sealer] = Tpm) -> None:
        self._folder = folder
        self._open_sealer = open_sealer

    def has(self, name: str) -> bool:
        """Whether there is such a key, wherever it rests."""
        return self._file(name).exists() or self._sealed(name).exists()

    def take(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The key; made as a file when there is none. Raises KeyTrouble."""
        with _spoken(name):
            if (key := self._existing(name)) is not None:
                return key
            with self._moving():  # else another process could make one in the TPM at the same moment
                if (key := self._existing(name)) is None:
                    _place(self._file(name), key := make())
            return key

    def tidy(self, name: str) -> None:
        """Overwrites what an interrupted move has left of a key's file; raises KeyTrouble."""
        with _spoken(name):
            _shred(self._gone(name))

    def make_sure(self, name: str) -> None:
        """Brings a key and its name onto the disk: who made it may have ended before that. Raises KeyTrouble."""
        with _spoken(name):
            sync_file(self._file(name) if self._file(name).exists() else self._sealed(name))
            for folder in (self._folder, self._folder.parent):
                renew_folder(folder)

    def resting(self, names: tuple[str, ...]) -> tuple[Resting, ...]:
        """Where each of these keys rests, of those there are; raises KeyTrouble."""
        found = []
        for name in names:
            with _spoken(name):
                if self._file(name).exists():
                    found.append(Resting(name, None))
                elif (sealed := _read(self._sealed(name), SEALED_LIMIT)) is not None:
                    found.append(Resting(name, tcti_of(sealed)))
        return tuple(found)

    def move(self, name: str, make: Callable[[], bytes] | None, sealer: Sealer) -> bool:
        """Sees to it that this key rests sealed and nowhere else; True when that needed doing.

        With `make` a key that is not there is made, and never lies in a file. May be interrupted anywhere and called
        again. Raises KeyTrouble; the key that was there can then be opened as before.
        """
        with _spoken(name), self._moving():
            file, sealed_at = self._file(name), self._sealed(name)
            key = _key(file)
            if key is None:
                if make is None or sealed_at.exists():
                    return False
                self._place_sealed(sealed_at, make(), sealer)
                return True
            if not self._opens(sealed_at, key, sealer):
                self._place_sealed(sealed_at, key, sealer)
            sync_file(sealed_at)
            sync_folder(self._folder)
            file.rename(self._gone(name))
            _shred(self._gone(name))
            return True

    def _existing(self, name: str) -> bytes | None:
        # a key on its way into the TPM has its new place before it loses the old one: in this order it is always found
        if (key := _key(self._file(name))) is not None:
            return key
        sealed = _read(self._sealed(name), SEALED_LIMIT)
        if sealed is None:
            return None
        key = self._open_sealer(tcti_of(sealed)).unseal(sealed)
        if len(key) != KEY_BYTES:
            raise KeyTrouble(f"TPM 给出的 {name} 不是 {KEY_BYTES} 字节。", "请从备份恢复 keys 文件夹。")
        return key

    def _place_sealed(self, place: Path, key: bytes, sealer: Sealer) -> None:
        sealed = sealer.seal(key)
        if sealer.unseal(sealed) != key:
            raise KeyTrouble(
                "TPM 读回来的密钥和封进去的不一样，没有搬。", '请更换这块 TPM，或设 terminal.tpm = "off"。'
            )
        _place(place, sealed)  # over a sealed copy that was there before and does not open any more

    def _opens(self, place: Path, key: bytes, sealer: Sealer) -> bool:
        """Whether a sealed copy, left by a move that was interrupted, is good."""
        sealed = _read(place, SEALED_LIMIT)
        if sealed is None:
            return False
        try:
            return sealer.unseal(sealed) == key
        except TpmForgot:
            return False

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """One process at a time; the kernel lets go when it dies."""
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            end = time.monotonic() + _LOCK_S
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise KeyTrouble("另一个进程一直在搬密钥。", "请看终端和代理的日志。") from None
                    time.sleep(_LOOK_S)
            yield
        finally:
            os.close(handle)

    def _gone(self, name: str) -> Path:
        return self._folder / f".{name}{_GONE}"

    def _file(self, name: str) -> Path:
        return self._folder / name

    def _sealed(self, name: str) -> Path:
        return self._folder / f"{name}{SEALED_SUFFIX}"


@contextmanager
def _spoken(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from failure
        raise KeyTrouble(
            f"密钥文件 {name} 读写不了（{failure.strerror}）。", "请检查文件夹的权限和磁盘空间。"
        ) from failure


def _place(path: Path, data: bytes) -> None:
    """Complete or not there at all, even when the power goes; one whose name is not sure is used by nobody."""
    try:
        write_whole(path, data, discard=_shred)
        sync_folder(path.parent.parent)  # the name of the folder it lies in
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _shred(path: Path) -> None:
    """Overwrites what a key's file held; on flash the old cells may keep it, SECURITY.md says so."""
    with suppress(FileNotFoundError):
        handle = os.open(path, os.O_WRONLY)
        try:
            sync_folder(path.parent)  # or a cut could bring its old name back, which counts, with nothing in it
            os.pwrite(handle, secrets.token_bytes(KEY_BYTES), 0)
            os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink()
        sync_folder(path.parent)


def _key(path: Path) -> bytes | None:
    key = _read(path, KEY_BYTES + 1)
    if key is not None and len(key) != KEY_BYTES:
        raise KeyTrouble(f"密钥文件 {path.name} 不是 {KEY_BYTES} 字节。", "请从备份恢复 keys 文件夹。")
    return key


def _read(path: Path, limit: int) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if stat.S_IMODE(os.fstat(handle).st_mode) & 0o077:
            raise KeyTrouble(f"密钥文件 {path.name} 别人也能读。", f"请执行 chmod 600 {path}，并检查是谁改的权限。")
        return os.read(handle, limit)
    finally:
        os.close(handle)
