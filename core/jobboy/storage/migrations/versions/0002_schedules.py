"""Schedules, and the due times that processes were started for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the two tables; nothing that is there is touched."""
    op.create_table(
        "schedule",
        sa.Column("number", _Number, primary_key=True),
        *_text("name", "code", "parameters"),
        sa.Column("cron", sa.Text),
        *_text("timezone"),
        sa.Column("every", sa.BigInteger),
        *_text("missed"),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("by_app", "paused")),
        *(sa.Column(name, sa.BigInteger) for name in ("next_at", "last_at")),
        *_dates("looked_at", "anchor_at", "created_at", "updated_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("schedule_name", "schedule", ["name"], unique=True)
    op.create_table(
        "schedule_start",
        sa.Column("schedule", _Number, primary_key=True, autoincrement=False),
        sa.Column(
            "due_at", sa.BigInteger, primary_key=True, comment="unique for a schedule: the lock of its due times"
        ),
        *_text("process_id"),
        *_dates("at"),
        sqlite_with_rowid=False,
    )


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _dates(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
