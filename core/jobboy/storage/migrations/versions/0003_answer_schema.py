"""The JSON schema of the answer to a pause, kept with the paused process."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a process that is paused already takes any object, as it did."""
    op.add_column("process", sa.Column("answer_schema", sa.Text))
