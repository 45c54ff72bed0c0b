"""The files of the hub's key pairs: the ones in use, the earlier ones, and the signed word on each change.

`ring.json` names the files and is replaced in one step; without it the hub still has its first pair alone.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hub.trouble import KeyTrouble
from offline.wire.canonical import parse_time, time_text
from offline.wire.sealing import key_id, new_private, public_of
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.statement import KeyStatement, sign_statement
from offline.wire.trouble import MalformedRecord
from offline.wire.whole_file import draft_of, sync_folder, write_flushed, write_whole

KEY_BYTES: Final = 32
RING: Final = "ring.json"
FIRST_SEALING: Final = "hub_sealing.key"
FIRST_SIGNING: Final = "hub_signing.key"
MAX_KEYS: Final = 100
"""Pairs a ring may hold; at one rotation a month that is eight years."""


@dataclass(frozen=True, slots=True, repr=False)
class RingKey:
    """One key of the ring; `until` is when its successor came, and it still opens or checks what it was used for."""

    private: bytes
    public: bytes
    file: str
    since: datetime
    until: datetime | None = None

    @property
    def id(self) -> str:
        """The key's name."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """Both kinds of keys, the one in use first, and the statements that led from each pair to the next."""

    version: int
    sealing: tuple[RingKey, ...]
    signing: tuple[RingKey, ...]
    statements: tuple[Mapping[str, object], ...]

    def pair(self, version: int) -> tuple[RingKey, RingKey]:
        """The sealing and the signing key of a version."""
        assert 1 <= version <= self.version, "no such pair of keys"
        back = self.version - version  # what was taken back stands behind the first
        return self.sealing[back], self.signing[back]


def load_ring(folder: Path) -> KeyRing:
    """The ring of a folder; its first pair is made when there is none. Raises KeyTrouble or OSError."""
    try:
        text = (folder / RING).read_text(encoding="utf-8")
    except FileNotFoundError:
        return _first(folder)
    try:
        said: dict[str, Any] = json.loads(text)
        return KeyRing(
            version=int(said["version"]),
            sealing=tuple(_named(folder, one, public_of) for one in said["sealing"]),
            signing=tuple(_named(folder, one, signing_public) for one in said["signing"]),
            statements=tuple(said["statements"]),
        )
    except (ValueError, KeyError, TypeError, MalformedRecord):
        raise _damaged(folder / RING) from None


def rotate(folder: Path, now: datetime) -> KeyRing:
    """Puts a fresh pair in front of the ring, with a statement that the old signing key makes; raises KeyTrouble."""
    with _alone(folder):
        ring = load_ring(folder)
        if len(ring.sealing) >= MAX_KEYS:
            raise KeyTrouble(
                f"密钥环里已有 {len(ring.sealing)} 把密钥，没有更换。The key ring is full, nothing was changed.",
                "请联系维护者：过早的密钥要先确认没有终端再用。Ask the maintainers before dropping early keys.",
            )
        sealing = _fresh(folder, "sealing", new_private(), public_of, now)
        signing = _fresh(folder, "signing", new_signing_key(), signing_public, now)
        stated = KeyStatement.of(ring.version + 1, now, sealing.public, signing.public)
        grown = KeyRing(
            version=stated.version,
            sealing=(sealing, *_closed(ring.sealing, now)),
            signing=(signing, *_closed(ring.signing, now)),
            statements=(*ring.statements, sign_statement(ring.signing[0].private, stated)),
        )
        _write_ring(folder, grown)
    return grown


def take_back(folder: Path, private: bytes, now: datetime) -> RingKey | None:
    """Adds an earlier sealing key that had been lost, to open with only; None when the ring has it already."""
    with _alone(folder):
        ring = load_ring(folder)
        if any(one.private == private for one in ring.sealing):
            return None
        found = _fresh(folder, "sealing", private, public_of, now)
        found = RingKey(found.private, found.public, found.file, now, now)
        _write_ring(folder, KeyRing(ring.version, (*ring.sealing, found), ring.signing, ring.statements))
    return found


def key_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """The raw key in a file, made (mode 0600) when it is missing; raises KeyTrouble or OSError."""
    if not path.exists():
        _write_new(path, make())
    return read_key(path)


def read_key(path: Path) -> bytes:
    """The raw key in a file; raises KeyTrouble or OSError."""
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise _damaged(path)
    return key


def _first(folder: Path) -> KeyRing:
    sealing = key_file(folder / FIRST_SEALING, new_private)
    signing = key_file(folder / FIRST_SIGNING, new_signing_key)

    def made(name: str) -> datetime:
        return datetime.fromtimestamp((folder / name).stat().st_mtime, UTC)

    return KeyRing(
        version=1,
        sealing=(RingKey(sealing, public_of(sealing), FIRST_SEALING, made(FIRST_SEALING)),),
        signing=(RingKey(signing, signing_public(signing), FIRST_SIGNING, made(FIRST_SIGNING)),),
        statements=(),
    )


def _named(folder: Path, said: Mapping[str, Any], public: Callable[[bytes], bytes]) -> RingKey:
    private, until = read_key(folder / Path(str(said["file"])).name), said["until"]
    key = RingKey(
        private=private,
        public=public(private),
        file=str(said["file"]),
        since=parse_time(said["since"]),
        until=None if until is None else parse_time(until),
    )
    if key.id != said["id"]:
        raise _damaged(folder / key.file)
    return key


def _fresh(folder: Path, kind: str, private: bytes, public: Callable[[bytes], bytes], now: datetime) -> RingKey:
    key = RingKey(private, public(private), f"{kind}-{key_id(public(private))}.key", now)
    _write_new(folder / key.file, private)
    return key


def _closed(keys: tuple[RingKey, ...], now: datetime) -> tuple[RingKey, ...]:
    return tuple(RingKey(one.private, one.public, one.file, one.since, one.until or now) for one in keys)


def _write_ring(folder: Path, ring: KeyRing) -> None:
    def told(one: RingKey) -> dict[str, object]:
        until = None if one.until is None else time_text(one.until)
        return {"id": one.id, "file": one.file, "since": time_text(one.since), "until": until}

    said = {
        "version": ring.version,
        "sealing": [told(one) for one in ring.sealing],
        "signing": [told(one) for one in ring.signing],
        "statements": list(ring.statements),
    }
    write_whole(folder / RING, json.dumps(said, indent=1).encode())


def _write_new(path: Path, key: bytes) -> None:
    """Writes beside and links into place: two hubs starting at once agree on one key, and no half key is ever seen."""
    draft = draft_of(path)
    try:
        write_flushed(draft, key)
        os.link(draft, path)
    except FileExistsError:
        pass  # the other one was first: its key holds
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One change of the ring at a time; the kernel lets go when the process dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _damaged(path: Path) -> KeyTrouble:
    return KeyTrouble(
        f"密钥文件 {path} 损坏。The key file is damaged.",
        "请从备份恢复；没有备份时，已密封的办件将打不开。Restore it from the backup.",
    )
