"""Lists and counts, each served by an index however many processes there are.

A list of several statuses or codes merges one run through the index for each pair, so that it reads no more rows than
it returns; it never sorts what it found. Statements depend only on the shape of a question and are kept.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, text, union_all

from jobboy.model.identifiers import first_id
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import Counts, Page, Selection
from jobboy.model.status import ProcessStatus
from jobboy.storage import rows, statements
from jobboy.storage.statements import Prepared, Session, columns_of
from jobboy.storage.tables import process

Edge = Literal["newest", "below", "above"]
"""Where a page begins: at the newest process, or beside one."""
MAX_RUNS = 120
"""Runs through an index that one list merges; beyond them codes are compared row by row."""

_HANDLED, _UNHANDLED = text("handled = 1"), text("handled = 0")
_PAUSED, _NOT_PAUSED = text("paused = 1"), text("paused = 0")
_WAITING = text("wake_at IS NOT NULL")


@dataclass(frozen=True)
class Shape:
    """What a question looks like, without its values: two of one shape share their statement."""

    statuses: int
    codes: int
    handled: bool | None
    paused: bool | None
    waiting: bool | None
    edge: Edge = "newest"
    from_number: bool = False
    until_number: bool = False

    @classmethod
    def of(cls, selection: Selection, edge: Edge = "newest") -> Shape:
        """Return the shape of a selection; whether its holder lives is for the caller to look at."""
        handled = True if selection.stuck or selection.stalled else selection.handled
        return cls(
            len(selection.statuses),
            len(selection.codes),
            handled,
            selection.paused,
            selection.waiting,
            edge,
            from_number=selection.younger_than is not None,
            until_number=selection.older_than is not None,
        )

    @property
    def is_marked(self) -> bool:
        """True when an index that holds only processes with a mark answers."""
        return bool(self.handled or self.paused or self.waiting)

    @property
    def is_tallied(self) -> bool:
        """True when the kept counters answer."""
        return self.handled is self.paused is self.waiting is None and not (self.from_number or self.until_number)


def page(
    session: Session, selection: Selection, *, below: int | None, above: int | None, limit: int, now: int
) -> Page:
    """Return a page of summaries, newest first, and whether the direction that was read in goes on."""
    edge: Edge = "newest"
    if below is not None or above is not None:
        edge = "above" if below is None else "below"
    values = _values(session, selection, limit=limit + 1, now=now) | {"edge": above if below is None else below}
    found = session.all(page_statement(Shape.of(selection, edge)), values)
    kept = [rows.summary(row) for row in found[:limit]]
    return Page(kept[::-1] if edge == "above" else kept, has_more=len(found) > limit)


def count(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    """Count from the kept counters where they answer, else at most `limit` rows of an index."""
    shape = Shape.of(selection)
    if shape.is_tallied:
        return _tallied(session, selection)
    if shape == Shape(shape.statuses, shape.codes, handled=False, paused=None, waiting=None):
        return _tallied(session, selection) - _counted(session, _held(selection), limit=1 << 62, now=now)
    return _counted(session, selection, limit=limit, now=now)


def counts(session: Session, now: int) -> Counts:
    """Return how many processes there are of each kind."""
    by_status = dict.fromkeys(ProcessStatus, 0)
    for _, status, number in session.all(statements.TALLY):
        by_status[ProcessStatus(status)] += number
    handled, stuck, paused, waiting = session.one(MARKED, {"now": now})
    return Counts(by_status, handled=handled, stuck=stuck, paused=paused, waiting=waiting)


def handled(session: Session) -> list[ProcessSummary]:
    """Return every handled process, oldest first."""
    return [rows.summary(row) for row in session.all(statements.HANDLED)]


def _held(selection: Selection) -> Selection:
    return Selection(statuses=selection.statuses, codes=selection.codes, handled=True)


def _tallied(session: Session, selection: Selection) -> int:
    return sum(
        number
        for code, status, number in session.all(statements.TALLY)
        if (not selection.codes or code in selection.codes)
        and (not selection.statuses or status in selection.statuses)
    )


def _counted(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    statement = count_statement(Shape.of(selection))
    return int(session.one(statement, _values(session, selection, limit=limit, now=now))[0])


def _values(session: Session, selection: Selection, *, limit: int, now: int) -> dict[str, Any]:
    statuses = _statuses(selection)
    values: dict[str, Any] = {f"status_{place}": status.value for place, status in enumerate(statuses)}
    values |= {f"code_{place}": rows.plain_text(code) for place, code in enumerate(sorted(selection.codes))}
    if selection.younger_than is not None:
        values["from_number"] = _first_number(session, now, selection.younger_than)
    if selection.older_than is not None:
        values["until_number"] = _first_number(session, now, selection.older_than)
    return {**values, "limit": limit, "now": now}


def _first_number(session: Session, now: int, age: timedelta) -> int:
    """Return the number of the first process that was started after a moment: ids and numbers rise with time."""
    moment = now // 1000 - age // timedelta(milliseconds=1)
    row = session.one(statements.NUMBER_FROM, {"id": first_id(moment)})
    return 1 << 62 if row is None else int(row[0])


def _statuses(selection: Selection) -> list[ProcessStatus]:
    """The statuses to go through: an index of codes is one of codes and statuses."""
    return sorted(selection.statuses or (ProcessStatus if selection.codes else ()))


# --- statements ------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def page_statement(shape: Shape) -> Prepared:
    """Return the statement for a page of this shape."""
    upward = shape.edge == "above"
    order = process.c.number.asc() if upward else process.c.number.desc()
    runs = _runs(shape)
    whole = select(*columns_of(rows.SUMMARY)).order_by(order)
    if len(runs) == 1:
        return Prepared(whole.where(*runs[0]).limit(bindparam("limit")))
    return Prepared(whole.where(process.c.number.in_(_merged(runs, upward=upward))))


@functools.lru_cache(maxsize=256)
def count_statement(shape: Shape) -> Prepared:
    """Return the statement that counts, up to a limit, what has this shape."""
    runs = _runs(shape)
    if len(runs) == 1:
        found: Any = select(process.c.number).where(*runs[0]).limit(bindparam("limit"))
    else:
        found = union_all(*(select(process.c.number).where(*run) for run in runs)).limit(bindparam("limit"))
    return Prepared(select(func.count()).select_from(found.subquery()))


def _merged(runs: list[list[Any]], *, upward: bool) -> Any:
    numbers = union_all(*(select(process.c.number).where(*run) for run in runs))
    number = numbers.selected_columns.number
    return numbers.order_by(number.asc() if upward else number.desc()).limit(bindparam("limit"))


def _runs(shape: Shape) -> list[list[Any]]:
    """Return the conditions of each run through an index."""
    common = _marks(shape)
    if shape.edge != "newest":
        edge: Any = bindparam("edge")
        common.append(process.c.number > edge if shape.edge == "above" else process.c.number < edge)
    if shape.from_number:
        common.append(process.c.number >= bindparam("from_number"))
    if shape.until_number:
        common.append(process.c.number < bindparam("until_number"))
    statuses = shape.statuses or (len(ProcessStatus) if shape.codes else 0)
    if shape.is_marked or statuses * max(shape.codes, 1) > MAX_RUNS:
        return [[*common, *_compared(shape)]]
    by_status = [[_status(place), *common] for place in range(statuses)] or [common]
    return [[_code(code), *run] for code in range(shape.codes) for run in by_status] or by_status


def _marks(shape: Shape) -> list[Any]:
    """Conditions on marks; with a literal where an index has the same, which is how the database knows it."""
    marks: list[Any] = []
    if shape.handled is not None:
        marks.append(_HANDLED if shape.handled else _UNHANDLED)
    if shape.paused is not None:
        marks.append(_PAUSED if shape.paused else _NOT_PAUSED)
    if shape.waiting is not None:
        wake_at: Any = func.coalesce(process.c.wake_at, 0)  # a bare column would be looked up in its own order
        now: Any = bindparam("now")
        marks += [_WAITING, wake_at > now] if shape.waiting else [wake_at <= now]
    return marks


def _compared(shape: Shape) -> list[ColumnElement[bool]]:
    """Conditions on status and code that are looked at row by row, in the order of another index."""
    conditions = []
    if shape.statuses:
        conditions.append(_plain(process.c.status).in_([bindparam(f"status_{n}") for n in range(shape.statuses)]))
    if shape.codes:
        conditions.append(_plain(process.c.code).in_([bindparam(f"code_{n}") for n in range(shape.codes)]))
    return conditions


def _plain(column: Any) -> Any:
    """Keep the database from choosing an index of this column, which would make it sort."""
    return column.concat(literal_column("''"))


def _status(place: int) -> ColumnElement[bool]:
    return process.c.status == bindparam(f"status_{place}")


def _code(place: int) -> ColumnElement[bool]:
    return process.c.code == bindparam(f"code_{place}")


def _number_of(*conditions: Any) -> Any:
    statement: Select[Any] = select(func.count()).select_from(process)
    return statement.where(*conditions).scalar_subquery()


MARKED = Prepared(
    select(
        _number_of(_HANDLED),
        _number_of(_HANDLED, text("stuck = 1")),
        _number_of(_PAUSED),
        _number_of(process.c.wake_at > bindparam("now")),
    )
)
