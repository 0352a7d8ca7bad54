"""The statements this package runs, by name, and how they are run: on the driver's own cursor.

What each says stands under the same name in `jobboy.storage.expressions`; nothing here loads SQLAlchemy unless a
statement has to be compiled.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jobboy.storage import rows, texts
from jobboy.storage.shapes import Shape
from jobboy.storage.texts import Prepared, Text

MINE = "mine"
"""Suffix of parameters that would otherwise be called like a column that is written."""
AT_ONCE = (1, 8, 64)
"""How many rows a statement asks for by number, so that a few texts serve any count."""
_PLACES = {size: [f"number_{place}" for place in range(size)] for size in AT_ONCE}
"""The names of their parameters."""
HANDS = (8, 65)
"""How many candidates of a code are read at once: a few for one claim, a hand and one more for many."""
TURNS_AT_ONCE = 2000
"""How many get another place in the queue at once."""
CHANGED = (*rows.CHANGEABLE, "rank", "wake_at")
"""The columns of a process that are ever written again."""

Row = tuple[Prepared, dict[str, Any]]
"""A statement with its values."""


class Session:
    """Runs prepared statements on one cursor.

    Args:
        cursor: of the driver.
        dialect: the kind of its database, such as ``sqlite``.
    """

    def __init__(self, cursor: Any, dialect: str) -> None:
        self._cursor = cursor
        self._dialect = dialect

    @property
    def connection(self) -> Any:
        """The driver's connection."""
        return self._cursor.connection

    def write(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Run a statement and return how many rows it touched."""
        self._cursor.execute(*statement.bound(self._dialect, values))
        return int(self._cursor.rowcount)

    def insert(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Write a row and return the number that the database gave it."""
        self._cursor.execute(*statement.bound(self._dialect, values))
        return int(self._cursor.lastrowid)

    def write_many(self, statement: Prepared, many: Iterable[dict[str, Any]]) -> None:
        """Run a statement for many rows in the given order; neighbours that lack the same values go together."""
        self.write_all((statement, values) for values in many)

    def write_all(self, rows: Iterable[Row]) -> int:
        """Run statements in the given order and return how many rows they touched.

        Neighbours that come to the same text go together.
        """
        bound = (statement.bound(self._dialect, values) for statement, values in rows)
        touched = 0
        for sql, group in itertools.groupby(bound, key=operator.itemgetter(0)):
            self._cursor.executemany(sql, [parameters for _, parameters in group])
            touched += self._cursor.rowcount
        return touched

    def run(self, statement: Prepared, parameters: Sequence[Any]) -> int:
        """Run a statement with its parameters in order, none of them None; returns the number of the last row."""
        self._cursor.execute(statement.text(self._dialect).sql, parameters)
        return int(self._cursor.lastrowid)

    def one(self, statement: Prepared, values: Mapping[str, Any] | None = None) -> Any:
        """Run a statement and return its first row, None when there is none."""
        rows = self.all(statement, values)
        return rows[0] if rows else None

    def all(self, statement: Prepared, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Run a statement and return all its rows; nothing stays open."""
        self._cursor.execute(*statement.bound(self._dialect, values or {}))
        return list(self._cursor.fetchall())


def _named(name: str) -> Prepared:
    """Return a statement whose text was written at release time."""
    return Prepared(lambda dialect: texts.written(dialect)[name])


def _family(name: str, members: Iterable[int]) -> dict[int, Prepared]:
    return {member: _named(f"{name} {member}") for member in members}


def by_numbers(
    statements: Mapping[int, Prepared], numbers: Sequence[int]
) -> Iterator[tuple[Prepared, dict[str, int]]]:
    """Yield statements with their parameters that together ask for all these numbers.

    Places that are left over repeat a number, which asks for nothing more.
    """
    if len(numbers) == 1:  # nearly always, but for hands
        yield statements[1], {"number_0": numbers[0]}
        return
    for start in range(0, len(numbers), AT_ONCE[-1]):
        some = numbers[start : start + AT_ONCE[-1]]
        size = next(size for size in AT_ONCE if size >= len(some))
        yield statements[size], dict(zip(_PLACES[size], itertools.cycle(some), strict=False))


# --- writing a process -----------------------------------------------------------------------------------------

INSERT_PROCESS = _named("INSERT_PROCESS")
SEEN = _family("SEEN", AT_ONCE)
INSERT_EVENT = _named("INSERT_EVENT")
INSERT_STARTED = _named("INSERT_STARTED")
"""The event of each process from a number on, all the same but for the process."""
RECORD_STEP = _named("RECORD_STEP")
UPDATE_PROCESS = _named("UPDATE_PROCESS")
UPDATE_AS_CLAIMED = _named("UPDATE_AS_CLAIMED")


def inserting(columns: tuple[str, ...], *, own: int, rows: int) -> Prepared:
    """Write columns of so many new processes, of which the last ones are each one's own, and give the rest once."""
    return Prepared(lambda dialect: INSERT_PROCESS.text(dialect).inserting(columns, own=own, rows=rows))


@functools.lru_cache(maxsize=4096)  # of the patterns of changed columns, a few dozen occur
def guarded_update(names: tuple[str, ...]) -> Prepared:
    """Write columns of a process only while its token is the one that was seen."""
    return Prepared(lambda dialect: UPDATE_PROCESS.text(dialect).writing(names))


@functools.lru_cache(maxsize=4096)
def update_as_claimed(names: tuple[str, ...]) -> Prepared:
    """Write columns of a process only while token, status and kill are as they were at its claim."""
    return Prepared(lambda dialect: UPDATE_AS_CLAIMED.text(dialect).writing(names))


# --- claiming --------------------------------------------------------------------------------------------------

SITUATION = _named("SITUATION")
"""Whether all work is paused, and whether anybody has waited long enough."""
WAKE = _named("WAKE")
PUT_IN_TURN = _named("PUT_IN_TURN")
"""Those whose place in the queue is a moment still to come."""
END_WAITS = _named("END_WAITS")
"""Of those that began to wait at a moment still to come, and not for long."""
CLAIM = _family("CLAIM", AT_ONCE)
"""The rule of `Process.claimed`, but for those that are failing."""
READY_CODE_AFTER = _named("READY_CODE_AFTER")
READY_CODES = _named("READY_CODES")
"""Those of the given codes that have candidates."""
READY = _family("READY", HANDS)
"""Candidates of a code, by how many are read at once."""

# --- reading ---------------------------------------------------------------------------------------------------

BY_NUMBER = _named("BY_NUMBER")
BY_ID = _named("BY_ID")
BY_KEY = _named("BY_KEY")
LOAD = _family("LOAD", AT_ONCE)
HANDLED = _named("HANDLED")
NUMBER_FROM = _named("NUMBER_FROM")
IDS_FROM = _named("IDS_FROM")
IDS_WITH = _named("IDS_WITH")
STEPS = _named("STEPS")
EVENTS = _named("EVENTS")
NEWEST_EVENTS = _named("NEWEST_EVENTS")
EVENTS_OF_ONE = _named("EVENTS_OF_ONE")
NEWEST_EVENTS_OF_ONE = _named("NEWEST_EVENTS_OF_ONE")
LAST_SEQ = _named("LAST_SEQ")
TALLY = _named("TALLY")
ENDINGS = _named("ENDINGS")
MARKED = _named("MARKED")


@functools.lru_cache(maxsize=256)
def listing(shape: Shape) -> Prepared:
    """Return the statement for a page of this shape."""
    return Prepared(functools.partial(_of_shape, "page", shape))


@functools.lru_cache(maxsize=256)
def counting(shape: Shape) -> Prepared:
    """Return the statement that counts, up to a limit, what has this shape."""
    return Prepared(functools.partial(_of_shape, "count", shape))


def _of_shape(question: str, shape: Shape, dialect: str) -> Text:
    """Return what was written for a shape that many ask for; any other is compiled now."""
    text = texts.written(dialect).get(f"{question} {shape}")
    if text is None:
        from jobboy.storage import compiling

        text = compiling.of_shape(question, shape, dialect)
    return text


# --- definitions, workers, control -----------------------------------------------------------------------------

DEFINITION = _named("DEFINITION")
DEFINED_CODES = _named("DEFINED_CODES")
REMEMBER = _named("REMEMBER")
INSERT_WORKER = _named("INSERT_WORKER")
END_WORKER = _named("END_WORKER")
WORKERS = _named("WORKERS")
FORGET_WORKER = _named("FORGET_WORKER")
WORK_PAUSE = _named("WORK_PAUSE")
PAUSE_WORK = _named("PAUSE_WORK")
RESUME_WORK = _named("RESUME_WORK")
DATABASE_UUID = _named("DATABASE_UUID")

# --- keeping house ---------------------------------------------------------------------------------------------

EXPIRED = _named("EXPIRED")
COUNT_EXPIRED = _named("COUNT_EXPIRED")
COUNT_EXPIRED_HELD = _named("COUNT_EXPIRED_HELD")
OLDEST = _named("OLDEST")
DELETE_ENDED = _named("DELETE_ENDED")
DELETE_STEPS = _named("DELETE_STEPS")
DELETE_EVENTS = _named("DELETE_EVENTS")
STRIP_ACTS = _named("STRIP_ACTS")

# --- what turns say --------------------------------------------------------------------------------------------

KEEP_LOG = _named("KEEP_LOG")
FORGET_OLD_LOGS = _named("FORGET_OLD_LOGS")
DELETE_LOGS = _named("DELETE_LOGS")
LOGS = _named("LOGS")

# --- schedules -------------------------------------------------------------------------------------------------

SCHEDULES = _named("SCHEDULES")
SCHEDULE = _named("SCHEDULE")
INSERT_SCHEDULE = _named("INSERT_SCHEDULE")
UPDATE_SCHEDULE = _named("UPDATE_SCHEDULE")
DELETE_SCHEDULE = _named("DELETE_SCHEDULE")
DELETE_SCHEDULE_STARTS = _named("DELETE_SCHEDULE_STARTS")
START_ONCE = _named("START_ONCE")
SCHEDULE_STARTS = _named("SCHEDULE_STARTS")
FORGET_STARTS = _named("FORGET_STARTS")
