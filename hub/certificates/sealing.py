"""Puts a seal on a paper: PAdES B-T (ETSI EN 319 142-1) with the seal's picture and a time-stamp, through pyHanko."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigAppearanceSetup, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hub.certificates.issuers import Key
from hub.certificates.seal_picture import HEIGHT, WIDTH, draw_seal
from hub.certificates.time_stamps import AskedStamper, TimeStamps
from hub.certificates.trouble import StampTrouble

FIELD: Final = "Seal1"
_RESERVED_BYTES: Final = 24_576  # signature, both chains and the time-stamp, in hex
_DIGEST: Final = "sha256"
_MM: Final = 72 / 25.4
_SEAL_WIDTH: Final = 58 * _MM
_SEAL_RIGHT: Final = (210 - 32) * _MM
_SEAL_BOTTOM: Final = 62 * _MM


@dataclass(frozen=True, slots=True, repr=False)
class SealInHand:
    """A seal ready for use: its unit, its certificate and key, and the root that certified it."""

    unit: str
    certificate: bytes
    key: Key
    root: bytes


def seal_paper(pdf: bytes, seal: SealInHand, at: datetime, stamps: TimeStamps) -> bytes:
    """The sealed PDF; raises StampTrouble when no time-stamp is to be had. Not to be called in an event loop."""
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register(asn1_x509.Certificate.load(seal.root))
    der = seal.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(seal.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(der),
        cert_registry=registry,
    )
    height = _SEAL_WIDTH * HEIGHT / WIDTH
    left, top = round(_SEAL_RIGHT - _SEAL_WIDTH), round(_SEAL_BOTTOM + height)
    field = SigFieldSpec(FIELD, on_page=-1, box=(left, round(_SEAL_BOTTOM), round(_SEAL_RIGHT), top))
    steps = PdfCMSEmbedder(new_field_spec=field).write_cms(
        field_name=FIELD, writer=IncrementalPdfFileWriter(io.BytesIO(pdf))
    )
    next(steps)
    style = TextStampStyle(
        stamp_text="", background=PdfImage(draw_seal(seal.unit)), background_opacity=1.0, border_width=0
    )
    placeholder = SignatureObject(
        timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=_RESERVED_BYTES, name=seal.unit
    )
    appearance = SigAppearanceSetup(style=style, timestamp=at, name=seal.unit)
    steps.send(SigObjSetup(sig_placeholder=placeholder, appearance_setup=appearance))
    digest, out = steps.send(SigIOSetup(md_algorithm=_DIGEST, output=io.BytesIO()))
    try:
        signature = asyncio.run(
            signer.async_sign(
                digest.document_digest, digest_algorithm=_DIGEST, use_pades=True, timestamper=AskedStamper(stamps)
            )
        )
    except (TimestampRequestError, SigningError) as error:
        raise StampTrouble(f"时间戳不是这份文件的（{type(error).__name__}）。") from None
    steps.send(signature)
    sealed: bytes = out.getvalue()
    return sealed
