"""Checks an ID token (OpenID Connect Core 1.0, 3.1.3.7): RS256 or ES256 by the provider's own keys, and nothing else.

Pure. Two algorithms and a dozen rules need no library of their own; the signatures are checked by `cryptography`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

MOST_CHARS: Final = 16_384
SUBJECT_CHARS: Final = 255  # OpenID Connect Core, section 2
_KINDS: Final[Mapping[str, str]] = {"RS256": "RSA", "ES256": "EC"}
_BASE64: Final = re.compile(r"[A-Za-z0-9_-]+")
_RSA_BITS: Final = range(2048, 8193)
_HALF: Final = 32  # bytes of r and of s
_LATEST: Final = 1e12  # seconds; no moment that a token may name lies so far


class BadToken(Exception):
    """Why a token is not believed, in a word for the log; nothing of the token is in it."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class UnknownKey(BadToken):
    """Signed with a key that the set does not hold: the provider may have changed its keys."""

    def __init__(self) -> None:
        super().__init__("key")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say to be for us, now, and for this very sign-in; times in seconds since 1970."""

    issuer: str
    client_id: str
    nonce: str
    now: float
    leeway_s: float
    oldest: float  # when the sign-in began


def verified(untrusted: object, keys: Sequence[object], expected: Expected) -> dict[str, Any]:
    """The claims of a token that holds; raises BadToken."""
    if not isinstance(untrusted, str) or not 0 < len(untrusted) <= MOST_CHARS or not untrusted.isascii():
        raise BadToken("shape")
    if untrusted.count(".") != 2:
        raise BadToken("shape")
    head, body, signature = untrusted.split(".")
    header = _record(head)
    _check_signature(header, f"{head}.{body}".encode("ascii"), _bytes(signature), keys)
    claims = _record(body)
    _check_claims(claims, expected)
    return claims


def _check_signature(header: Mapping[str, Any], signed: bytes, signature: bytes, keys: Sequence[object]) -> None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _KINDS or "crit" in header:
        raise BadToken("algorithm")
    named = header.get("kid")
    fitting = [
        key
        for key in keys
        if isinstance(key, Mapping)
        and key.get("kty") == _KINDS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (named is None or key.get("kid") == named)
    ]
    if len(fitting) != 1:  # one that names no key is believed only where there is no choice
        raise UnknownKey
    try:
        _verify(algorithm, fitting[0], signed, signature)
    except InvalidSignature:
        raise BadToken("signature") from None
    except (ValueError, TypeError, OverflowError):
        raise BadToken("key") from None


def _verify(algorithm: str, key: Mapping[str, Any], signed: bytes, signature: bytes) -> None:
    if algorithm == "RS256":
        numbers = RSAPublicNumbers(_number(key.get("e")), _number(key.get("n")))
        if numbers.n.bit_length() not in _RSA_BITS:
            raise BadToken("key")
        numbers.public_key().verify(signature, signed, PKCS1v15(), SHA256())
        return
    if key.get("crv") != "P-256":
        raise BadToken("key")
    if len(signature) != 2 * _HALF:
        raise BadToken("signature")
    point = EllipticCurvePublicNumbers(_number(key.get("x")), _number(key.get("y")), SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    point.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))


def _check_claims(claims: Mapping[str, Any], expected: Expected) -> None:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if claims.get("iss") != expected.issuer:
        raise BadToken("issuer")
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise BadToken("audience")
    if claims.get("azp", expected.client_id) != expected.client_id or (len(audiences) > 1 and "azp" not in claims):
        raise BadToken("party")
    if claims.get("nonce") != expected.nonce:
        raise BadToken("nonce")
    if _time(claims, "exp") <= expected.now - expected.leeway_s:
        raise BadToken("expired")
    made = _time(claims, "iat")
    if made > expected.now + expected.leeway_s or made < expected.oldest - expected.leeway_s:
        raise BadToken("made")
    if "nbf" in claims and _time(claims, "nbf") > expected.now + expected.leeway_s:
        raise BadToken("early")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARS or not subject.isprintable():
        raise BadToken("subject")


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LATEST:
        raise BadToken(name)  # NaN too: it is neither before nor after anything
    return float(value)


def _record(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise BadToken("shape") from None
    if not isinstance(value, dict):
        raise BadToken("shape")
    return value


def _number(text: object) -> int:
    return int.from_bytes(_bytes(text), "big")


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not _BASE64.fullmatch(text):
        raise BadToken("shape")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadToken("shape") from None
