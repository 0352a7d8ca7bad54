"""Which process a restarted one was started anew as, and indexes of what failed and was left so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEWEST_RESTART = (
    "SELECT json_extract(\"after\", '$.restarted_as') FROM event"
    " WHERE process = number AND kind = 'restarted' ORDER BY seq DESC LIMIT 1"
)
# The history tells, also where the successor was removed since. No index knows all of them: an actor may be anybody.
_FILL = (
    f"UPDATE process SET restarted_as = ({_NEWEST_RESTART})"
    " WHERE number IN (SELECT process FROM event WHERE kind = 'restarted')"
)


def upgrade() -> None:
    """Add the column, fill it in for what was restarted already, and make its indexes."""
    op.add_column(
        "process",
        sa.Column(
            "restarted_as", sa.Text, comment="id of its last restart; where it is null, no list reads on for it"
        ),
    )
    op.execute(_FILL)
    _create_partial("process_left_failed", ["status", "number"], "status = 'failed' AND restarted_as IS NULL")
    _create_partial("process_restarted", ["number", "status"], "restarted_as IS NOT NULL")


def _create_partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "process", columns, sqlite_where=sa.text(where))
