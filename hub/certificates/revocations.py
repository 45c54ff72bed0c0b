"""Which seals are revoked, as every PDF program reads it: a list by X.509 (RFC 5280), signed by the seals' root."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.issuers import issuers
from hub.certificates.seals import REVOKED
from hub.certificates.tables import Seal
from hub.hub import Hub

MEDIA_TYPE: Final = "application/pkix-crl"
_MOST: Final = 100_000


def revocation_list(session: Session, hub: Hub) -> bytes:
    """The list as it stands now (DER); it holds for `revocation_days`, then it is to be fetched anew."""
    root, now = issuers(hub).root, hub.clock().replace(microsecond=0)
    builder = x509.CertificateRevocationListBuilder().issuer_name(root.certificate.subject).last_update(now)
    builder = builder.next_update(now + timedelta(days=hub.settings.revocation_days))
    builder = builder.add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False
    )
    revoked = select(Seal.serial, Seal.ended_at).where(Seal.state == REVOKED).order_by(Seal.id).limit(_MOST)
    for serial, ended_at in session.execute(revoked):
        one = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(ended_at or now)
        builder = builder.add_revoked_certificate(one.build())
    return builder.sign(root.key, SHA256()).public_bytes(Encoding.DER)
