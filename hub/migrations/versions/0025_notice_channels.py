"""How each channel told a notice, and who has agreed to be written to."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0025_notice_channels"
down_revision = "0024_attachments"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
_CALLED_AFTER = timedelta(hours=72)


def upgrade() -> None:
    """Takes the step; who was to be called stays to be called."""
    op.create_table(
        "notice_step",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("notice_id", BIG, nullable=False),
        sa.Column("channel", sa.String(length=6), nullable=False),
        sa.Column("word", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_step_notice_id", "notice_step", ["notice_id"])
    op.execute(
        "INSERT INTO notice_step (notice_id, channel, word, who, at) SELECT notice_id, 'call',"
        " CASE WHEN reached THEN 'reached' ELSE 'no_answer' END, staff, at FROM notice_call ORDER BY id"
    )
    op.drop_table("notice_call")
    for column in (
        sa.Column("sms_state", sa.String(length=10), nullable=False, server_default="none"),
        sa.Column("sms_ticket", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("sms_asks", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sms_trouble", sa.String(length=12), nullable=False, server_default=""),
        sa.Column("sms_since", TIME, nullable=True),
        sa.Column("sms_next_at", TIME, nullable=True),
        sa.Column("call_at", TIME, nullable=True),
    ):
        op.add_column("notice", column)
    for name in ("sms_next_at", "call_at"):
        op.create_index(f"ix_notice_{name}", "notice", [name])
    moments = (sa.column(name, TIME) for name in ("made_at", "told_at", "call_at"))
    notice = sa.table("notice", sa.column("id"), *moments)
    untold = sa.select(notice.c.id, notice.c.made_at).where(notice.c.told_at.is_(None))
    for row in op.get_bind().execute(untold).all():
        op.execute(notice.update().where(notice.c.id == row.id).values(call_at=row.made_at + _CALLED_AFTER))
    op.create_table(
        "notice_contact",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("agreed_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ended_why", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"]),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "sandbox_text",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=20), nullable=False),
        sa.Column("to", sa.String(length=30), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("taken_at", TIME, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("ticket"),
    )


def downgrade() -> None:
    """Takes it back."""
    op.create_table(
        "notice_call",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("notice_id", BIG, nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_call_notice_id", "notice_call", ["notice_id"])
    op.drop_table("sandbox_text")
    op.drop_table("notice_contact")
    for name in ("call_at", "sms_next_at"):
        op.drop_index(f"ix_notice_{name}", "notice")
    for name in ("call_at", "sms_next_at", "sms_since", "sms_trouble", "sms_asks", "sms_ticket", "sms_state"):
        op.drop_column("notice", name)
    op.drop_table("notice_step")
