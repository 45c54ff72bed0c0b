"""The private keys of a terminal: made once, on the terminal, in the TPM where there is one; they never leave it."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from offline.key_chest import KEY_BYTES, KeyChest, Resting, Sealer
from offline.tpm import DEVICE, TCTI_VARIABLE, Tpm, tcti_of
from offline.trouble import KeyTrouble
from offline.wire.signing import new_signing_key

log = logging.getLogger(__name__)

FOLDER: Final = "keys"
DATABASE_KEY: Final = "database.key"
SIGNING_KEY: Final = "terminal_signing.key"
AUTO: Final = "auto"
OFF: Final = "off"


def database_key(state_dir: Path) -> bytes:
    """The raw key of the terminal's databases; made when no database exists yet, never replaced."""
    chest = _chest(state_dir)
    databases = _databases(state_dir)
    if databases and not chest.has(DATABASE_KEY):
        raise KeyTrouble(
            f"缺少密钥文件 {DATABASE_KEY}，{'、'.join(databases)} 无法打开。",
            "请从备份恢复 keys 文件夹；不要新建密钥。",
        )
    key = chest.take(DATABASE_KEY, _new_database_key)
    if not databases:
        chest.make_sure(DATABASE_KEY)
    return key


def signing_key(state_dir: Path) -> bytes:
    """The key this terminal signs its requests and slips with; made on the terminal, never leaves it."""
    return _chest(state_dir).take(SIGNING_KEY, new_signing_key)


def settle_keys(state_dir: Path, wanted: str, open_sealer: Callable[[str], Sealer] = Tpm) -> None:
    """Brings the keys to where the setting `terminal.tpm` wants them: called by each process before it opens anything.

    `auto` uses a TPM where one is and answers, and else leaves the keys in files; `off` moves nothing; anything else is
    a TCTI, and then there must be a TPM. Raises KeyTrouble.
    """
    chest = KeyChest(state_dir / FOLDER, open_sealer)
    for name in (DATABASE_KEY, SIGNING_KEY):
        chest.tidy(name)
    if wanted == OFF or (wanted == AUTO and not (DEVICE.exists() or os.environ.get(TCTI_VARIABLE))):
        return
    may_make = not _databases(state_dir)
    try:
        sealer = open_sealer("" if wanted == AUTO else wanted)
        moved = chest.move(DATABASE_KEY, _new_database_key if may_make else None, sealer)
        moved = chest.move(SIGNING_KEY, new_signing_key if may_make else None, sealer) or moved
    except KeyTrouble as trouble:
        if wanted != AUTO:
            raise
        log.warning("the keys stay where they are: %s", trouble.sentence)
        return
    if moved:
        log.info("the keys rest in the TPM now")


def resting(state_dir: Path) -> tuple[Resting, ...]:
    """Where the keys rest, of those there are; raises KeyTrouble."""
    return KeyChest(state_dir / FOLDER).resting((DATABASE_KEY, SIGNING_KEY))


def _databases(state_dir: Path) -> list[str]:
    return [path.name for path in sorted(state_dir.glob("*.db"))]


def _new_database_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _chest(state_dir: Path) -> KeyChest:
    return KeyChest(state_dir / FOLDER, _Remembering)


class _Remembering:
    """A TPM is slow, and a process asks at every opening of a file; it has the key in its memory anyway."""

    def __init__(self, tcti: str) -> None:
        self._tcti = tcti

    def seal(self, secret: bytes) -> bytes:
        """See Sealer."""
        return Tpm(self._tcti).seal(secret)

    def unseal(self, sealed: bytes) -> bytes:
        """See Sealer."""
        return _unsealed(sealed, os.environ.get(TCTI_VARIABLE, ""))


@lru_cache(maxsize=8)
def _unsealed(sealed: bytes, _tcti: str) -> bytes:
    return Tpm(tcti_of(sealed)).unseal(sealed)
