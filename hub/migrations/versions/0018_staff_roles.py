"""The administrator's work is that of three people from now on; who had it keeps the accounts."""

from __future__ import annotations

from alembic import op

revision = "0018_staff_roles"
down_revision = "0017_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Takes the step."""
    op.execute("UPDATE staff SET role = 'system_admin' WHERE role = 'administrator'")


def downgrade() -> None:
    """Takes it back."""
    op.execute("UPDATE staff SET role = 'administrator' WHERE role = 'system_admin'")
