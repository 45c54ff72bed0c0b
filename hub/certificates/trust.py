"""What a paper is judged by: root, time-stamp authority, how seals and certificates stand; signed for travel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.certificates.issuers import issuers
from hub.certificates.tables import Certificate, Seal
from hub.hub import Hub
from offline.wire.canonical import b64, canonical_json, parse_time, time_text, unb64
from offline.wire.trouble import MalformedRecord

_LABEL: Final = b"zhizhu certificate trust v1\n"
_CERTIFICATE_BYTES: Final = 8192
_SIGNATURE_BYTES: Final = 64
_MOST_SEALS: Final = 100_000


@dataclass(frozen=True, slots=True)
class SealStanding:
    """How a seal stands."""

    id: str
    unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What the hub remembers of one certificate."""

    state: str
    document_sha256: str | None = None  # None where only the list is at hand


@dataclass(frozen=True, slots=True)
class Trust:
    """Everything a judgement needs; `complete` says that a certificate which is not in `issued` was never issued."""

    made_at: datetime
    root: bytes
    stamps: bytes
    seals: Mapping[str, SealStanding]  # by the serial number of the seal's certificate, hex
    issued: Mapping[str, Issued] = field(default_factory=dict)
    complete: bool = False


class _Seal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    serial: str = Field(max_length=40)
    id: str = Field(max_length=60)
    unit: str = Field(max_length=40)
    state: str = Field(max_length=10)


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    made_at: str
    root: str
    stamps: str
    seals: tuple[_Seal, ...] = Field(max_length=_MOST_SEALS)
    withdrawn: dict[str, str]


def trust_now(session: Session, hub: Hub, identifier: str | None) -> Trust:
    """What the hub itself judges one certificate by."""
    wanted = select(Certificate).where(Certificate.identifier == (identifier or "")[:140])
    row = session.scalars(wanted).one_or_none()
    issued = {} if row is None else {row.identifier: Issued(row.state, row.document_sha256)}
    return _trust(session, hub, issued, complete=True)


def trust_list(session: Session, hub: Hub) -> Trust:
    """What whoever has no network judges by: all seals, and the certificates that no longer count."""
    ended = select(Certificate.identifier, Certificate.state).where(Certificate.state != "valid")
    rows = session.execute(ended.order_by(Certificate.changed_at.desc()).limit(hub.settings.withdrawn_rows))
    return _trust(session, hub, {name: Issued(state) for name, state in rows}, complete=False)


def signed_trust(trust: Trust, private: bytes) -> dict[str, object]:
    """The list as it travels."""
    told: dict[str, object] = {
        "made_at": time_text(trust.made_at),
        "root": b64(trust.root),
        "stamps": b64(trust.stamps),
        "seals": [
            {"serial": serial, "id": seal.id, "unit": seal.unit, "state": seal.state}
            for serial, seal in sorted(trust.seals.items())
        ],
        "withdrawn": {name: one.state for name, one in sorted(trust.issued.items())},
    }
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_LABEL + canonical_json(told))
    return told | {"signature": b64(signature)}


def read_trust(untrusted: object, public: bytes) -> Trust:
    """A list that somebody brought; raises MalformedRecord unless the hub with this key signed it."""
    if not isinstance(untrusted, dict):
        raise MalformedRecord("印章清单不是对象")
    told = {name: value for name, value in untrusted.items() if name != "signature"}
    try:
        signature = unb64(untrusted.get("signature"), _SIGNATURE_BYTES)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _LABEL + canonical_json(told))
        listed = _List.model_validate(told)
    except (InvalidSignature, ValidationError, ValueError):
        raise MalformedRecord("印章清单不是这个中枢签的，或被改动过") from None
    return Trust(
        made_at=parse_time(listed.made_at),
        root=unb64(listed.root, _CERTIFICATE_BYTES),
        stamps=unb64(listed.stamps, _CERTIFICATE_BYTES),
        seals={seal.serial: SealStanding(seal.id, seal.unit, seal.state) for seal in listed.seals},
        issued={name: Issued(state) for name, state in listed.withdrawn.items()},
    )


def _trust(session: Session, hub: Hub, issued: Mapping[str, Issued], *, complete: bool) -> Trust:
    sandbox = issuers(hub)
    seals = session.execute(select(Seal.serial, Seal.id, Seal.unit, Seal.state).limit(_MOST_SEALS))
    return Trust(
        made_at=hub.clock(),
        root=sandbox.root.der,
        stamps=sandbox.stamps.der,
        seals={serial: SealStanding(name, unit, state) for serial, name, unit, state in seals},
        issued=issued,
        complete=complete,
    )
