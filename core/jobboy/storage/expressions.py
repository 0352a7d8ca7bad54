"""The statements of this package in SQLAlchemy Core: what is compiled at release time and run by `statements`.

Nothing here is loaded while processes are worked on, unless something has to be compiled: see `texts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, insert, literal_column, null, select, text, update
from sqlalchemy.sql.expression import ClauseElement

from jobboy.model import logs
from jobboy.storage import rows, statements, tables
from jobboy.storage.tables import (
    control,
    definition,
    event,
    log,
    meta,
    process,
    schedule,
    schedule_start,
    step,
    tally,
    worker,
)


class Writing(NamedTuple):
    """An INSERT or UPDATE."""

    clause: ClauseElement
    columns: Sequence[str]
    """What it writes, each column from the parameter of its name."""


no_offset: Any = literal_column("0")
"""Beside each limit: where nothing is said, SQLAlchemy hands over a 0 with every execution."""


def columns_of(names: Sequence[str]) -> list[Any]:
    """Return columns of the process table by name."""
    return [process.c[name] for name in names]


def _for_numbers(statement: Any) -> dict[int, Any]:
    return {
        size: statement.where(process.c.number.in_([bindparam(f"number_{place}") for place in range(size)]))
        for size in statements.AT_ONCE
    }


# --- writing a process -----------------------------------------------------------------------------------------


def _or_fail(statement: Any) -> Any:
    """Return what fails without taking back what it did before: the transaction it is part of is rolled back.

    To be able to take it back, SQLite would copy every page before it is written, anew for each row.
    """
    return statement.prefix_with("OR FAIL", dialect="sqlite")


INSERT_PROCESS = Writing(
    _or_fail(insert(process)),
    [*rows.NEW_COLUMNS, "rank", "wake_at"],
)
SEEN = _for_numbers(select(process.c.number, process.c.token, process.c.status, process.c.killed_at))
INSERT_EVENT = Writing(
    insert(event), ["process", "at", "kind", "actor", "reason", "step", "attempt", "before", "after"]
)
_told = ("at", "kind", "actor", "after")
INSERT_STARTED = _or_fail(
    insert(event).from_select(
        ["process", *_told],
        select(process.c.number, *map(bindparam, _told))
        .where(process.c.number >= bindparam("first"))
        .order_by(process.c.number),
    )
)
RECORD_STEP = text(
    "INSERT INTO step (process, name, visit, position, status, attempts, output, error, started_at, ended_at)"
    " VALUES (:process, :name, :visit, :position, :status, :attempts, :output, :error, :started_at, :ended_at)"
    " ON CONFLICT (process, name, visit) DO UPDATE SET position = excluded.position,"
    " status = excluded.status, attempts = excluded.attempts, output = excluded.output,"
    " error = excluded.error, started_at = excluded.started_at, ended_at = excluded.ended_at"
    " WHERE step.status <> 'completed'"
)

_guarded = _or_fail(update(process)).where(
    process.c.number == bindparam(f"number_{statements.MINE}"),
    process.c.token == bindparam(f"token_{statements.MINE}"),
)
UPDATE_PROCESS = Writing(_guarded, statements.CHANGED)
UPDATE_AS_CLAIMED = Writing(
    _guarded.where(process.c.status == bindparam(f"status_{statements.MINE}"), process.c.killed_at.is_(None)),
    statements.CHANGED,
)

# --- claiming --------------------------------------------------------------------------------------------------

# Limits of statements that run all the time are written out: SQLite plans anew whenever a bound one is given.
_due = process.c.wake_at <= bindparam("now")
_work_is_paused = select(control.c.name).where(control.c.name == literal_column("'work'"))
SITUATION = select(exists(_work_is_paused), exists(select(process.c.number).where(_due)))
# At most so many at once: thousands with the same moment must not make others wait for one claim.
WAKE = (
    update(process)
    .where(
        process.c.number.in_(
            select(process.c.number)
            .where(_due)
            .order_by(process.c.wake_at)
            .limit(literal_column("500"))
            .offset(no_offset)
        )
    )
    .values(
        rank=text("CASE status WHEN 'failing' THEN 2 WHEN 'ending' THEN 3 WHEN 'running' THEN 4 ELSE 5 END"),
        wake_at=text("NULL"),
        wait_until=text("NULL"),
    )
)
PUT_IN_TURN = (
    update(process)
    .where(
        process.c.number.in_(
            select(process.c.number)
            .where(process.c.rank.is_not(None), process.c.turn_at > bindparam("now"))
            .limit(literal_column(str(statements.TURNS_AT_ONCE)))
            .offset(no_offset)
        )
    )
    .values(turn_at=bindparam("now"))
)
END_WAITS = (
    update(process)
    .where(
        process.c.number.in_(
            select(process.c.number)
            .where(process.c.wake_at > bindparam("now"), process.c.turn_at > bindparam("now"))
            .where(process.c.wake_at - process.c.turn_at <= bindparam("longest"))
            .limit(literal_column(str(statements.TURNS_AT_ONCE)))
            .offset(no_offset)
        )
    )
    .values(turn_at=bindparam("now"), wake_at=bindparam("now"), wait_until=bindparam("now"))
)
CLAIM = _for_numbers(
    _or_fail(update(process)).values(
        token=process.c.token + literal_column("1"),
        attempt=process.c.attempt + literal_column("1"),
        handled=literal_column("1"),
        handled_at=bindparam("handled_at"),
        handled_by=bindparam("handled_by"),
        stuck=literal_column("0"),
        rescuable=literal_column("0"),
        deadline_at=null(),
        updated_at=bindparam("updated_at"),
        rank=null(),
        wake_at=null(),
    )
)
_ready = process.c.rank.is_not(None)
READY_CODE_AFTER = (
    select(process.c.code)
    .where(process.c.code > bindparam("after"), _ready)
    .order_by(process.c.code)
    .limit(literal_column("1"))
    .offset(no_offset)
)
_wanted = func.json_each(bindparam("codes")).table_valued("value")
READY_CODES = select(_wanted.c.value).where(
    exists(select(process.c.number).where(process.c.code == _wanted.c.value, _ready))
)
_in_turn = (process.c.rank, process.c.priority, process.c.turn_at, process.c.number)
READY = {
    size: (
        select(*_in_turn)
        .where(process.c.code == bindparam("code"), _ready)
        .order_by(*_in_turn)
        .limit(literal_column(str(size)))
        .offset(bindparam("offset"))
    )
    for size in statements.HANDS
}

# --- reading ---------------------------------------------------------------------------------------------------

_whole = select(*columns_of(rows.WHOLE))
BY_NUMBER = _whole.where(process.c.number == bindparam("number"))
BY_ID = _whole.where(process.c.id == bindparam("id"))
BY_KEY = _whole.where(process.c.key == bindparam("key"))
LOAD = _for_numbers(_whole)
HANDLED = select(*columns_of(rows.SUMMARY)).where(process.c.handled == literal_column("1")).order_by(process.c.number)
NUMBER_FROM = (
    select(process.c.number)
    .where(process.c.id >= bindparam("id"))
    .order_by(process.c.id)
    .limit(literal_column("1"))
    .offset(no_offset)
)
IDS_FROM = (
    select(process.c.id)
    .where(process.c.id >= bindparam("part"), process.c.id < bindparam("end"))
    .order_by(process.c.id.desc())
    .limit(bindparam("limit"))
    .offset(no_offset)
)
IDS_WITH = (
    select(process.c.id)
    .where(process.c.id.like(bindparam("pattern")))
    .order_by(process.c.id.desc())
    .limit(bindparam("limit"))
    .offset(no_offset)
)
STEPS = (
    select(
        step.c.name, step.c.visit, step.c.position, step.c.status, step.c.attempts,
        step.c.output, step.c.error, step.c.started_at, step.c.ended_at,
    )
    .where(step.c.process == bindparam("number"))
    .order_by(step.c.position, step.c.visit)
)  # fmt: skip
_removal = event.alias("removal")
_id_of_removed = (
    select(func.json_extract(_removal.c.before, literal_column("'$.id'")))
    .where(_removal.c.process == event.c.process, _removal.c.kind == literal_column("'pruned'"))
    .scalar_subquery()
)
"""The line of its removal stays with what operators did to it, and tells whose it was; see decision 19."""
_events = (
    select(
        event.c.seq, func.coalesce(process.c.id, _id_of_removed).label("id"), event.c.at, event.c.kind, event.c.actor,
        event.c.reason, event.c.step, event.c.attempt, event.c.before, event.c.after,
    )
    .select_from(event.outerjoin(process, process.c.number == event.c.process))
    .where(event.c.seq > bindparam("after"), event.c.seq < bindparam("before"))
    .limit(bindparam("limit")).offset(no_offset)
)  # fmt: skip
_events_of_one = _events.where(event.c.process == bindparam("number"))
EVENTS, EVENTS_OF_ONE = (found.order_by(event.c.seq) for found in (_events, _events_of_one))
NEWEST_EVENTS, NEWEST_EVENTS_OF_ONE = (found.order_by(event.c.seq.desc()) for found in (_events, _events_of_one))
LAST_SEQ = select(func.max(event.c.seq))
TALLY = select(tally.c.code, tally.c.status, tally.c.n).where(tally.c.n > literal_column("0"))


def _number_of(*conditions: Any) -> Any:
    return select(func.count()).select_from(process).where(*conditions).scalar_subquery()


# Marks are compared as their indexes do, which is how the database knows that one answers.
_newest_ended = (
    select(process.c.ended_at)
    .where(process.c.status == bindparam("status"))
    .order_by(process.c.number.desc())
    .limit(bindparam("limit"))
    .offset(no_offset)
    .subquery()
)
_minute = _newest_ended.c.ended_at.op("/")(literal_column("60000000"))
ENDINGS = (
    select(_minute, func.count(), func.min(_newest_ended.c.ended_at))
    .where(_newest_ended.c.ended_at >= bindparam("since"))
    .group_by(_minute)
)
"""By minute, of the processes of a status that were started last."""
MARKED = select(
    _number_of(text("handled = 1")),
    _number_of(text("handled = 1"), text("stuck = 1")),
    _number_of(text("paused = 1")),
    _number_of(process.c.wake_at > bindparam("now")),
    _number_of(text("restarted_as IS NOT NULL"), text("status || '' = 'failed'")),
)

# --- definitions, workers, control -----------------------------------------------------------------------------

DEFINITION = select(definition.c.code, definition.c.steps, definition.c.on_crash, definition.c.retention).where(
    definition.c.code == bindparam("code")
)
DEFINED_CODES = select(definition.c.code).order_by(definition.c.code)
REMEMBER = text(
    "INSERT INTO definition (code, steps, on_crash, retention) VALUES (:code, :steps, :on_crash, :retention)"
    " ON CONFLICT (code) DO UPDATE SET steps = excluded.steps, on_crash = excluded.on_crash,"
    " retention = excluded.retention"
)
INSERT_WORKER = Writing(insert(worker), [column.name for column in worker.c if column.name != "number"])
END_WORKER = Writing(update(worker).where(worker.c.number == bindparam(f"number_{statements.MINE}")), ["stopped_at"])
WORKERS = select(*worker.c).order_by(worker.c.number.desc()).limit(bindparam("limit")).offset(no_offset)
FORGET_WORKER = delete(worker).where(worker.c.number == bindparam("number"))
WORK_PAUSE = select(control.c.at, control.c.actor, control.c.reason).where(control.c.name == literal_column("'work'"))
PAUSE_WORK = Writing(insert(control), ["name", "at", "actor", "reason"])
RESUME_WORK = delete(control).where(control.c.name == literal_column("'work'"))
DATABASE_UUID = select(meta.c.value).where(meta.c.name == literal_column("'database_uuid'"))

# --- keeping house ---------------------------------------------------------------------------------------------

_now: Any = bindparam("now")
_expired = process.c.expires_at <= _now
EXPIRED = (
    select(process.c.number)
    .where(_expired, process.c.handled == literal_column("0"))
    .order_by(process.c.expires_at)
    .limit(bindparam("limit"))
    .offset(no_offset)
)
COUNT_EXPIRED = select(func.count()).select_from(process).where(_expired)
COUNT_EXPIRED_HELD = (
    select(func.count())
    .select_from(process)
    .where(process.c.handled == literal_column("1"), func.coalesce(process.c.expires_at, bindparam("never")) <= _now)
)
OLDEST = (
    select(process.c.number, process.c.created_at, process.c.ended_at, process.c.handled)
    .where(process.c.number > bindparam("after"))
    .order_by(process.c.number)
    .limit(bindparam("limit"))
    .offset(no_offset)
)
DELETE_ENDED = (
    delete(process)
    .where(
        process.c.number == bindparam("number"),
        process.c.handled == literal_column("0"),
        process.c.ended_at.is_not(None),
    )
    .returning(process.c.id, process.c.code, process.c.status)
)
DELETE_STEPS = delete(step).where(step.c.process == bindparam("number"))
DELETE_EVENTS = delete(event).where(event.c.process == bindparam("number"), text(f"NOT ({tables.OUTLIVES})"))
STRIP_ACTS = text(
    "UPDATE event SET \"before\" = json_remove(\"before\", '$.store', '$.reports', '$.output'),"
    " \"after\" = json_remove(\"after\", '$.store', '$.reports', '$.output') WHERE process = :number"
)
"""Documents go with their process, and with what remains of its history."""

# --- what turns say --------------------------------------------------------------------------------------------

KEEP_LOG = text(
    "INSERT INTO log (process, token, step, attempt, at, left_out, text)"
    " SELECT :process, :token, :step, :attempt, :at, :left_out, :text FROM process"
    " WHERE number = :process AND token = :token"
    " ON CONFLICT (process, token) DO UPDATE SET at = excluded.at, left_out = excluded.left_out,"
    " text = excluded.text"
)
"""Only while the token of the turn is the process's."""
FORGET_OLD_LOGS = text(
    "DELETE FROM log WHERE process = :process AND token <="
    f" (SELECT token FROM log WHERE process = :process ORDER BY token DESC LIMIT 1 OFFSET {logs.MOST_TURNS})"
)
DELETE_LOGS = delete(log).where(log.c.process == bindparam("number"))
LOGS = (
    select(log.c.token, log.c.step, log.c.attempt, log.c.at, log.c.left_out, log.c.text)
    .where(log.c.process == bindparam("number"), log.c.token >= bindparam("from_token"))
    .order_by(log.c.token.desc())
    .limit(bindparam("limit"))
    .offset(no_offset)
)

