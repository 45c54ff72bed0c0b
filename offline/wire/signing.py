"""Requests of a terminal, signed with the key it made itself (Ed25519)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import b64, parse_time, time_text, unb64
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord

TERMINAL_HEADER: Final = "Zhizhu-Terminal"
TIME_HEADER: Final = "Zhizhu-Time"
SIGNATURE_HEADER: Final = "Zhizhu-Signature"
MAX_AGE_S: Final = 300.0
"""How far the signer's time may be from the hub's; the agent corrects its own by the hub's `Date`."""


def new_signing_key() -> bytes:
    """A fresh raw Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def signing_public(private: bytes) -> bytes:
    """The raw public key of a raw Ed25519 private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_request(private: bytes, terminal_id: str, method: str, path: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers that sign a request; `path` is the target as sent, with its query."""
    moment = time_text(at)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_signed(method, path, moment, body))
    return {TERMINAL_HEADER: terminal_id, TIME_HEADER: moment, SIGNATURE_HEADER: b64(signature)}


def signer(headers: Mapping[str, str]) -> str:
    """The terminal a request says it comes from; raises BadSignature when it says nothing."""
    return _header(headers, TERMINAL_HEADER)


def verify_request(
    public: bytes,
    headers: Mapping[str, str],
    method: str,
    path: str,
    body: bytes,
    now: datetime,
    max_age_s: float = MAX_AGE_S,
) -> None:
    """Raises BadSignature unless `public` signed exactly this; ClockApart when it did, but not about now."""
    moment = _header(headers, TIME_HEADER)
    try:
        signature = unb64(_header(headers, SIGNATURE_HEADER), 64)
        at = parse_time(moment)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(method, path, moment, body))
    except (InvalidSignature, MalformedRecord):
        raise BadSignature("不是这台终端签的") from None
    apart = abs((now - at).total_seconds())
    if apart > max_age_s:
        raise ClockApart(apart)


def _signed(method: str, path: str, moment: str, body: bytes) -> bytes:
    return "\n".join((method.upper(), path, moment, hashlib.sha256(body).hexdigest())).encode("utf-8")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name) or headers.get(name.lower())
    if not value or len(value) > 200:
        raise BadSignature(f"缺少请求头 {name}")
    return value
