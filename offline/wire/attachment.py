"""Pictures beside an event: sealed under a fresh key in chunks, named by the SHA-256 of what travels.

A chunked AEAD in the shape of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each chunk's nonce carries its number
and whether it is the last, so that chunks can neither be swapped nor cut off. The key is used for one attachment only.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline.wire.trouble import CannotUnseal

MAGIC: Final = b"ZZA1"
KEY_BYTES: Final = 32
CHUNK_BYTES: Final = 64 * 1024
MAX_SEALED_BYTES: Final = 2 * 1024 * 1024
"""What one attachment may take on disks and on the line."""
MAX_TOGETHER_BYTES: Final = 3584 * 1024
"""What all attachments of one act may take: they travel in one part where they go by stick."""
MAX_ATTACHMENTS: Final = 12
MAX_CARD_PHOTO_BYTES: Final = 4096
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"

_PREFIX_BYTES: Final = 7
_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class SealedAttachment:
    """What may lie on a disk, its name, and the key that may not lie beside it."""

    sha256: str
    data: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class LaterPicture:
    """What a clerk compares: the picture taken (JPEG) and the card's compressed photograph (WLT), one sealed thing."""

    taken: bytes
    card_photo: bytes

    def pack(self) -> bytes:
        """The card's photograph behind its length, then the picture."""
        assert len(self.card_photo) <= MAX_CARD_PHOTO_BYTES
        return len(self.card_photo).to_bytes(_LENGTH_BYTES, "big") + self.card_photo + self.taken

    @classmethod
    def unpack(cls, untrusted: bytes) -> LaterPicture:
        """The two pictures; raises CannotUnseal."""
        length = int.from_bytes(untrusted[:_LENGTH_BYTES], "big")
        body = untrusted[_LENGTH_BYTES:]
        if len(untrusted) < _LENGTH_BYTES or length > MAX_CARD_PHOTO_BYTES or length > len(body):
            raise CannotUnseal("附件里的照片不合约定")
        return cls(taken=body[length:], card_photo=body[:length])


def seal_attachment(plain: bytes) -> SealedAttachment:
    """Seals bytes under a key made for them alone."""
    key, prefix = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_PREFIX_BYTES)
    cipher, sealed = AESGCM(key), bytearray(MAGIC + prefix)
    starts = range(0, max(len(plain), 1), CHUNK_BYTES)
    for number, start in enumerate(starts):
        nonce = _nonce(prefix, number, last=number == len(starts) - 1)
        sealed += cipher.encrypt(nonce, plain[start : start + CHUNK_BYTES], MAGIC)
    return SealedAttachment(sha256_of(bytes(sealed)), bytes(sealed), key)


def open_attachment(untrusted: bytes, key: bytes) -> bytes:
    """The bytes of a sealed attachment; raises CannotUnseal for another key, altered, reordered or missing chunks."""
    if len(key) != KEY_BYTES:
        raise CannotUnseal("附件的密钥长度不对")
    head = len(MAGIC) + _PREFIX_BYTES
    if untrusted[: len(MAGIC)] != MAGIC or not head + _TAG_BYTES <= len(untrusted) <= MAX_SEALED_BYTES:
        raise CannotUnseal("不认识的附件格式或长度不对")
    cipher, prefix, plain = AESGCM(key), untrusted[len(MAGIC) : head], bytearray()
    starts = range(head, len(untrusted), CHUNK_BYTES + _TAG_BYTES)
    try:
        for number, start in enumerate(starts):
            nonce = _nonce(prefix, number, last=number == len(starts) - 1)
            plain += cipher.decrypt(nonce, untrusted[start : start + CHUNK_BYTES + _TAG_BYTES], MAGIC)
    except InvalidTag:
        raise CannotUnseal("附件的密钥不对或内容被改动") from None
    return bytes(plain)


def sha256_of(data: bytes) -> str:
    """An attachment's name."""
    return hashlib.sha256(data).hexdigest()


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + (b"\1" if last else b"\0")
