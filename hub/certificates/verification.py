"""Judges a sealed paper: what was sealed, by which seal, when, and whether it still counts.

The order follows GB/T 38540: structure, the seal's signature and issuer, its validity at the moment of the time-stamp,
the document's digest, revocation; then how the certificate itself stands.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from hub.certificates.paper import IDENTIFIER, VALID_UNTIL
from hub.certificates.seals import REVOKED
from hub.certificates.trust import Trust
from hub.moments import local_day
from seeds.identifiers import certificate_ok

# pyHanko logs each doubt with a traceback; a doubt is this module's answer, not something to look into.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
_PADDING: Final = re.compile(rb"(?:00)*")
# What a hostile file makes a parser of PDF and ASN.1 raise.
_UNREADABLE: Final = (
    PdfError, SigningError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
    NotImplementedError,
)  # fmt: skip


class Word(Enum):
    """What comes of it; the words for people are `hub.paper.word.…` and `hub.paper.tell.…`."""

    GENUINE = "genuine"
    ALTERED = "altered"  # changed since it was sealed, by however little
    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"
    UNKNOWN_SEAL = "unknown_seal"
    SEAL_REVOKED = "seal_revoked"
    SEAL_EXPIRED = "seal_expired"  # not valid at the moment it was used
    BAD_STAMP = "bad_stamp"
    UNKNOWN = "unknown"  # sealed, and yet the hub never issued it
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The word, and what is known of the paper as far as it can be believed."""

    word: Word
    identifier: str = ""
    unit: str = ""
    sealed_at: datetime | None = None
    valid_until: date | None = None

    @property
    def counts(self) -> bool:
        """Whether the paper may be relied on."""
        return self.word is Word.GENUINE


@dataclass(frozen=True, slots=True)
class _Read:
    signature: EmbeddedPdfSignature
    identifier: str
    valid_until: date | None
    serial: str
    sealed_at: datetime | None


def identifier_in(pdf: bytes) -> str | None:
    """The identifier a paper claims, to be looked up; None where there is none."""
    try:
        told = _info(PdfFileReader(io.BytesIO(pdf)), IDENTIFIER)
    except _UNREADABLE:
        return None
    return told if certificate_ok(told) else None


def judge(pdf: bytes, trust: Trust, now: datetime) -> Judgement:
    """What a paper comes to; never raises for what is in it."""
    try:
        return _judge(pdf, trust, now)
    except _UNREADABLE:
        # A file that was a sealed paper and is no PDF any more was altered; anything else never was one.
        return Judgement(Word.ALTERED if b"/ByteRange" in pdf and b"ETSI.CAdES" in pdf else Word.UNREADABLE)


def _judge(pdf: bytes, trust: Trust, now: datetime) -> Judgement:
    read = _read(pdf)
    if read is None:
        return Judgement(Word.UNSEALED)
    told = Judgement(Word.GENUINE, read.identifier, "", read.sealed_at, read.valid_until)
    seal = trust.seals.get(read.serial)
    status = _status(read, trust)
    if not _whole(pdf, read) or status is None or not (status.intact and status.valid) or not _covers(status):
        return Judgement(Word.ALTERED)
    if seal is None:
        return replace(told, word=Word.UNKNOWN_SEAL)
    told = replace(told, unit=seal.unit)
    if (word := _of_the_seal(status, seal.state, read)) is not None:
        return replace(told, word=word)
    return replace(told, word=_of_the_certificate(pdf, read, trust, now))


def _of_the_seal(status: PdfSignatureStatus, state: str, read: _Read) -> Word | None:
    stamp = status.timestamp_validity
    if stamp is None or read.sealed_at is None or not (stamp.intact and stamp.valid and stamp.trusted):
        return Word.BAD_STAMP
    if state == REVOKED:
        return Word.SEAL_REVOKED
    certificate = read.signature.signer_cert
    if not certificate.not_valid_before <= read.sealed_at <= certificate.not_valid_after:
        return Word.SEAL_EXPIRED
    return None if status.trusted else Word.UNKNOWN_SEAL


def _of_the_certificate(pdf: bytes, read: _Read, trust: Trust, now: datetime) -> Word:
    issued = trust.issued.get(read.identifier)
    if issued is None and trust.complete:
        return Word.UNKNOWN
    if issued is not None:
        if issued.document_sha256 is not None and issued.document_sha256 != hashlib.sha256(pdf).hexdigest():
            return Word.ALTERED
        if issued.state != "valid":
            return Word(issued.state)
    if read.valid_until is None:
        return Word.UNKNOWN
    return Word.EXPIRED if local_day(now) > read.valid_until else Word.GENUINE


def _read(pdf: bytes) -> _Read | None:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = reader.embedded_signatures
    if not signatures:
        return None
    signature = signatures[0]
    until = _info(reader, VALID_UNTIL)
    return _Read(
        signature=signature,
        identifier=_info(reader, IDENTIFIER),
        valid_until=date.fromisoformat(until) if until else None,
        serial=f"{signature.signer_cert.serial_number:x}",
        sealed_at=_stamped_at(signature.signer_info),
    )


def _stamped_at(signer_info: Any) -> datetime | None:
    """The moment the signature's time-stamp names; None where it has none."""
    for attribute in signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            told = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
            return told if isinstance(told, datetime) else None
    return None


def _whole(pdf: bytes, read: _Read) -> bool:
    """Nothing hides in the only bytes that no signature covers: the room behind it holds zeros alone."""
    if len(read.signature.reader.embedded_signatures) != 1:
        return False
    start, length, after, rest = (int(n) for n in read.signature.byte_range)
    if start != 0 or after + rest != len(pdf) or not 0 < length < after:
        return False
    hole = pdf[length:after]
    spelt = read.signature.pkcs7_content
    told = spelt.hex().encode("ascii")
    if hole[:1] != b"<" or hole[-1:] != b">" or hole[1:-1].lower() != told:
        return False
    size = _der_size(spelt)
    return size is not None and _PADDING.fullmatch(told[2 * size :]) is not None


def _der_size(der: bytes) -> int | None:
    """How many bytes the outermost DER element takes."""
    if len(der) < 2 or der[0] != 0x30:
        return None
    first = der[1]
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big") if 0 < count <= 4 else None


def _status(read: _Read, trust: Trust) -> PdfSignatureStatus | None:
    root, stamps = (asn1_x509.Certificate.load(der) for der in (trust.root, trust.stamps))
    at = read.sealed_at or trust.made_at

    def context(others: list[Any]) -> ValidationContext:
        return ValidationContext(trust_roots=[root], other_certs=others, allow_fetching=False, moment=at)

    try:
        status = asyncio.run(
            async_validate_pdf_signature(
                read.signature,
                signer_validation_context=context([]),
                # Of the time-stamp authority only the one certificate counts, not whatever the root may have certified.
                ts_validation_context=ValidationContext(
                    trust_roots=[stamps], other_certs=[], allow_fetching=False, moment=at
                ),
                key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
            )
        )
    except (SignatureValidationError, ValidationError, PathError):
        return None
    return status


def _covers(status: PdfSignatureStatus) -> bool:
    return status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def _info(reader: PdfFileReader, name: str) -> str:
    told = reader.trailer["/Info"]
    return str(told[f"/{name}"])[:140] if f"/{name}" in told else ""
