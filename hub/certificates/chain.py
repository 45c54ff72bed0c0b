"""云链签: what is issued and withdrawn stands in blocks that nobody can rewrite unnoticed; pure.

A leaf binds one row of a certificate's journal, a block its leaves' Merkle root (RFC 9162, 2.1) and the block before.
The hub signs each block, and the newest one again for whoever asks: whoever kept that word finds a rewritten past, even
one that was signed anew. Nothing about a person is in it, only digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import b64, canonical_json, parse_time, time_text, unb64
from offline.wire.sealing import key_id
from offline.wire.trouble import MalformedRecord

START: Final = "0" * 64
_BLOCK: Final = b"zhizhu chain block v1\n"
_HEAD: Final = b"zhizhu chain head v1\n"
_MOST_LEAVES: Final = 10_000
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Block:
    """A closed block with its leaves."""

    n: int
    at: datetime
    prev: str
    leaves: tuple[str, ...]
    key_id: str
    signature: str

    @property
    def root(self) -> str:
        """The Merkle root of its leaves."""
        return merkle_root(self.leaves)

    @property
    def hash(self) -> str:
        """What the next block names."""
        return block_hash(self.n, self.at, self.prev, self.root, len(self.leaves))

    def to_json(self) -> dict[str, object]:
        """The block as it travels."""
        return {
            "n": self.n,
            "at": time_text(self.at),
            "prev": self.prev,
            "leaves": list(self.leaves),
            "key": self.key_id,
            "signature": self.signature,
        }

    @classmethod
    def from_json(cls, untrusted: object) -> Block:
        """A block that somebody brought; raises MalformedRecord."""
        if not isinstance(untrusted, Mapping):
            raise MalformedRecord("区块不是对象")
        n, leaves = untrusted.get("n"), untrusted.get("leaves")
        if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n < 2**53:
            raise MalformedRecord("区块的编号不对")
        if not isinstance(leaves, Sequence) or not 0 < len(leaves) <= _MOST_LEAVES:
            raise MalformedRecord("区块里没有内容或太多")
        signature = b64(unb64(untrusted.get("signature"), _SIGNATURE_BYTES))
        key = untrusted.get("key")
        if not isinstance(key, str) or len(key) != 16:
            raise MalformedRecord("区块的密钥编号不对")
        digests = tuple(_digest(leaf) for leaf in leaves)
        return cls(n, parse_time(untrusted.get("at")), _digest(untrusted.get("prev")), digests, key, signature)


@dataclass(frozen=True, slots=True)
class Head:
    """The hub's signed word on where its chain stands."""

    n: int
    hash: str
    at: datetime
    key_id: str
    signature: str

    def to_json(self) -> dict[str, object]:
        """The word as it travels."""
        told = {"n": self.n, "hash": self.hash, "at": time_text(self.at)}
        return told | {"key": self.key_id, "signature": self.signature}

    @classmethod
    def from_json(cls, untrusted: object) -> Head:
        """A word that somebody brought; raises MalformedRecord."""
        if not isinstance(untrusted, Mapping):
            raise MalformedRecord("链头不是对象")
        n, key = untrusted.get("n"), untrusted.get("key")
        if not isinstance(n, int) or isinstance(n, bool) or n < 0 or not isinstance(key, str):
            raise MalformedRecord("链头不合约定")
        signature = b64(unb64(untrusted.get("signature"), _SIGNATURE_BYTES))
        return cls(n, _digest(untrusted.get("hash")), parse_time(untrusted.get("at")), key, signature)


class ChainBroken(Exception):
    """The chain does not hold: the block, and a code of what is wrong (`hub.ledger.…`)."""

    def __init__(self, n: int, code: str) -> None:
        super().__init__(f"block {n}: {code}")
        self.n = n
        self.code = code


def leaf_of(identifier: str, what: str, document_sha256: str, at: datetime) -> str:
    """The digest of one row of a journal; whoever has the paper can make it again."""
    told = {"certificate": identifier, "what": what, "document": document_sha256, "at": time_text(at)}
    return hashlib.sha256(b"\0" + canonical_json(told)).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """The root of a tree over the leaves' digests (RFC 9162): a lone node moves up as it is."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        level = above + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def block_hash(n: int, at: datetime, prev: str, root: str, count: int) -> str:
    """What binds a block's content and place."""
    told = {"n": n, "at": time_text(at), "prev": prev, "root": root, "count": count}
    return hashlib.sha256(canonical_json(told)).hexdigest()


def close_block(n: int, at: datetime, prev: str, leaves: Sequence[str], private: bytes) -> Block:
    """A block, signed."""
    digest = block_hash(n, at, prev, merkle_root(leaves), len(leaves))
    name, signature = _sign(private, _BLOCK, {"block": digest})
    return Block(n, at, prev, tuple(leaves), name, signature)


def sign_head(n: int, digest: str, at: datetime, private: bytes) -> Head:
    """The hub's word on its newest block, or on none (0)."""
    name, signature = _sign(private, _HEAD, {"n": n, "hash": digest, "at": time_text(at)})
    return Head(n, digest, at, name, signature)


def check_head(head: Head, public: bytes) -> None:
    """Raises ChainBroken unless the word is this key's."""
    told = {"n": head.n, "hash": head.hash, "at": time_text(head.at)}
    if head.key_id != key_id(public) or not _signed(public, _HEAD, told, head.signature):
        raise ChainBroken(head.n, "head_signature")


def check_blocks(blocks: Sequence[Block], keys: Mapping[str, bytes], *, prev: str = START, first: int = 1) -> str:
    """Follows blocks from `first`, which names `prev`; the last one's hash. Raises ChainBroken."""
    for n, block in enumerate(blocks, first):
        if block.n != n:
            raise ChainBroken(n, "missing")
        if block.prev != prev:
            raise ChainBroken(n, "link")
        public = keys.get(block.key_id)
        if public is None or key_id(public) != block.key_id:
            raise ChainBroken(n, "unknown_key")
        if not _signed(public, _BLOCK, {"block": block.hash}, block.signature):
            raise ChainBroken(n, "signature")
        prev = block.hash
    return prev


def keys_of(untrusted: object) -> dict[str, bytes]:
    """The public keys that an export names, under their own names; raises MalformedRecord."""
    if not isinstance(untrusted, Sequence) or isinstance(untrusted, str):
        raise MalformedRecord("公钥不是列表")
    raw = (unb64(one, _KEY_BYTES) for one in untrusted)
    return {key_id(public): public for public in raw}


def _sign(private: bytes, label: bytes, told: Mapping[str, object]) -> tuple[str, str]:
    key = Ed25519PrivateKey.from_private_bytes(private)
    return key_id(key.public_key().public_bytes_raw()), b64(key.sign(label + canonical_json(told)))


def _signed(public: bytes, label: bytes, told: Mapping[str, object], signature: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(unb64(signature, _SIGNATURE_BYTES), label + canonical_json(told))
    except (InvalidSignature, ValueError, MalformedRecord):
        return False
    return True


def _digest(untrusted: object) -> str:
    if not isinstance(untrusted, str) or len(untrusted) != 64 or not set(untrusted) <= set("0123456789abcdef"):
        raise MalformedRecord("不是 SHA-256")
    return untrusted