# --- schedules -------------------------------------------------------------------------------------------------

_schedule_state = [column.name for column in schedule.c if column.name not in ("number", "name", "created_at")]
SCHEDULES = select(*schedule.c).order_by(schedule.c.name)
SCHEDULE = select(*schedule.c).where(schedule.c.name == bindparam("name"))
INSERT_SCHEDULE = Writing(insert(schedule), [column.name for column in schedule.c if column.name != "number"])
UPDATE_SCHEDULE = Writing(
    update(schedule).where(schedule.c.number == bindparam(f"number_{statements.MINE}")), _schedule_state
)
DELETE_SCHEDULE = delete(schedule).where(schedule.c.number == bindparam("number"))
DELETE_SCHEDULE_STARTS = delete(schedule_start).where(schedule_start.c.schedule == bindparam("number"))
START_ONCE = text(
    "INSERT INTO schedule_start (schedule, due_at, process_id, at) VALUES (:schedule, :due_at, :process_id, :at)"
    " ON CONFLICT (schedule, due_at) DO NOTHING"
)
SCHEDULE_STARTS = (
    select(schedule_start.c.due_at, schedule_start.c.process_id, schedule_start.c.at)
    .where(schedule_start.c.schedule == bindparam("number"))
    .order_by(schedule_start.c.due_at.desc())
    .limit(bindparam("limit"))
    .offset(no_offset)
)
FORGET_STARTS = delete(schedule_start).where(
    schedule_start.c.schedule == bindparam("number"), schedule_start.c.due_at < bindparam("before")
)
