"""What a resident had not finished when the power went: one sealed file, opened by her card alone, for some minutes."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offline.wire.whole_file import sync_folder, write_whole

NAME: Final = "draft"
MOST_BYTES: Final = 4096
"""Of a draft; each is padded to it, so that its length tells nothing."""
_MAGIC: Final = b"ZZD1"
_HEAD: Final = struct.Struct(">4sQ32s12s")  # what it is, milliseconds of 1970 UTC, salt, nonce
_LENGTH: Final = struct.Struct(">H")
_TAG_BYTES: Final = 16
_FILE_BYTES: Final = _HEAD.size + _LENGTH.size + MOST_BYTES + _TAG_BYTES
_KEY_BYTES: Final = 32
_SET_BACK_MS: Final = 60_000
"""How far a clock that is being put right may go back."""


class Drafts:
    """At most one draft a terminal; the next one overwrites it.

    The key of each is made of the terminal's own (`database_key`), a salt of its own and `holder`, which only the card
    knows. Nobody but the card's holder can open it, not even the terminal. Used by one thread at a time; raises
    OSError where the disk refuses.
    """

    def __init__(
        self,
        state_dir: Path,
        database_key: bytes,
        keep: timedelta,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic_s: Callable[[], float] = monotonic,
    ) -> None:
        self._path = state_dir / NAME
        self._new = state_dir / f".{NAME}.new"
        self._key = database_key
        self._keep = keep
        self._now = now
        self._monotonic_s = monotonic_s
        self._by_s = monotonic_s() + keep.total_seconds()

    def put(self, holder: bytes, draft: bytes) -> None:
        """Takes the place of the draft before; on the disk when this returns. ValueError: more than MOST_BYTES."""
        if len(draft) > MOST_BYTES:
            raise ValueError(f"a draft of {len(draft)} bytes")
        head = _HEAD.pack(_MAGIC, _milliseconds(self._now()), secrets.token_bytes(32), secrets.token_bytes(12))
        padded = _LENGTH.pack(len(draft)) + draft.ljust(MOST_BYTES, b"\0")
        sealed = head + self._cipher(holder, head).encrypt(_nonce(head), padded, head)
        before = _opened(self._path)
        try:
            write_whole(self._path, sealed, draft=self._new, discard=_shred)
            if before is not None:  # only now: a cut in between leaves one of the two whole
                _overwrite(before)
        finally:
            if before is not None:
                os.close(before)
        self._by_s = self._monotonic_s() + self._keep.total_seconds()

    def open(self, holder: bytes) -> bytes | None:
        """The draft of this card's holder; None where there is none, or it is another's, expired or damaged."""
        self.expire()
        try:
            untrusted = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if len(untrusted) != _FILE_BYTES:
            return None
        head = untrusted[: _HEAD.size]
        try:
            padded = self._cipher(holder, head).decrypt(_nonce(head), untrusted[_HEAD.size :], head)
        except InvalidTag:
            return None
        (length,) = _LENGTH.unpack_from(padded)
        return padded[_LENGTH.size : _LENGTH.size + length]

    def expire(self) -> None:
        """Shreds a draft whose minutes are over, by either clock, or whose time cannot be true; and half a new one."""
        _shred(self._new)
        try:
            with self._path.open("rb") as file:
                head = file.read(_HEAD.size)
        except FileNotFoundError:
            return
        if self._monotonic_s() >= self._by_s or not self._fresh(head):
            self.shred()

    def shred(self) -> None:
        """Overwrites and deletes the draft, if there is one."""
        _shred(self._path)
        _shred(self._new)

    def _fresh(self, head: bytes) -> bool:
        if len(head) != _HEAD.size or not head.startswith(_MAGIC):
            return False
        age_ms = _milliseconds(self._now()) - int(_HEAD.unpack(head)[1])
        return -_SET_BACK_MS <= age_ms < self._keep / timedelta(milliseconds=1)

    def _cipher(self, holder: bytes, head: bytes) -> AESGCM:
        salt = _HEAD.unpack(head)[2]
        kdf = HKDF(SHA256(), _KEY_BYTES, salt=salt, info=b"zhizhu draft 1")
        return AESGCM(kdf.derive(self._key + holder))


def _milliseconds(at: datetime) -> int:
    return max(0, round(at.timestamp() * 1000))


def _nonce(head: bytes) -> bytes:
    nonce: bytes = _HEAD.unpack(head)[3]
    return nonce


def _opened(path: Path) -> int | None:
    try:
        return os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None


def _overwrite(handle: int) -> None:
    os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
    os.fsync(handle)


def _shred(path: Path) -> None:
    handle = _opened(path)
    if handle is None:
        return
    try:
        _overwrite(handle)
    finally:
        os.close(handle)
        path.unlink(missing_ok=True)
    sync_folder(path.parent)
