"""A terminal's key made as a file, then moved into a TPM of paper.

    python -m tests.power_cut.key_mover STATE_DIR [CARELESS | INTERRUPTED]

CARELESS flushes nothing; INTERRUPTED dies before it overwrites the file, and the next process goes on.

Says the key on its standard output when it is made, and `moved` when it rests sealed; waits for a byte after each.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from offline import key_chest
from offline.keys import database_key, settle_keys
from offline.trouble import KeyTrouble
from offline.wire.canonical import b64, unb64

MOVED = "moved"


class PaperSealer:
    """Seals so that another process can open it again, and notices torn paper."""

    def __init__(self, _tcti: str) -> None:
        """Paper has no address."""

    def seal(self, secret: bytes) -> bytes:
        """See Sealer."""
        hidden = bytes(each ^ 0x5A for each in secret)
        return json.dumps({"version": 1, "private": b64(hidden), "sum": hashlib.sha256(hidden).hexdigest()}).encode()

    def unseal(self, sealed: bytes) -> bytes:
        """See Sealer."""
        try:
            record = json.loads(sealed)
            hidden = unb64(record["private"], 100)
        except (ValueError, KeyError):
            raise KeyTrouble("torn", "") from None
        if hashlib.sha256(hidden).hexdigest() != record["sum"]:
            raise KeyTrouble("torn", "")
        return bytes(each ^ 0x5A for each in hidden)


class Died(BaseException):
    """As if the process were killed here."""


def _die_before_overwriting(state_dir: Path) -> None:
    overwrite = key_chest._shred

    def die(path: Path) -> None:
        if path.exists():
            raise Died

    key_chest._shred = die
    with suppress(Died):
        settle_keys(state_dir, "paper", PaperSealer)
    key_chest._shred = overwrite


def _say(word: str) -> None:
    os.write(1, word.encode() + b"\n")
    os.read(0, 1)


if __name__ == "__main__":
    if sys.argv[2:] == ["CARELESS"]:
        os.fsync = lambda fd: None  # noqa: ARG005  (the name belongs to the type)
    state_dir = Path(sys.argv[1])
    _say(database_key(state_dir).hex())
    if sys.argv[2:] == ["INTERRUPTED"]:
        _die_before_overwriting(state_dir)
    settle_keys(state_dir, "paper", PaperSealer)
    assert key_chest.KeyChest(state_dir / "keys", PaperSealer).resting(("database.key",))[0].tcti is not None
    _say(MOVED)
