"""What the hub remembers of certificates, seals and the chain; nobody stands here readable but masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.tables import BIG, Base


class SandboxIssuer(Base):
    """A key pair of the sandbox (演示): the root that certifies seals, or the time-stamp authority under it."""

    __tablename__ = "sandbox_issuer"
    name: Mapped[str] = mapped_column(String(10), primary_key=True)  # root | stamps
    certificate: Mapped[bytes] = mapped_column(LargeBinary)  # DER
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class Seal(Base):
    """A seal of the register: whose it is, who holds it, how long it holds, and its key, sealed to the hub."""

    __tablename__ = "seal"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40))
    unit_code: Mapped[str] = mapped_column(String(18))
    region: Mapped[str] = mapped_column(String(12), index=True)
    use: Mapped[str] = mapped_column(String(10))  # rule | custodian
    state: Mapped[str] = mapped_column(String(10))  # active | retired | revoked
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    serial: Mapped[str] = mapped_column(String(40), unique=True)  # of its certificate, hex
    certificate: Mapped[bytes] = mapped_column(LargeBinary)  # DER
    key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    custodian: Mapped[str | None] = mapped_column(String(40))
    factor_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the secret of the custodian's one-time codes
    factor_step: Mapped[int] = mapped_column(BIG, default=0)  # the last code's time step: each counts once
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ended_why: Mapped[str | None] = mapped_column(String(200))


class SealUse(Base):
    """One use of a seal: for which case and document, by whom or what, and how that was made sure of."""

    __tablename__ = "seal_use"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    seal_id: Mapped[str] = mapped_column(ForeignKey("seal.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    certificate: Mapped[str] = mapped_column(String(140))
    document_sha256: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(80))
    way: Mapped[str] = mapped_column(String(10))  # rule | code
    used_at: Mapped[datetime]


class CertificateJob(Base):
    """A certificate that is to be made: it waits for its seal's custodian, for a worker, or for a time-stamp."""

    __tablename__ = "certificate_job"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)  # unsealed | waiting | claimed | done | stuck
    actor: Mapped[str] = mapped_column(String(80))
    way: Mapped[str] = mapped_column(String(10))
    seal_id: Mapped[str | None] = mapped_column(String(60))  # chosen by its custodian; else by the kind
    changes: Mapped[dict[str, Any]]  # values that replace what the rule read, in a changed certificate
    reason: Mapped[str] = mapped_column(String(200))
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(String(60))
    made_at: Mapped[datetime]

    __table_args__ = (Index("certificate_job_case", "case_id", "version", unique=True),)


class Certificate(Base):
    """An issued certificate; its paper rests sealed under a key that is sealed to the hub."""

    __tablename__ = "certificate"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    identifier: Mapped[str] = mapped_column(String(140), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))  # valid | suspended | revoked | superseded
    region: Mapped[str] = mapped_column(String(12), index=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    masked_name: Mapped[str] = mapped_column(String(40))
    masked_number: Mapped[str] = mapped_column(String(40))
    seal_id: Mapped[str] = mapped_column(ForeignKey("seal.id"), index=True)
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    changed_at: Mapped[datetime]
    content_sha256: Mapped[str] = mapped_column(String(64))  # before sealing: the same facts give the same
    document_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    paper_sha256: Mapped[str] = mapped_column(String(64), unique=True)  # of the ciphertext: what it is fetched by
    paper: Mapped[bytes] = mapped_column(LargeBinary)
    paper_key_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CertificateEvent(Base):
    """One row of a certificate's journal, and a leaf of the chain; `block` is set when its block is closed."""

    __tablename__ = "certificate_event"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    what: Mapped[str] = mapped_column(String(12))  # issued | superseded | suspended | resumed | revoked
    actor: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    leaf: Mapped[str] = mapped_column(String(64))
    block: Mapped[int | None] = mapped_column(BIG, index=True)


class ChainBlock(Base):
    """A closed block: its leaves' root, bound to the block before it and signed by the hub."""

    __tablename__ = "chain_block"
    n: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    prev: Mapped[str] = mapped_column(String(64))
    root: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))
