"""What turns print and log, an index for the audit, and the version of each worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_IS_ACT = "actor >= 'operator:' AND actor < 'program;' AND (kind <> 'started' OR actor < 'operator;')"


def upgrade() -> None:
    """Make a table, an index and a column; nothing that is there is rewritten."""
    op.create_table(
        "log",
        sa.Column("process", _Number, primary_key=True, autoincrement=False),
        sa.Column(
            "token", sa.BigInteger, primary_key=True, autoincrement=False, comment="of the claim: names the turn"
        ),
        sa.Column("step", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("left_out", sa.Integer, nullable=False, comment="lines before those that are kept"),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("event_act", "event", ["seq"], sqlite_where=sa.text(_IS_ACT))
    op.add_column("worker", sa.Column("version", sa.Text, comment="of jobboy; null where it was not written down"))
