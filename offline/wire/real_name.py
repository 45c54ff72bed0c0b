"""The real-name session of a visit: how this terminal made sure of somebody, signed (Ed25519) with its own key.

It stands in the sealed application. Only what the payload does not say already is written down: a name for the visit,
when it began and when the act was kept. The signature is over these, over the level, the way and both people of the
payload, over the organisation acted for, and over the key itself, so that it holds for one person, one way, one visit,
one organisation and one terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import b64, canonical_json, parse_time, time_text, unb64
from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from offline.wire.trouble import BadSignature

_LABEL: Final = b"zhizhu real name 1\0"  # no request and no slip begins so: one signature never serves as the other
_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Proven:
    """Who was made sure of, and how, as the payload says it."""

    number: str
    level: str
    way: str
    witness: str = ""  # the number of who testified
    organisation: str = ""  # the code of whom it is done for, and who says that one may: the hub, or only oneself
    agency: str = ""


@dataclass(frozen=True, slots=True)
class RealName:
    """A session that holds: the visit's name, when it began, and when its act was kept; by the terminal's clock."""

    session: str
    began: datetime
    kept: datetime


def sign_real_name(private: bytes, proven: Proven, session: str, began: datetime, kept: datetime) -> dict[str, str]:
    """The record for the payload."""
    said = {"session": session, "began": time_text(began), "kept": time_text(kept)}
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_signed(said, proven, signing_public(private)))
    return said | {"signature": b64(signature)}


def read_real_name(untrusted: Mapping[str, object], proven: Proven, public: bytes) -> RealName:
    """The session, where this key signed exactly this; raises BadSignature, or MalformedRecord for no record."""
    said = {name: str(untrusted.get(name, ""))[:60] for name in ("session", "began", "kept")}
    signature = unb64(untrusted.get("signature"), _SIGNATURE_BYTES)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(said, proven, public))
    except InvalidSignature:
        raise BadSignature("实名会话的签名不对") from None
    return RealName(said["session"], parse_time(said["began"]), parse_time(said["kept"]))


def _signed(said: Mapping[str, str], proven: Proven, public: bytes) -> bytes:
    people = {"number": proven.number, "level": proven.level, "way": proven.way, "witness": proven.witness}
    # Without an organisation the words are those of before: terminals and hubs need not change on one day.
    acted = {"organisation": proven.organisation, "agency": proven.agency} if proven.organisation else {}
    return _LABEL + canonical_json({**said, **people, **acted, "key": key_id(public)})
