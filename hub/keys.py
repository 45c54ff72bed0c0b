"""The hub's own keys, made on first run and never sent anywhere."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from hub.key_ring import (
    FIRST_SEALING,
    FIRST_SIGNING,
    KEY_BYTES,
    RING,
    KeyRing,
    RingKey,
    key_file,
    load_ring,
    read_key,
    rotate,
    take_back,
)
from hub.trouble import KeyTrouble
from offline.wire.event import Envelope
from offline.wire.sealing import unseal, unseal_event
from offline.wire.trouble import CannotUnseal

_INDEX: Final = "hub_index.key"


class HubKeys:
    """Sealing (X25519) and signing (Ed25519) keys, and the secret all keyed hashes are derived from.

    A running hub notices a rotation by itself: the ring's file is looked at, never held for longer than one use.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index_secret = key_file(folder / _INDEX, lambda: secrets.token_bytes(KEY_BYTES))
        self._seen: tuple[object, KeyRing] = (None, load_ring(folder))

    @property
    def ring(self) -> KeyRing:
        """All keys, as the folder has them now; raises KeyTrouble."""
        mark = _mark(self._folder / RING)
        if mark != self._seen[0]:
            with _spoken(self._folder):
                self._seen = (mark, load_ring(self._folder))
        return self._seen[1]

    @property
    def version(self) -> int:
        """Which pair is in use: 1 at first, one more with each rotation."""
        return self.ring.version

    @property
    def sealing_private(self) -> bytes:
        """The private part of the sealing key in use."""
        return self.ring.sealing[0].private

    @property
    def sealing_public(self) -> bytes:
        """The key terminals seal their payloads to."""
        return self.ring.sealing[0].public

    @property
    def sealing_key_id(self) -> str:
        """The name of the sealing key as records carry it."""
        return self.ring.sealing[0].id

    @property
    def signing_private(self) -> bytes:
        """The private part of the signing key in use."""
        return self.ring.signing[0].private

    @property
    def signing_public(self) -> bytes:
        """The key terminals check the hub's lists with."""
        return self.ring.signing[0].public

    def sealing_private_of(self, key_id: str) -> bytes | None:
        """The private key that a record names, in use or earlier; None when the ring does not have it."""
        return next((one.private for one in self.ring.sealing if one.id == key_id), None)

    def signing_private_of(self, key_id: str) -> bytes | None:
        """The signing key of a name, in use or earlier; None when the ring does not have it."""
        return next((one.private for one in self.ring.signing if one.id == key_id), None)

    def unseal_event(self, envelope: Envelope) -> dict[str, object]:
        """The payload of an event, opened with the key its record names; raises CannotUnseal."""
        private = self.sealing_private_of(envelope.key_id)
        if private is None:
            raise CannotUnseal(f"密钥环里没有编号 {envelope.key_id} 的密钥")
        return unseal_event(envelope, private)

    def unseal(self, data: bytes, aad: bytes) -> dict[str, object]:
        """Opens what names no key with whichever fits, the one in use first; raises CannotUnseal."""
        ring = self.ring
        for key in ring.sealing[:-1]:
            try:
                return unseal(data, key.private, aad)
            except CannotUnseal:
                continue
        return unseal(data, ring.sealing[-1].private, aad)

    def statements_after(self, version: int) -> tuple[Mapping[str, object], ...]:
        """The signed words that lead from a pair to the one in use, in order."""
        return self.ring.statements[version - 1 :]

    def claim_key(self, terminal_id: str) -> bytes:
        """The secret with which one terminal hashes its claim codes."""
        return self._derived(f"claim/{terminal_id}")

    def subject_key(self, terminal_id: str) -> bytes:
        """The secret with which one terminal hashes identity numbers; derived, so that no table holds it."""
        return self._derived(f"subject/{terminal_id}")

    @property
    def claim_index(self) -> bytes:
        """The hub's own key for finding a case by its code."""
        return self._derived("index/claims")

    @property
    def subject_index(self) -> bytes:
        """The hub's own key for finding cases by an identity number."""
        return self._derived("index/subjects")

    @property
    def recovery_index(self) -> bytes:
        """The hub's own key for the codes with which the staff recover."""
        return self._derived("index/recovery")

    @property
    def recheck_secret(self) -> bytes:
        """The hub's own secret for drawing what is looked at again."""
        return self._derived("rechecks")

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self._index_secret, purpose.encode("utf-8"), hashlib.sha256).digest()


def missing_keys(state_dir: Path) -> tuple[str, ...]:
    """The names of the files without which a hub would make itself new keys."""
    folder = _folder(state_dir)
    first = () if (folder / RING).exists() else (FIRST_SEALING, FIRST_SIGNING)
    return tuple(name for name in (_INDEX, *first) if not (folder / name).exists())


def load_keys(state_dir: Path) -> HubKeys:
    """The keys under `state_dir/keys`, made there (mode 0600) when they are missing; raises KeyTrouble."""
    folder = _folder(state_dir)
    with _spoken(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return HubKeys(folder)


def rotate_keys(state_dir: Path, now: datetime) -> KeyRing:
    """A fresh pair for new events and new signatures; what was sealed before still opens. Raises KeyTrouble."""
    load_keys(state_dir)
    with _spoken(_folder(state_dir)):
        return rotate(_folder(state_dir), now)


def import_key(state_dir: Path, file: Path, now: datetime) -> RingKey | None:
    """Takes back an earlier sealing key from a file; None when it is there already. Raises KeyTrouble."""
    with _spoken(file):
        private = read_key(file)
    load_keys(state_dir)
    with _spoken(_folder(state_dir)):
        return take_back(_folder(state_dir), private, now)


def _folder(state_dir: Path) -> Path:
    return state_dir / "keys"


def _mark(path: Path) -> object:
    """What changes when the file is replaced; None while there is no file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


@contextmanager
def _spoken(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyTrouble(
            f"密钥 {place} 不能读写（{error.strerror}）。The keys cannot be used.",
            "请检查 --state 的目录权限和磁盘空间。Check the folder's rights and the disk.",
        ) from None
