"""The keys terminals sign their slips with, kept for ever; those of the terminals there are now."""

from __future__ import annotations

import base64
import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003_slip_signers"
down_revision = "0002_later_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    key = op.create_table(
        "terminal_key",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("terminal_id", sa.String(length=64), nullable=False),
        sa.Column("public", sa.String(length=44), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"]),
        sa.PrimaryKeyConstraint("key_id"),
    )
    with op.batch_alter_table("terminal_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_key_terminal_id"), ["terminal_id"], unique=False)
    terminal = sa.table(
        "terminal",
        sa.column("id", sa.String),
        sa.column("signing_public", sa.String),
        sa.column("enrolled_at", sa.DateTime(timezone=True)),
    )
    rows: dict[str, dict[str, object]] = {}
    for one in op.get_bind().execute(sa.select(terminal).order_by(terminal.c.enrolled_at.desc())):
        name = hashlib.sha256(base64.b64decode(one.signing_public)).hexdigest()[:16]
        rows[name] = {"key_id": name, "terminal_id": one.id, "public": one.signing_public, "since": one.enrolled_at}
    if rows:
        op.bulk_insert(key, list(rows.values()))


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("terminal_key")
