"""The voucher as it travels: one line that fits a QR, signed by the hub (Ed25519), with nobody's name in it. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import canonical_json, parse_time, time_text
from offline.wire.sealing import key_id
from offline.wire.trouble import MalformedRecord

PREFIX: Final = "ZV1"
MAX_CHARS: Final = 1200
_LABEL: Final = b"zhizhu voucher v1\n"
_NAME_CHARS: Final = 60
_FACTS: Final = 20


class VoucherForged(Exception):
    """The line is no voucher that one of these keys signed."""


@dataclass(frozen=True, slots=True)
class VoucherSaid:
    """What a genuine voucher says."""

    id: str
    reader: str
    purpose: str
    scope: str
    facts: tuple[str, ...]
    since: datetime
    until: datetime


def sign_token(said: VoucherSaid, private: bytes) -> str:
    """The line: prefix, payload and signature, with dots."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    payload = canonical_json(
        {
            "i": said.id,
            "r": said.reader,
            "p": said.purpose,
            "s": said.scope,
            "f": list(said.facts),
            "b": time_text(said.since),
            "e": time_text(said.until),
            "k": key_id(key.public_key().public_bytes_raw()),
        }
    )
    return ".".join((PREFIX, _spelt(payload), _spelt(key.sign(_LABEL + payload))))


def read_token(untrusted: str, keys: Mapping[str, bytes]) -> VoucherSaid:
    """What a line says; raises VoucherForged unless one of the hub's keys signed exactly this."""
    parts = untrusted.strip().split(".") if len(untrusted) <= MAX_CHARS else []
    if len(parts) != 3 or parts[0] != PREFIX:
        raise VoucherForged
    payload, signature = _read(parts[1]), _read(parts[2])
    try:
        told = json.loads(payload)
        public = keys.get(told["k"]) if isinstance(told, dict) else None
        if public is None or canonical_json(told) != payload:
            raise VoucherForged
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _LABEL + payload)
        return _said(told)
    except (InvalidSignature, ValueError, KeyError, TypeError, RecursionError, MalformedRecord):
        raise VoucherForged from None


def _said(told: Mapping[str, object]) -> VoucherSaid:
    names = [told[name] for name in ("i", "r", "p", "s")]
    facts = told["f"]
    if not isinstance(facts, list) or len(facts) > _FACTS:
        raise VoucherForged
    if not all(isinstance(name, str) and len(name) <= _NAME_CHARS for name in (*names, *facts)):
        raise VoucherForged
    identifier, reader, purpose, scope = (str(name) for name in names)
    since, until = parse_time(told["b"]), parse_time(told["e"])
    return VoucherSaid(identifier, reader, purpose, scope, tuple(facts), since, until)


def _spelt(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _read(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise VoucherForged from None
    if _spelt(data) != text:
        raise VoucherForged  # the same bytes in another spelling are another voucher
    return data
