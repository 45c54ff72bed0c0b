"""The seal in a slip's QR: what the slip says, signed (Ed25519) by the terminal that printed it.

A hundred and twelve characters, so that the QR stays coarse enough for 58 mm paper. It says nothing of the person, only
what stands on the paper besides: stage, state and time, and the item as a digest. The code stands before it.

    1 byte   version
    1 byte   stage and state
    4 bytes  minutes since 1970, UTC
    6 bytes  the start of the item's SHA-256
    8 bytes  the start of the key's SHA-256
    64 bytes signature over a label, the claim code and all that stands before
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.sealing import key_id
from offline.wire.signing import signing_public
from offline.wire.trouble import MalformedRecord

SlipStage = Literal["kept", "sent", "settled"]
SlipState = Literal["", "received", "in_review", "waiting", "approved", "refused", "withdrawn"]

# Appended to, never reordered: slips are checked for years.
_STAGES: Final[tuple[SlipStage, ...]] = get_args(SlipStage)
_STATES: Final[tuple[SlipState, ...]] = get_args(SlipState)
_VERSION: Final = 1
_HEAD: Final = struct.Struct(">BBI6s8s")
_SIGNATURE_BYTES: Final = 64
_SEAL_BYTES: Final = _HEAD.size + _SIGNATURE_BYTES
_LABEL: Final = b"zhizhu slip seal 1\0"  # no request of a terminal begins so: one signature never serves as the other
SEAL_CHARS: Final = _SEAL_BYTES // 3 * 4


@dataclass(frozen=True, slots=True)
class SlipSaid:
    """What a slip says of its case; `at` is when it was printed, to the minute."""

    stage: SlipStage
    state: SlipState
    item: str
    """The digest of the item's id (12 hex digits)."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it was read: what it says, and of which key it says that it is; nothing of it is proven yet."""

    said: SlipSaid
    key_id: str
    head: bytes
    signature: bytes

    def holds(self, code: str, public: bytes) -> bool:
        """Whether this key signed exactly this for this claim code."""
        if key_id(public) != self.key_id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.signature, _signed(code, self.head))
        except InvalidSignature:
            return False
        return True


def item_digest(item: str) -> str:
    """How a seal names an item."""
    return hashlib.sha256(item.encode("utf-8")).hexdigest()[:12]


def seal_slip(private: bytes, code: str, stage: SlipStage, state: SlipState, item: str, at: datetime) -> str:
    """The seal of a slip that is printed now, made with the terminal's signing key."""
    head = _HEAD.pack(
        _VERSION,
        _STAGES.index(stage) << 4 | _STATES.index(state),
        int(at.timestamp()) // 60,
        bytes.fromhex(item_digest(item)),
        bytes.fromhex(key_id(signing_public(private))),
    )
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_signed(code, head))
    return base64.urlsafe_b64encode(head + signature).decode("ascii")


def read_seal(untrusted: str) -> Seal:
    """What a seal says; raises MalformedRecord for what cannot be one."""
    if len(untrusted) != SEAL_CHARS or not untrusted.isascii():
        raise MalformedRecord("凭条的防伪签名长度不对")
    try:
        data = base64.urlsafe_b64decode(untrusted)
    except (binascii.Error, ValueError):
        raise MalformedRecord("凭条的防伪签名不是规定的写法") from None
    if len(data) != _SEAL_BYTES or base64.urlsafe_b64encode(data).decode("ascii") != untrusted:
        raise MalformedRecord("凭条的防伪签名不是规定的写法")
    version, word, minutes, item, signer = _HEAD.unpack(data[: _HEAD.size])
    if version != _VERSION or word >> 4 >= len(_STAGES) or word & 0xF >= len(_STATES):
        raise MalformedRecord("凭条的防伪签名是不认识的版本")
    said = SlipSaid(_STAGES[word >> 4], _STATES[word & 0xF], item.hex(), datetime.fromtimestamp(minutes * 60, UTC))
    return Seal(said, signer.hex(), data[: _HEAD.size], data[_HEAD.size :])


def _signed(code: str, head: bytes) -> bytes:
    return _LABEL + code.encode("ascii") + head
