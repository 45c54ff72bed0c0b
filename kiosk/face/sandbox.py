"""The sandbox's WLT blobs: a right header, a marker and the hash of an invented resident's slug."""

from __future__ import annotations

import hashlib
from typing import Final

WLT_HEAD: Final = bytes.fromhex("574C66007E003200")
MARKER: Final = b"ZHIZHU-SANDBOX-1"
_AT: Final = len(WLT_HEAD)


def blob(slug: str) -> bytes:
    """The 1024 bytes that stand for this invented resident's photograph on a simulated card."""
    return (WLT_HEAD + MARKER + slug_hash(slug)).ljust(1024, b"\0")


def slug_hash(slug: str) -> bytes:
    """How a blob names its person."""
    return hashlib.sha256(slug.encode()).digest()


def hash_in(untrusted_blob: bytes) -> bytes | None:
    """The slug's hash, or None for a blob that is not the sandbox's."""
    if len(untrusted_blob) != 1024 or untrusted_blob[: _AT + len(MARKER)] != WLT_HEAD + MARKER:
        return None
    return untrusted_blob[_AT + len(MARKER) : _AT + len(MARKER) + 32]
