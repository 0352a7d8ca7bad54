"""The tables, in the words of SQLAlchemy Core.

Dates are microseconds since 1970 UTC, JSON is text, marks are 0 or 1: the same on every database. The large columns
stand last, so that a list reads the beginning of each row only.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()

IS_ACT = "actor >= 'operator:' AND actor < 'program;' AND (kind <> 'started' OR actor < 'operator;')"
"""Events that the audit tells: every act of an operator, and those of a program but for what it starts."""

OUTLIVES = "actor >= 'operator:' AND actor < 'operator;' AND kind <> 'started'"
"""Acts that stay when their process is removed: what operators did to it, and that somebody removed it."""

_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what is called INTEGER

process = Table(
    "process",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("handled", Integer, nullable=False),
    Column("handled_at", BigInteger),
    Column("handled_by", Text),
    Column("stuck", Integer, nullable=False),
    Column("stuck_cause", Text),
    Column("rescuable", Integer, nullable=False),
    Column("paused", Integer, nullable=False),
    Column("wait_until", BigInteger),
    Column("step", Text),
    Column("attempt", Integer, nullable=False),
    Column("crashes", Integer, nullable=False),
    Column("on_crash", Text, nullable=False),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("turn_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("killed_at", BigInteger),
    Column("timeout_at", BigInteger),
    Column("deadline_at", BigInteger),
    Column("retention", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("token", BigInteger, nullable=False),
    Column("key", Text),
    Column("generation", Integer, nullable=False),
    Column("previous_id", Text),
    Column("rank", Integer, comment="group it is iterated with; null when it is no candidate"),
    Column("wake_at", BigInteger, comment="becomes a candidate at this moment; null when it does not wait"),
    Column("parameters", Text, nullable=False),
    Column("store", Text, nullable=False),
    Column("reports", Text, nullable=False),
    Column("output", Text),
    Column("answer_schema", Text, comment="of the pause; null when it is not paused"),
    Column("restarted_as", Text, comment="id of its last restart; where it is null, no list reads on for it"),
    sqlite_autoincrement=True,  # a number names a lock, so it is never given twice
)

# Each index costs every claim and every result; these are what the engine and the lists cannot do without.
Index("process_id", process.c.id, unique=True)
Index("process_key", process.c.key, unique=True, sqlite_where=text("key IS NOT NULL"))
Index(
    "process_ready",
    process.c.code,
    process.c.rank,
    process.c.priority,
    process.c.turn_at,
    sqlite_where=text("rank IS NOT NULL"),
)
Index("process_wake", process.c.wake_at, sqlite_where=text("wake_at IS NOT NULL"))
Index("process_waiting", process.c.number, sqlite_where=text("wake_at IS NOT NULL"))
Index("process_handled", process.c.number, sqlite_where=text("handled = 1"))
Index("process_paused", process.c.number, sqlite_where=text("paused = 1"))
Index(  # of the columns of process_status, beside which the database would else not choose it
    "process_left_failed",
    process.c.status,
    process.c.number,
    sqlite_where=text("status = 'failed' AND restarted_as IS NULL"),
)
Index("process_restarted", process.c.number, process.c.status, sqlite_where=text("restarted_as IS NOT NULL"))
Index("process_status", process.c.status, process.c.number)
Index("process_code_status", process.c.code, process.c.status, process.c.number)
Index("process_expires", process.c.expires_at, sqlite_where=text("expires_at IS NOT NULL"))

event = Table(
    "event",
    metadata,
    Column("seq", _Number, primary_key=True),
    Column("process", _Number, comment="number of the process; null for events that concern all"),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    Column("step", Text),
    Column("attempt", Integer),
    Column("before", Text),
    Column("after", Text),
    sqlite_autoincrement=True,
)
Index("event_process", event.c.process, event.c.seq)
# What people did is rare among what workers do, and is looked for among all of it.
Index("event_act", event.c.seq, sqlite_where=text(IS_ACT))

step = Table(
    "step",
    metadata,
    Column("process", _Number, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("visit", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("output", Text),
    Column("error", Text),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    sqlite_with_rowid=False,
)

definition = Table(
    "definition",
    metadata,
    Column("code", Text, primary_key=True),
    Column("steps", Text, nullable=False),
    Column("on_crash", Text, nullable=False),
    Column("retention", BigInteger, nullable=False),
)

worker = Table(
    "worker",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("id", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("codes", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("stopped_at", BigInteger),
    Column("version", Text, comment="of jobboy; null where it was not written down"),
    sqlite_autoincrement=True,
)

log = Table(
    "log",
    metadata,
    Column("process", _Number, primary_key=True, autoincrement=False),
    Column("token", BigInteger, primary_key=True, autoincrement=False, comment="of the claim: names the turn"),
    Column("step", Text),
    Column("attempt", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("left_out", Integer, nullable=False, comment="lines before those that are kept"),
    Column("text", Text, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("code", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("n", BigInteger, nullable=False, comment="kept by triggers on process"),
    Column(
        "first",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="number of the process that brought the counters of its code",
    ),
    sqlite_with_rowid=False,
)

control = Table(
    "control",
    metadata,
    Column("name", Text, primary_key=True, comment="work: there while all work is paused"),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
)

schedule = Table(
    "schedule",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("parameters", Text, nullable=False),
    Column("cron", Text),
    Column("timezone", Text, nullable=False),
    Column("every", BigInteger),
    Column("missed", Text, nullable=False),
    Column("by_app", Integer, nullable=False),
    Column("paused", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("last_at", BigInteger),
    Column("looked_at", BigInteger, nullable=False),
    Column("anchor_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,  # its starts are found by it, so it is never given twice
)
Index("schedule_name", schedule.c.name, unique=True)

schedule_start = Table(
    "schedule_start",
    metadata,
    Column("schedule", _Number, primary_key=True, autoincrement=False),
    Column("due_at", BigInteger, primary_key=True, comment="unique for a schedule: the lock of its due times"),
    Column("process_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
