"""The first tables: processes with their steps and events, definitions, workers, counters and control."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables, their indexes and the counters kept by triggers."""
    _create_process()
    _create_history()
    _create_others()
    for trigger in _COUNTERS:
        op.execute(trigger)
    op.bulk_insert(
        sa.table("meta", sa.column("name"), sa.column("value")),
        [{"name": "database_uuid", "value": str(uuid.uuid4())}],
    )


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _integer(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _dates(*names: str, nullable: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _create_process() -> None:
    op.create_table(
        "process",
        sa.Column("number", _Number, primary_key=True),
        *_text("id", "code", "status"),
        *_integer("priority", "handled"),
        *_dates("handled_at"),
        *_text("handled_by", nullable=True),
        *_integer("stuck"),
        *_text("stuck_cause", nullable=True),
        *_integer("rescuable", "paused"),
        *_dates("wait_until"),
        *_text("step", nullable=True),
        *_integer("attempt", "crashes"),
        *_text("on_crash"),
        *_text("error", nullable=True),
        *_dates("created_at", "updated_at", "turn_at", nullable=False),
        *_dates("started_at", "ended_at", "killed_at", "timeout_at", "deadline_at"),
        *_dates("retention", nullable=False),
        *_dates("expires_at"),
        sa.Column("token", sa.BigInteger, nullable=False),
        *_text("key", nullable=True),
        *_integer("generation"),
        *_text("previous_id", nullable=True),
        sa.Column("rank", sa.Integer, comment="group it is iterated with; null when it is no candidate"),
        sa.Column("wake_at", sa.BigInteger, comment="becomes a candidate at this moment; null when it does not wait"),
        *_text("parameters", "store", "reports"),
        *_text("output", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("process_id", "process", ["id"], unique=True)
    op.create_index("process_status", "process", ["status", "number"])
    op.create_index("process_code_status", "process", ["code", "status", "number"])
    _create_partial("process_key", ["key"], "key IS NOT NULL", unique=True)
    _create_partial("process_ready", ["code", "rank", "priority", "turn_at"], "rank IS NOT NULL")
    _create_partial("process_wake", ["wake_at"], "wake_at IS NOT NULL")
    _create_partial("process_waiting", ["number"], "wake_at IS NOT NULL")
    _create_partial("process_handled", ["number"], "handled = 1")
    _create_partial("process_paused", ["number"], "paused = 1")
    _create_partial("process_expires", ["expires_at"], "expires_at IS NOT NULL")


def _create_partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "process", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _create_history() -> None:
    op.create_table(
        "event",
        sa.Column("seq", _Number, primary_key=True),
        sa.Column("process", _Number, comment="number of the process; null for events that concern all"),
        *_dates("at", nullable=False),
        *_text("kind", "actor"),
        *_text("reason", "step", nullable=True),
        sa.Column("attempt", sa.Integer),
        *_text("before", "after", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("event_process", "event", ["process", "seq"])
    op.create_table(
        "step",
        sa.Column("process", _Number, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("visit", sa.Integer, primary_key=True),
        *_integer("position"),
        *_text("status"),
        *_integer("attempts"),
        *_text("output", "error", nullable=True),
        *_dates("started_at", "ended_at"),
        sqlite_with_rowid=False,
    )


def _create_others() -> None:
    op.create_table(
        "definition",
        sa.Column("code", sa.Text, primary_key=True),
        *_text("steps", "on_crash"),
        *_dates("retention", nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("number", _Number, primary_key=True),
        *_text("id", "host"),
        *_integer("pid", "slots"),
        *_text("codes"),
        *_dates("started_at", nullable=False),
        *_dates("stopped_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tally",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, primary_key=True),
        sa.Column("n", sa.BigInteger, nullable=False, comment="kept by triggers on process"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "control",
        sa.Column("name", sa.Text, primary_key=True, comment="work: there while all work is paused"),
        *_dates("at", nullable=False),
        *_text("actor"),
        *_text("reason", nullable=True),
    )
    op.create_table("meta", sa.Column("name", sa.Text, primary_key=True), *_text("value"))


_ONE_MORE = (
    "INSERT INTO tally (code, status, n) VALUES (new.code, new.status, 1)"
    " ON CONFLICT (code, status) DO UPDATE SET n = n + 1;"
)
_ONE_LESS = "UPDATE tally SET n = n - 1 WHERE code = old.code AND status = old.status;"
_COUNTERS = (
    f"CREATE TRIGGER process_added AFTER INSERT ON process BEGIN {_ONE_MORE} END",
    f"CREATE TRIGGER process_removed AFTER DELETE ON process BEGIN {_ONE_LESS} END",
    "CREATE TRIGGER process_moved AFTER UPDATE OF status ON process WHEN new.status <> old.status"
    f" BEGIN {_ONE_LESS} {_ONE_MORE} END",
)
