"""What the hub says under its signature and anyone with its public key can check without a line."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline.wire.canonical import b64, canonical_json, unb64
from offline.wire.trouble import BadSignature, MalformedRecord

SIGNATURE_BYTES: Final = 64


def sign_body(hub_signing_private: bytes, body: object) -> str:
    """The signature (b64) over the canonical JSON of a value."""
    return b64(Ed25519PrivateKey.from_private_bytes(hub_signing_private).sign(canonical_json(body)))


def check_body(hub_signing_public: bytes, untrusted: object, untrusted_signature: object, name: str) -> None:
    """Raises BadSignature unless the hub signed exactly this value; `name` says in Chinese what it ought to be."""
    try:
        signature = unb64(untrusted_signature, SIGNATURE_BYTES)
        Ed25519PublicKey.from_public_bytes(hub_signing_public).verify(signature, canonical_json(untrusted))
    except InvalidSignature:
        raise BadSignature(f"{name}不是本中枢签的") from None
    except (ValueError, TypeError, RecursionError):
        raise MalformedRecord(f"{name}的内容不合约定") from None
