"""The name of each terminal's signing key, by which a slip's seal finds it."""

from __future__ import annotations

import base64
import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004_slip_signers"
down_revision = "0003_hub_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signing_key_id", sa.String(length=16), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_terminal_signing_key_id"), ["signing_key_id"], unique=False)
    terminal = sa.table(
        "terminal",
        sa.column("id", sa.String),
        sa.column("signing_public", sa.String),
        sa.column("signing_key_id", sa.String),
    )
    connection = op.get_bind()
    for one in connection.execute(sa.select(terminal.c.id, terminal.c.signing_public)).all():
        name = hashlib.sha256(base64.b64decode(one.signing_public)).hexdigest()[:16]
        connection.execute(sa.update(terminal).where(terminal.c.id == one.id).values(signing_key_id=name))


def downgrade() -> None:
    """Takes it back."""
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terminal_signing_key_id"))
        batch_op.drop_column("signing_key_id")
