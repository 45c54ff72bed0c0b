"""Requests of a terminal, signed with the key it made itself (Ed25519), and the hub's replies to them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import b64, parse_time, time_text, unb64
from offline.wire.protocol import PROTOCOL_HEADER
from offline.wire.sealing import key_id
from offline.wire.trouble import BadSignature, ClockApart, MalformedRecord

TERMINAL_HEADER: Final = "Zhizhu-Terminal"
TIME_HEADER: Final = "Zhizhu-Time"
SIGNATURE_HEADER: Final = "Zhizhu-Signature"
NONCE_HEADER: Final = "Zhizhu-Nonce"
HUB_KEY_HEADER: Final = "Zhizhu-Hub-Key"
"""The signing key of the hub that the terminal believes: replies are signed with that one."""
REPLY_KEY_HEADER: Final = "Zhizhu-Reply-Key"
REPLY_SIGNATURE_HEADER: Final = "Zhizhu-Reply-Signature"
MAX_AGE_S: Final = 300.0
"""How far the signer's time may be from the hub's; the agent corrects its own by the hub's `Date`."""
_UNKNOWN_KEY: Final = "-"


def new_signing_key() -> bytes:
    """A fresh raw Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def signing_public(private: bytes) -> bytes:
    """The raw public key of a raw Ed25519 private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign_request(
    private: bytes,
    terminal_id: str,
    method: str,
    path: str,
    body: bytes,
    at: datetime,
    *,
    offered: str | None = None,
    hub_key: str | None = None,
) -> dict[str, str]:
    """The headers that sign a request once; `path` is the target as sent, with its query, `body` the bytes as sent.

    Without an offer it is a request of protocol 1. Repeating it needs a new signature: the hub takes each only once.
    """
    headers = {TERMINAL_HEADER: terminal_id, TIME_HEADER: time_text(at)}
    if offered is not None:
        headers |= {
            PROTOCOL_HEADER: offered,
            NONCE_HEADER: secrets.token_hex(16),
            HUB_KEY_HEADER: hub_key or _UNKNOWN_KEY,
        }
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_signed(headers, method, path, body))
    return headers | {SIGNATURE_HEADER: b64(signature)}


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
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(headers, method, path, body))
    except (InvalidSignature, MalformedRecord):
        raise BadSignature("不是这台终端签的") from None
    apart = abs((now - at).total_seconds())
    if apart > max_age_s:
        raise ClockApart(apart)


def sign_reply(private: bytes, terminal_id: str, request_signature: str, status: int, body: bytes) -> dict[str, str]:
    """The headers that sign the hub's reply to one request."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    signature = key.sign(_replied(terminal_id, request_signature, status, body))
    return {
        REPLY_KEY_HEADER: key_id(key.public_key().public_bytes_raw()),
        REPLY_SIGNATURE_HEADER: b64(signature),
    }


def verify_reply(
    hub_public: bytes,
    headers: Mapping[str, str],
    terminal_id: str,
    request_signature: str,
    status: int,
    body: bytes,
) -> None:
    """Raises BadSignature unless the hub gave exactly this reply to exactly this request."""
    try:
        signature = unb64(_header(headers, REPLY_SIGNATURE_HEADER), 64)
        signed = _replied(terminal_id, request_signature, status, body)
        Ed25519PublicKey.from_public_bytes(hub_public).verify(signature, signed)
    except (InvalidSignature, MalformedRecord):
        raise BadSignature("答复不是本中枢签的") from None


def _signed(headers: Mapping[str, str], method: str, path: str, body: bytes) -> bytes:
    moment, digest = _header(headers, TIME_HEADER), hashlib.sha256(body).hexdigest()
    lines = [method.upper(), path, moment, digest]
    if _found(headers, PROTOCOL_HEADER) is not None:
        more = (PROTOCOL_HEADER, TERMINAL_HEADER, NONCE_HEADER, HUB_KEY_HEADER)
        lines = ["zhizhu request", *(_header(headers, name) for name in more), *lines]
    return "\n".join(lines).encode("utf-8")


def _replied(terminal_id: str, request_signature: str, status: int, body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join(("zhizhu reply", terminal_id, request_signature, str(status), digest)).encode("utf-8")


def _found(headers: Mapping[str, str], name: str) -> str | None:
    return headers.get(name) or headers.get(name.lower())


def _header(headers: Mapping[str, str], name: str) -> str:
    value = _found(headers, name)
    if not value or len(value) > 200:
        raise BadSignature(f"缺少请求头 {name}")
    return value
