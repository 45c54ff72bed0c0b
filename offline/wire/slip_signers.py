"""Whether a slip is genuine: its seal against the terminals that may print slips, with a line or from a signed list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.wire.canonical import b64, canonical_json, unb64
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_seal import SlipSaid, read_seal
from offline.wire.trouble import BadSignature, MalformedRecord

MAX_SIGNERS: Final = 1_000_000
MAX_ITEMS: Final = 20_000
MAX_LIST_BYTES: Final = 400 * 1024 * 1024
_LABEL: Final = b"zhizhu slip signers 1\0"


class SlipSigner(BaseModel):
    """A key that a terminal signs its slips with, or did before it was enrolled anew."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    key_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    public: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")
    terminal: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=80)
    place: str = Field(max_length=200)
    revoked_at: str | None = Field(default=None, max_length=30)


class SlipSigners(BaseModel):
    """All terminals of a hub that may print slips, and what its items are called; public, and signed by the hub."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    made_at: str = Field(max_length=30)
    signers: tuple[SlipSigner, ...] = Field(max_length=MAX_SIGNERS)
    items: dict[str, str] = Field(max_length=MAX_ITEMS)  # digest → name


class Genuineness(StrEnum):
    """What can be said of a slip."""

    GENUINE = "genuine"
    FORGED = "forged"  # altered, made up, or copied from another slip
    REVOKED = "revoked"  # signed by a terminal that was stolen or taken out of use
    UNKNOWN = "unknown"  # whoever signed it is not among those one knows
    UNSEALED = "unsealed"  # there is no seal to check


class SlipCheck(BaseModel):
    """A hub's answer to a terminal."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    word: Genuineness


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to; `signer` and `said` only where the seal itself holds."""

    word: Genuineness
    signer: SlipSigner | None = None
    said: SlipSaid | None = None


def judge(slip: SlipQr, signer_of: Callable[[str], SlipSigner | None]) -> Verdict:
    """Checks a slip's seal; `signer_of` gives the signer of a key id, or None when nobody known has that key."""
    if not slip.seal:
        return Verdict(Genuineness.UNSEALED)
    try:
        seal = read_seal(slip.seal)
    except MalformedRecord:
        return Verdict(Genuineness.FORGED)
    signer = signer_of(seal.key_id)
    if signer is None:
        return Verdict(Genuineness.UNKNOWN)
    if not seal.holds(slip.code, unb64(signer.public, 32)):
        return Verdict(Genuineness.FORGED)
    word = Genuineness.GENUINE if signer.revoked_at is None else Genuineness.REVOKED
    return Verdict(word, signer, seal.said)


def sign_signers(hub_signing_private: bytes, listed: SlipSigners) -> dict[str, object]:
    """The list as it is handed out: `{"list": …, "signature": b64}`."""
    body = listed.model_dump(mode="json")
    signature = Ed25519PrivateKey.from_private_bytes(hub_signing_private).sign(_LABEL + canonical_json(body))
    return {"list": body, "signature": b64(signature)}


def check_signers(hub_signing_public: bytes, untrusted: object) -> SlipSigners:
    """The list that was handed out; raises BadSignature or MalformedRecord."""
    try:
        if not isinstance(untrusted, Mapping):
            raise MalformedRecord("凭条签名者名单不是一个对象")
        signature = unb64(untrusted.get("signature"), 64)
        signed = _LABEL + canonical_json(untrusted.get("list"))
        Ed25519PublicKey.from_public_bytes(hub_signing_public).verify(signature, signed)
        return SlipSigners.model_validate(untrusted.get("list"))
    except InvalidSignature:
        raise BadSignature("凭条签名者名单不是这个中枢签的") from None
    except (ValidationError, ValueError, TypeError):
        raise MalformedRecord("凭条签名者名单的内容不合约定") from None
