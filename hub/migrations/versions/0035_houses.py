"""Developers' delivery lists, and the sandbox developer's books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035_houses"
down_revision = "0034_extension_taken_back"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.create_table(
        "house_entry",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("developer", sa.String(length=20), nullable=False),
        sa.Column("project_code", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("house", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("masked", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("price_fen", _BIG, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("case_id", _BIG, nullable=True),
        sa.Column("list_number", sa.String(length=24), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("house_entry_of", "house_entry", ["house", "subject"], unique=True)
    op.create_index("ix_house_entry_subject", "house_entry", ["subject"])
    op.create_index("ix_house_entry_case_id", "house_entry", ["case_id"])
    op.create_table(
        "house_list",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("developer", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("tells", sa.Integer(), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_house_list_developer", "house_list", ["developer"])
    op.create_index("house_list_untold", "house_list", ["told", "tell_at"])
    op.create_table(
        "house_source",
        sa.Column("developer", sa.String(length=20), nullable=False),
        sa.Column("last", sa.String(length=24), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=10), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("developer"),
    )
    op.create_table(
        "sandbox_house_list",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("developer", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard", sa.JSON(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("number"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_table("sandbox_house_list")
    op.drop_table("house_source")
    op.drop_table("house_list")
    op.drop_table("house_entry")
