"""Certificates, seals, their uses, and the chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_certificates"
down_revision = "0009_casework"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _text(name: str, length: int, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "sandbox_issuer",
        _text("name", 10),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "seal",
        *(_text(name, length) for name, length in (("id", 60), ("unit", 40), ("unit_code", 18), ("region", 12))),
        *(_text(name, 10) for name in ("use", "state")),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False),
        _text("serial", 40),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        _text("custodian", 40, null=True),
        sa.Column("factor_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("factor_step", BIG, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _text("ended_by", 40, null=True),
        _text("ended_why", 200, null=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("serial"),
    )
    op.create_index("ix_seal_region", "seal", ["region"])
    op.create_table(
        "seal_use",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        _text("seal_id", 60),
        sa.Column("case_id", BIG, nullable=False),
        *(_text(name, length) for name, length in (("certificate", 140), ("document_sha256", 64), ("actor", 80))),
        _text("way", 10),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "certificate_job",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        _text("kind", 60),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name, length) for name, length in (("state", 12), ("actor", 80), ("way", 10))),
        _text("seal_id", 60, null=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        _text("reason", 200),
        _text("claimed_by", 40, null=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("trouble", 60, null=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("certificate_job_case", "certificate_job", ["case_id", "version"], unique=True)
    op.create_table(
        "certificate",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        _text("identifier", 140),
        sa.Column("case_id", BIG, nullable=False),
        _text("kind", 60),
        sa.Column("version", sa.Integer(), nullable=False),
        *(_text(name, length) for name, length in (("state", 12), ("region", 12), ("subject", 64))),
        *(_text(name, 40) for name in ("masked_name", "masked_number")),
        _text("seal_id", 60),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("issued_at", "valid_until", "changed_at")),
        *(_text(name, 64) for name in ("content_sha256", "document_sha256", "paper_sha256")),
        sa.Column("paper", sa.LargeBinary(), nullable=False),
        sa.Column("paper_key_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"]),
        sa.PrimaryKeyConstraint("id"),
        *(sa.UniqueConstraint(name) for name in ("identifier", "document_sha256", "paper_sha256")),
    )
    op.create_table(
        "chain_block",
        sa.Column("n", BIG, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(_text(name, 64) for name in ("prev", "root")),
        sa.Column("count", sa.Integer(), nullable=False),
        *(_text(name, length) for name, length in (("hash", 64), ("key_id", 16), ("signature", 88))),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "certificate_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("certificate_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        *(_text(name, length) for name, length in (("what", 12), ("actor", 80), ("reason", 200))),
        sa.Column("at", MOMENT, nullable=False),
        _text("leaf", 64),
        sa.Column("block", BIG, nullable=True),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, column in (
        ("seal_use", "seal_id"),
        ("seal_use", "case_id"),
        ("certificate_job", "case_id"),
        ("certificate_job", "state"),
        ("certificate", "case_id"),
        ("certificate", "region"),
        ("certificate", "subject"),
        ("certificate", "seal_id"),
        ("certificate_event", "certificate_id"),
        ("certificate_event", "block"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Takes it back."""
    for table in (
        "certificate_event", "chain_block", "certificate", "certificate_job", "seal_use", "seal", "sandbox_issuer",
    ):  # fmt: skip
        op.drop_table(table)
