"""Statements of SQLAlchemy Core that are compiled once and then run on the driver's own cursor.

Building and compiling a statement costs several times what the database takes to run it, so it is done once for
each statement and dialect, never for each execution.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, bindparam, delete, exists, func, insert, literal_column, null, select, text, update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.expression import ClauseElement

from jobboy.storage import rows
from jobboy.storage.tables import (
    control,
    definition,
    event,
    meta,
    process,
    schedule,
    schedule_start,
    step,
    tally,
    worker,
)

MINE = "mine"
"""Suffix of parameters that would otherwise be called like a column that is written."""


class Prepared:
    """A statement that knows its text and the order of its parameters.

    Args:
        statement: with named parameters.
        columns: of an INSERT or UPDATE, the columns it writes, each from the parameter of its name.
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def bound(self, dialect: Dialect, values: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Return the SQL and its parameters in order, for these values."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, self._columns, dialect)
        parameters = compiled.in_order(values)
        if None not in parameters:
            return compiled.sql, parameters
        return compiled.with_nulls(parameters), [value for value in parameters if value is not None]


Picker = Callable[[Mapping[str, Any]], Sequence[Any]]
Row = tuple[Prepared, dict[str, Any]]
"""A statement with its values."""


@dataclass(frozen=True)
class _Compiled:
    sql: str
    in_order: Picker
    """Picks the parameters out of values by name."""
    variants: dict[tuple[bool, ...], str] = field(default_factory=dict)

    def with_nulls(self, parameters: Sequence[Any]) -> str:
        """Return the SQL with NULL written out where a parameter is None.

        Python's driver takes longer to hand over twenty times None than the database takes for the whole
        statement, and only a few of the patterns occur.
        """
        pattern = tuple([value is None for value in parameters])
        if pattern not in self.variants:
            pieces = self.sql.split("?")
            marks = ("NULL" if is_null else "?" for is_null in pattern)
            self.variants[pattern] = "".join(itertools.chain(*zip(pieces, marks, strict=False), pieces[-1:]))
        return self.variants[pattern]


def _compile(statement: ClauseElement, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
    given = set(columns or ())
    constants = {name: value for name, value in compiled.params.items() if name not in given and value is not None}
    return _Compiled(str(compiled), _picker(tuple(compiled.positiontup or ()), constants))


def _picker(names: Sequence[str], constants: Mapping[str, Any]) -> Picker:
    """Return what picks parameters out of values by name; constants stand for what is not given."""
    if len(names) > 1 and not constants:
        return operator.itemgetter(*names)
    return lambda values: [values[name] if name in values else constants[name] for name in names]


class Session:
    """Runs prepared statements on one cursor."""

    def __init__(self, cursor: DBAPICursor, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect

    @property
    def connection(self) -> Any:
        """The driver's connection."""
        return self._cursor.connection

    def write(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Run a statement and return how many rows it touched."""
        self._cursor.execute(*statement.bound(self._dialect, values))
        return self._cursor.rowcount

    def write_many(self, statement: Prepared, many: Iterable[dict[str, Any]]) -> None:
        """Run a statement for many rows in the given order; neighbours that lack the same values go together."""
        self.write_all((statement, values) for values in many)

    def write_all(self, rows: Iterable[Row]) -> None:
        """Run statements in the given order; neighbours that come to the same text go together."""
        bound = (statement.bound(self._dialect, values) for statement, values in rows)
        for sql, group in itertools.groupby(bound, key=operator.itemgetter(0)):
            self._cursor.executemany(sql, [parameters for _, parameters in group])

    def one(self, statement: Prepared, values: Mapping[str, Any] | None = None) -> Any:
        """Run a statement and return its first row, None when there is none."""
        rows = self.all(statement, values)
        return rows[0] if rows else None

    def all(self, statement: Prepared, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Run a statement and return all its rows; nothing stays open."""
        self._cursor.execute(*statement.bound(self._dialect, values or {}))
        return list(self._cursor.fetchall())


def columns_of(names: Sequence[str]) -> list[Any]:
    """Return columns of the process table by name."""
    return [process.c[name] for name in names]


@lru_cache(maxsize=4096)  # of the patterns of changed columns, a few dozen occur
def guarded_update(names: tuple[str, ...]) -> Prepared:
    """Write columns of a process only while its token is the one that was seen."""
    mine = update(process).where(
        process.c.number == bindparam(f"number_{MINE}"), process.c.token == bindparam(f"token_{MINE}")
    )
    return Prepared(mine, names)


AT_ONCE = (1, 8, 64)
"""How many rows a statement asks for by number, so that a few texts serve any count."""


def by_numbers(
    statements: Mapping[int, Prepared], numbers: Sequence[int]
) -> Iterator[tuple[Prepared, dict[str, int]]]:
    """Yield statements with their parameters that together ask for all these numbers.

    Places that are left over repeat a number, which asks for nothing more.
    """
    for start in range(0, len(numbers), AT_ONCE[-1]):
        some = numbers[start : start + AT_ONCE[-1]]
        size = next(size for size in AT_ONCE if size >= len(some))
        places = itertools.islice(itertools.cycle(some), size)
        yield statements[size], {f"number_{place}": number for place, number in enumerate(places)}


def _for_numbers(statement: Any) -> dict[int, Prepared]:
    return {
        size: Prepared(statement.where(process.c.number.in_([bindparam(f"number_{place}") for place in range(size)])))
        for size in AT_ONCE
    }


# --- writing a process -----------------------------------------------------------------------------------------

INSERT_PROCESS = Prepared(
    insert(process).returning(process.c.number),
    [*(name for name in rows.WHOLE if name != "number"), "rank", "wake_at"],
)
INSERT_PROCESSES = Prepared(insert(process), [*(name for name in rows.WHOLE if name != "number"), "rank", "wake_at"])
NUMBERS_OF = Prepared(
    select(process.c.id, process.c.number).where(process.c.id.between(bindparam("first"), bindparam("last")))
)
SEEN = _for_numbers(select(process.c.number, process.c.token, process.c.status, process.c.killed_at))
INSERT_EVENT = Prepared(
    insert(event),
    ["process", "at", "kind", "actor", "reason", "step", "attempt", "before", "after"],
)
RECORD_STEP = Prepared(
    text(
        "INSERT INTO step (process, name, visit, position, status, attempts, output, error, started_at, ended_at)"
        " VALUES (:process, :name, :visit, :position, :status, :attempts, :output, :error, :started_at, :ended_at)"
        " ON CONFLICT (process, name, visit) DO UPDATE SET position = excluded.position,"
        " status = excluded.status, attempts = excluded.attempts, output = excluded.output,"
        " error = excluded.error, started_at = excluded.started_at, ended_at = excluded.ended_at"
        " WHERE step.status <> 'completed'"
    )
)

# --- claiming --------------------------------------------------------------------------------------------------

# Limits of statements that run all the time are written out: SQLite plans anew whenever a bound one is given.
_due = process.c.wake_at <= bindparam("now")
_work_is_paused = select(control.c.name).where(control.c.name == literal_column("'work'"))
SITUATION = Prepared(select(exists(_work_is_paused), exists(select(process.c.number).where(_due))))
"""Whether all work is paused, and whether anybody has waited long enough."""
WAKE = Prepared(
    update(process)
    .where(
        process.c.number.in_(
            select(process.c.number).where(_due).order_by(process.c.wake_at).limit(literal_column("500"))
        )
    )
    .values(
        rank=text("CASE status WHEN 'failing' THEN 2 WHEN 'ending' THEN 3 WHEN 'running' THEN 4 ELSE 5 END"),
        wake_at=text("NULL"),
        wait_until=text("NULL"),
    )
)
"""At most so many at once: thousands with the same moment must not make others wait for one claim."""
CLAIM = _for_numbers(
    update(process).values(
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
"""The rule of `Process.claimed`, but for those that are failing."""
_ready = process.c.rank.is_not(None)
READY_CODE_AFTER = Prepared(
    select(process.c.code)
    .where(process.c.code > bindparam("after"), _ready)
    .order_by(process.c.code)
    .limit(literal_column("1"))
)
_in_turn = (process.c.rank, process.c.priority, process.c.turn_at, process.c.number)
READY = {
    size: Prepared(
        select(*_in_turn)
        .where(process.c.code == bindparam("code"), _ready)
        .order_by(*_in_turn)
        .limit(literal_column(str(size)))
        .offset(bindparam("offset"))
    )
    for size in (8, 65)
}
"""Candidates of a code, by how many are read at once: a few for one claim, a hand and one more for many."""

# --- reading ---------------------------------------------------------------------------------------------------

_whole = select(*columns_of(rows.WHOLE))
BY_NUMBER = Prepared(_whole.where(process.c.number == bindparam("number")))
BY_ID = Prepared(_whole.where(process.c.id == bindparam("id")))
BY_KEY = Prepared(_whole.where(process.c.key == bindparam("key")))
LOAD = _for_numbers(_whole)
HANDLED = Prepared(
    select(*columns_of(rows.SUMMARY)).where(process.c.handled == literal_column("1")).order_by(process.c.number)
)
NUMBER_FROM = Prepared(
    select(process.c.number).where(process.c.id >= bindparam("id")).order_by(process.c.id).limit(literal_column("1"))
)
IDS_FROM = Prepared(
    select(process.c.id)
    .where(process.c.id >= bindparam("part"), process.c.id < bindparam("end"))
    .order_by(process.c.id.desc())
    .limit(bindparam("limit"))
)
IDS_WITH = Prepared(
    select(process.c.id)
    .where(process.c.id.like(bindparam("pattern")))
    .order_by(process.c.id.desc())
    .limit(bindparam("limit"))
)
STEPS = Prepared(
    select(
        step.c.name, step.c.visit, step.c.position, step.c.status, step.c.attempts,
        step.c.output, step.c.error, step.c.started_at, step.c.ended_at,
    )
    .where(step.c.process == bindparam("number"))
    .order_by(step.c.position, step.c.visit)
)  # fmt: skip
LAST_SEQ = Prepared(select(func.max(event.c.seq)))
TALLY = Prepared(select(tally.c.code, tally.c.status, tally.c.n).where(tally.c.n > literal_column("0")))

# --- definitions, workers, control -----------------------------------------------------------------------------

DEFINITION = Prepared(
    select(definition.c.code, definition.c.steps, definition.c.on_crash, definition.c.retention).where(
        definition.c.code == bindparam("code")
    )
)
REMEMBER = Prepared(
    text(
        "INSERT INTO definition (code, steps, on_crash, retention) VALUES (:code, :steps, :on_crash, :retention)"
        " ON CONFLICT (code) DO UPDATE SET steps = excluded.steps, on_crash = excluded.on_crash,"
        " retention = excluded.retention"
    )
)
INSERT_WORKER = Prepared(
    insert(worker).returning(worker.c.number), [column.name for column in worker.c if column.name != "number"]
)
END_WORKER = Prepared(
    update(worker).where(worker.c.number == bindparam(f"number_{MINE}")),
    ["stopped_at"],
)
WORKERS = Prepared(select(*worker.c).order_by(worker.c.number.desc()).limit(bindparam("limit")))
FORGET_WORKER = Prepared(delete(worker).where(worker.c.number == bindparam("number")))
WORK_PAUSE = Prepared(
    select(control.c.at, control.c.actor, control.c.reason).where(control.c.name == literal_column("'work'"))
)
PAUSE_WORK = Prepared(insert(control), ["name", "at", "actor", "reason"])
RESUME_WORK = Prepared(delete(control).where(control.c.name == literal_column("'work'")))
DATABASE_UUID = Prepared(select(meta.c.value).where(meta.c.name == literal_column("'database_uuid'")))

# --- keeping house ---------------------------------------------------------------------------------------------

_now: Any = bindparam("now")
_expired = process.c.expires_at <= _now
EXPIRED = Prepared(
    select(process.c.number)
    .where(_expired, process.c.handled == literal_column("0"))
    .order_by(process.c.expires_at)
    .limit(bindparam("limit"))
)
COUNT_EXPIRED = Prepared(select(func.count()).select_from(process).where(_expired))
COUNT_EXPIRED_HELD = Prepared(
    select(func.count())
    .select_from(process)
    .where(process.c.handled == literal_column("1"), func.coalesce(process.c.expires_at, bindparam("never")) <= _now)
)
OLDEST = Prepared(
    select(process.c.number, process.c.created_at, process.c.ended_at, process.c.handled)
    .where(process.c.number > bindparam("after"))
    .order_by(process.c.number)
    .limit(bindparam("limit"))
)
DELETE_ENDED = Prepared(
    delete(process).where(
        process.c.number == bindparam("number"),
        process.c.handled == literal_column("0"),
        process.c.ended_at.is_not(None),
    )
)
DELETE_STEPS = Prepared(delete(step).where(step.c.process == bindparam("number")))
DELETE_EVENTS = Prepared(delete(event).where(event.c.process == bindparam("number")))

# --- schedules -------------------------------------------------------------------------------------------------

_SCHEDULE_STATE = [column.name for column in schedule.c if column.name not in ("number", "name", "created_at")]
SCHEDULES = Prepared(select(*schedule.c).order_by(schedule.c.name))
SCHEDULE = Prepared(select(*schedule.c).where(schedule.c.name == bindparam("name")))
INSERT_SCHEDULE = Prepared(
    insert(schedule).returning(schedule.c.number), [column.name for column in schedule.c if column.name != "number"]
)
UPDATE_SCHEDULE = Prepared(update(schedule).where(schedule.c.number == bindparam(f"number_{MINE}")), _SCHEDULE_STATE)
DELETE_SCHEDULE = Prepared(delete(schedule).where(schedule.c.number == bindparam("number")))
DELETE_SCHEDULE_STARTS = Prepared(delete(schedule_start).where(schedule_start.c.schedule == bindparam("number")))
START_ONCE = Prepared(
    text(
        "INSERT INTO schedule_start (schedule, due_at, process_id, at) VALUES (:schedule, :due_at, :process_id, :at)"
        " ON CONFLICT (schedule, due_at) DO NOTHING"
    )
)
SCHEDULE_STARTS = Prepared(
    select(schedule_start.c.due_at, schedule_start.c.process_id, schedule_start.c.at)
    .where(schedule_start.c.schedule == bindparam("number"))
    .order_by(schedule_start.c.due_at.desc())
    .limit(bindparam("limit"))
)
FORGET_STARTS = Prepared(
    delete(schedule_start).where(
        schedule_start.c.schedule == bindparam("number"), schedule_start.c.due_at < bindparam("before")
    )
)
