"""How a paper that came later was brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_papers"
down_revision = "0010_certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    with op.batch_alter_table("case_need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("brought_from", sa.String(length=12), nullable=True))
        batch_op.alter_column("brought_by", existing_type=sa.String(length=36), type_=sa.String(length=40))


def downgrade() -> None:
    """Takes it back."""
    with op.batch_alter_table("case_need", schema=None) as batch_op:
        batch_op.drop_column("brought_from")
        batch_op.alter_column("brought_by", existing_type=sa.String(length=40), type_=sa.String(length=36))
