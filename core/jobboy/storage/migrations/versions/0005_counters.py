"""Counters whose triggers write nothing but numbers: every code that is known has one for each status."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATUSES = ("starting", "running", "ending", "completed", "failing", "failed")
_NONE_YET = " UNION ALL ".join(f"SELECT '{status}' AS status" for status in _STATUSES)
_FILL = (
    "INSERT INTO tally (code, status, n) SELECT code, status, 0"
    f" FROM (SELECT DISTINCT code FROM tally) CROSS JOIN ({_NONE_YET}) WHERE true"
    " ON CONFLICT (code, status) DO NOTHING"
)

# A trigger that may insert makes SQLite copy each page before it writes it, for each row that is written. So only the
# first process of a code does: it brings the counters of its code, and is in them. In which order the two triggers of
# an insert are run, SQLite does not say; either does.
_COUNTERS_OF_CODE = ", ".join(f"(new.code, '{status}', new.status = '{status}', new.number)" for status in _STATUSES)
_ONE_MORE = "UPDATE tally SET n = n + 1 WHERE code = new.code AND status = new.status"
_ONE_LESS = "UPDATE tally SET n = n - 1 WHERE code = old.code AND status = old.status"
_TRIGGERS = (
    "CREATE TRIGGER process_first AFTER INSERT ON process"
    " WHEN NOT EXISTS (SELECT 1 FROM tally WHERE code = new.code)"
    f" BEGIN INSERT INTO tally (code, status, n, first) VALUES {_COUNTERS_OF_CODE}; END",
    f"CREATE TRIGGER process_added AFTER INSERT ON process BEGIN {_ONE_MORE} AND first <> new.number; END",
    "CREATE TRIGGER process_moved AFTER UPDATE OF status ON process WHEN new.status <> old.status"
    f" BEGIN {_ONE_LESS}; {_ONE_MORE}; END",
)


def upgrade() -> None:
    """Fill in what is missing of the counters, and put other triggers in place of those that made them."""
    first = sa.Column(
        "first",
        sa.BigInteger,
        nullable=False,
        server_default="0",
        comment="number of the process that brought the counters of its code",
    )
    op.add_column("tally", first)
    op.execute(_FILL)
    for name in ("process_added", "process_moved"):
        op.execute(f"DROP TRIGGER {name}")
    for trigger in _TRIGGERS:
        op.execute(trigger)
