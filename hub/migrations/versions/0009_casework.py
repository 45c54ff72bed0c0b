"""How a case goes on: where it lies, its clock, its journal, what it waits for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_casework"
down_revision = "0008_carry"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
_NEW = ("unit", "handled_in", "light")


def upgrade() -> None:
    """Takes the step; open cases of before get their clocks when the first sweep reads them."""
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        for name, length in (("unit", 60), ("handled_in", 12), ("light", 8)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        for name, length in (("clerk", 40), ("waits_for", 20)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        batch_op.add_column(sa.Column("parent_id", BIG, nullable=True))
        for name in ("limit_days", "statutory_days"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name in ("begins_on", "due_on", "turn_on"):
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
    op.execute("UPDATE case_file SET unit = '', light = '', handled_in = region")
    op.execute("UPDATE case_file SET waits_for = 'visit' WHERE state = 'waiting'")
    op.execute("UPDATE case_file SET turn_on = '2026-01-01' WHERE state IN ('received', 'in_review', 'waiting')")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        for name in _NEW:
            batch_op.alter_column(name, existing_type=sa.String(), nullable=False)
        batch_op.drop_index("case_event")
        batch_op.create_index("case_event", ["source", "event_id", "item"], unique=True)
        for name in ("handled_in", "parent_id", "light", "turn_on"):
            batch_op.create_index(batch_op.f(f"ix_case_file_{name}"), [name], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("state_before", sa.String(length=12), nullable=False),
        sa.Column("state_after", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case_need",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at_end", sa.String(length=10), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", TIME, nullable=True),
        sa.Column("brought_at", TIME, nullable=True),
        sa.Column("brought_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("case_need_of", "case_need", ["case_id", "document"], unique=True)
    op.create_index("case_need_due", "case_need", ["state", "due_on"], unique=False)
    op.create_table(
        "case_call",
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("source", "event_id"),
    )
    op.create_table(
        "case_pause",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "region_extension",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, column in (
        ("case_step", "case_id"),
        ("case_call", "case_id"),
        ("case_call", "done_at"),
        ("case_pause", "case_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    """Takes it back."""
    for table in ("region_extension", "case_pause", "case_call", "case_need", "case_step"):
        op.drop_table(table)
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        for name in ("handled_in", "parent_id", "light", "turn_on"):
            batch_op.drop_index(batch_op.f(f"ix_case_file_{name}"))
        batch_op.drop_index("case_event")
        batch_op.create_index("case_event", ["source", "event_id"], unique=True)
        for name in (*_NEW, "clerk", "waits_for", "parent_id", "limit_days", "statutory_days"):
            batch_op.drop_column(name)
        for name in ("begins_on", "due_on", "turn_on"):
            batch_op.drop_column(name)
