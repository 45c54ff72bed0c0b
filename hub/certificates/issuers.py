"""The sandbox's root and time-stamp authority (演示): made once, kept in the database, their keys sealed to the hub.

A province's own authorities take their place behind the same certificates and the port of `time_stamps`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy.exc import IntegrityError

from hub.certificates.tables import SandboxIssuer
from hub.hub import Hub
from hub.keys import HubKeys
from offline.wire.canonical import b64, unb64
from offline.wire.sealing import seal

ROOT: Final = "root"
STAMPS: Final = "stamps"
_YEARS: Final = 20
_KEY_BYTES: Final = 4096
_RSA_BITS: Final = 2048
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, repr=False)
class Issuer:
    """A certificate and the private key behind it."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True, repr=False)
class Issuers:
    """Both, as an installation has them."""

    root: Issuer
    stamps: Issuer


def issuers(hub: Hub) -> Issuers:
    """The installation's sandbox issuers, made at the first need."""
    known = _read(hub)
    if known is not None:
        return known
    fresh, now = make_issuers(hub.clock()), hub.clock()
    try:
        with hub.database.writing() as session:
            for name, one in ((ROOT, fresh.root), (STAMPS, fresh.stamps)):
                sealed = seal_key(hub.keys, one.key, name)
                session.add(SandboxIssuer(name=name, certificate=one.der, key_sealed=sealed, made_at=now))
    except IntegrityError:
        pass  # another replica was quicker: its pair holds
    known = _read(hub)
    assert known is not None, "they were written just now"
    return known


def make_issuers(since: datetime) -> Issuers:
    """A fresh root and a time-stamp authority under it."""
    until = since + timedelta(days=366 * _YEARS)
    root_key = new_seal_key()
    root_name = _name("智助演示印章根证书（测试）")
    root_made = _signed(_extended(_builder(root_name, root_name, root_key, since, until), ca=True), root_key)
    root = Issuer(root_made, root_key)
    stamps_key = rsa.generate_private_key(public_exponent=65_537, key_size=_RSA_BITS)
    builder = _builder(_name("智助演示时间戳（测试）"), root_name, stamps_key, since, until)
    builder = _extended(builder, ca=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Issuers(root, Issuer(_signed(builder, root_key), stamps_key))


def certify(root: Issuer, name: str, key: Key, since: datetime, until: datetime) -> x509.Certificate:
    """A seal's certificate, under the sandbox's root."""
    builder = _builder(_name(name), root.certificate.subject, key, since, until)
    return _signed(_extended(builder, ca=False), root.key)


def new_seal_key() -> ec.EllipticCurvePrivateKey:
    """A fresh key on P-256, which every PDF reader can check."""
    return ec.generate_private_key(ec.SECP256R1())


def seal_key(keys: HubKeys, key: Key, name: str) -> bytes:
    """A private key as it may rest: sealed to the hub's own."""
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return seal({"key": b64(der)}, keys.sealing_public, _aad(name))


def open_key(keys: HubKeys, sealed: bytes, name: str) -> Key:
    """The private key again; raises WireTrouble."""
    der = unb64(keys.unseal(sealed, _aad(name)).get("key"), _KEY_BYTES)
    # The seal has just shown that these are the bytes we wrote: to try an RSA key's primes anew each time is of no use.
    key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return key


def _read(hub: Hub) -> Issuers | None:
    with hub.database.reading() as session:
        rows = [session.get(SandboxIssuer, name) for name in (ROOT, STAMPS)]
    found = [_issuer(hub, row) for row in rows if row is not None]
    return Issuers(*found) if len(found) == len(rows) else None


def _issuer(hub: Hub, row: SandboxIssuer) -> Issuer:
    return Issuer(x509.load_der_x509_certificate(row.certificate), open_key(hub.keys, row.key_sealed, row.name))


def _aad(name: str) -> bytes:
    return f"key/{name}".encode()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(since.replace(microsecond=0)).not_valid_after(until.replace(microsecond=0))
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _extended(builder: x509.CertificateBuilder, *, ca: bool) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.BasicConstraints(ca=ca, path_length=0 if ca else None)
    return builder.add_extension(constraints, critical=True).add_extension(usage, critical=True)


def _signed(builder: x509.CertificateBuilder, by: Key) -> x509.Certificate:
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
    ).sign(by, SHA256())
