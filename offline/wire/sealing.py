"""Payloads sealed to the hub's key: compressed, padded, then HPKE (RFC 9180); the terminal cannot read them again."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from offline.wire.canonical import canonical_json
from offline.wire.event import Envelope
from offline.wire.trouble import CannotUnseal, TooLarge

SUITE: Final = "hpke-x25519-hkdf_sha256-aes_256_gcm+deflate+pad256"
"""Named in every record, so that a national suite can follow beside it."""
BUCKET_BYTES: Final = 256
MAX_PLAIN_BYTES: Final = 256 * 1024
"""Unpacked JSON of one payload; more is an attack or a mistake."""

_HPKE: Final = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_LENGTH_BYTES: Final = 4
_KEYS_AT_HAND: Final = 8
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""How JSON spells half of a character; both halves together are one, and harmless."""
_SMALL_TABLES: Final = 5
"""zlib's memLevel: a payload is some hundred bytes, and tables for more take longer to clear than it to squeeze."""


def seal(payload: Mapping[str, object], hub_public: bytes, aad: bytes) -> bytes:
    """Seals a JSON object to a raw 32-byte X25519 public key, bound to `aad`; raises TooLarge."""
    return _HPKE.encrypt(pack(payload), _public(hub_public), info=aad)


def unseal(data: bytes, hub_private: bytes, aad: bytes) -> dict[str, object]:
    """The JSON object of a sealed payload; raises CannotUnseal for another key, another `aad` or altered bytes."""
    try:
        padded = _HPKE.decrypt(data, _private(hub_private), info=aad)
    except InvalidTag:
        raise CannotUnseal("密钥不对或内容被改动") from None
    return unpack(padded)


def unseal_event(envelope: Envelope, hub_private: bytes) -> dict[str, object]:
    """The payload of an event, opened with the key its record names."""
    if envelope.suite != SUITE:
        raise CannotUnseal(f"不认识的算法套件 {envelope.suite}")
    return unseal(envelope.data, hub_private, envelope.aad())


def lookup_aad(terminal_id: str) -> bytes:
    """What the sealed identity number of a look-up by card is bound to."""
    return f"terminal/{terminal_id}\nlookup".encode()


def public_of(private: bytes) -> bytes:
    """The raw public key of a raw X25519 private key."""
    return _private(private).public_key().public_bytes_raw()


def new_private() -> bytes:
    """A fresh raw X25519 private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


@lru_cache(maxsize=_KEYS_AT_HAND)
def key_id(public: bytes) -> str:
    """A key's name: the first 16 hex digits of the SHA-256 of its public part."""
    return hashlib.sha256(public).hexdigest()[:16]


@lru_cache(maxsize=_KEYS_AT_HAND)
def _private(raw: bytes) -> X25519PrivateKey:
    """The key ready for use: making it ready costs as much as opening a payload with it."""
    return X25519PrivateKey.from_private_bytes(raw)


@lru_cache(maxsize=_KEYS_AT_HAND)
def _public(raw: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(raw)


def pack(payload: Mapping[str, object]) -> bytes:
    """Canonical JSON, deflated, then padded to full buckets, so that lengths tell little; raises TooLarge."""
    plain = canonical_json(payload)
    if len(plain) > MAX_PLAIN_BYTES:
        raise TooLarge
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, _SMALL_TABLES)
    squeezed = deflater.compress(plain) + deflater.flush()
    body = len(squeezed).to_bytes(_LENGTH_BYTES, "big") + squeezed
    return body + bytes(-len(body) % BUCKET_BYTES)


def unpack(untrusted: bytes) -> dict[str, object]:
    """The JSON object of packed bytes; bounded, whatever the bytes claim."""
    length = int.from_bytes(untrusted[:_LENGTH_BYTES], "big")
    squeezed, padding = untrusted[_LENGTH_BYTES : _LENGTH_BYTES + length], untrusted[_LENGTH_BYTES + length :]
    if len(squeezed) != length or len(padding) >= BUCKET_BYTES or any(padding):
        raise CannotUnseal("填充不合规定")
    inflater = zlib.decompressobj(wbits=-15)
    try:
        plain = inflater.decompress(squeezed, MAX_PLAIN_BYTES)
    except zlib.error:
        raise CannotUnseal("压缩数据损坏") from None
    if not inflater.eof or inflater.unconsumed_tail or inflater.unused_data:
        raise CannotUnseal("压缩数据过长或不完整")
    try:
        text = plain.decode("utf-8")
        payload = json.loads(text)
        if _HALF.search(text) is not None:  # half a character that no page can be written with
            json.dumps(payload, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise CannotUnseal("内容不是 JSON") from None
    if not isinstance(payload, dict):
        raise CannotUnseal("内容不是对象")
    return payload
