"""Claim codes: ten digits on a slip that fetch an answer, and open it, without anyone's name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from offline.wire.sealing import pack, unpack
from offline.wire.trouble import CannotUnseal, WrongClaimCode

DIGITS: Final = 10
SALT_BYTES: Final = 16
SCRYPT_N: Final = 2**14  # 16 MB and some 50 ms for each guess at a code
_NONCE_BYTES: Final = 12
_DASHES: Final = str.maketrans("", "", "-‐‑‒–—―－ \u3000\t")


def new_code() -> str:
    """A fresh code: nine random digits and their check digit."""
    body = "".join(secrets.choice("0123456789") for _ in range(DIGITS - 1))
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The check digit of ISO/IEC 7064 MOD 11,10: finds every single wrong digit and nearly every swap."""
    product = 10
    for digit in body:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def normal(untrusted: str) -> str:
    """The ten digits of a code as people type it (hyphens, blanks, full-width digits); raises WrongClaimCode."""
    code = unicodedata.normalize("NFKC", untrusted[:64]).translate(_DASHES)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()) or check_digit(code[:-1]) != code[-1]:
        raise WrongClaimCode
    return code


def shown(code: str) -> str:
    """A code as slips and screens show it: `1234-567-890`."""
    return f"{code[:4]}-{code[4:7]}-{code[7:]}"


def lookup_hash(key: bytes, code: str) -> str:
    """What a terminal keeps of a code (hex). Slow by intent, so that a thief with the key cannot try all codes.

    A hub, which holds the code sealed anyway, indexes it with `index_hash` instead.
    """
    return hmac.new(key, _stretched(code, hashlib.sha256(key).digest()), hashlib.sha256).hexdigest()


def index_hash(key: bytes, code: str) -> str:
    """A quick keyed hash (hex) for the hub's own index of codes."""
    return hmac.new(key, code.encode("ascii"), hashlib.sha256).hexdigest()


def new_salt() -> bytes:
    """The salt of one claim's answer key; it travels inside the sealed payload."""
    return secrets.token_bytes(SALT_BYTES)


def answer_key(code: str, salt: bytes) -> bytes:
    """The key under which the hub encrypts the answer of this claim: only who holds the code can read it."""
    return _stretched(code, salt)


def seal_answer(key: bytes, answer: Mapping[str, object]) -> bytes:
    """An answer, readable only with the claim's code: nonce and AES-256-GCM over the padded JSON."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, pack(answer), None)


def open_answer(key: bytes, sealed: bytes) -> dict[str, object]:
    """The answer under a claim's key; raises CannotUnseal when the key is another's or the bytes were altered."""
    if len(sealed) <= _NONCE_BYTES:
        raise CannotUnseal("答复过短")
    try:
        return unpack(AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None))
    except InvalidTag:
        raise CannotUnseal("取件码不对或内容被改动") from None


def subject_of(subject_key: bytes, id_number: str) -> str:
    """The only form in which an identity number rests outside sealed payloads: a keyed hash (hex)."""
    return hmac.new(subject_key, id_number.upper().encode("ascii"), hashlib.sha256).hexdigest()


def _stretched(code: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(code.encode("ascii"))
