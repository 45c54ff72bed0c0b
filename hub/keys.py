"""The hub's own keys, made on first run and never sent anywhere."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.trouble import KeyTrouble
from offline.wire.sealing import key_id, new_private, public_of
from offline.wire.signing import new_signing_key, signing_public

_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True, repr=False)
class HubKeys:
    """Sealing (X25519), signing (Ed25519), and the secret all keyed hashes are derived from."""

    sealing_private: bytes
    signing_private: bytes
    index_secret: bytes

    @property
    def sealing_public(self) -> bytes:
        """The key terminals seal their payloads to."""
        return public_of(self.sealing_private)

    @property
    def sealing_key_id(self) -> str:
        """The name of the sealing key as records carry it."""
        return key_id(self.sealing_public)

    @property
    def signing_public(self) -> bytes:
        """The key terminals check the hub's lists with."""
        return signing_public(self.signing_private)

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

    def _derived(self, purpose: str) -> bytes:
        return hmac.new(self.index_secret, purpose.encode("utf-8"), hashlib.sha256).digest()


def load_keys(state_dir: Path) -> HubKeys:
    """The keys under `state_dir/keys`, made there (mode 0600) when they are missing."""
    folder = state_dir / "keys"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return HubKeys(
            sealing_private=_key(folder / "hub_sealing.key", new_private),
            signing_private=_key(folder / "hub_signing.key", new_signing_key),
            index_secret=_key(folder / "hub_index.key", lambda: secrets.token_bytes(_KEY_BYTES)),
        )
    except OSError as error:
        raise KeyTrouble(
            f"密钥目录 {folder} 不能读写（{error.strerror}）。The key folder cannot be used.",
            "请检查 --state 的目录权限和磁盘空间。Check the folder's rights and the disk.",
        ) from None


def _key(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        _write_new(path, make())
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyTrouble(
            f"密钥文件 {path} 损坏。The key file is damaged.",
            "请从备份恢复；没有备份时，已密封的办件将打不开。Restore it from the backup.",
        )
    return key


def _write_new(path: Path, key: bytes) -> None:
    """Writes beside and links into place: two hubs starting at once agree on one key, and no half key is ever seen."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass  # the other one was first: its key holds
    finally:
        beside.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
