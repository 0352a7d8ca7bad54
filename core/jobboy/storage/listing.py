"""Lists and counts of a shape in SQLAlchemy Core; the shapes everybody asks for are compiled at release time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, text, union, union_all

from jobboy.model.status import ProcessStatus
from jobboy.storage import rows
from jobboy.storage.expressions import columns_of, no_offset
from jobboy.storage.shapes import MAX_RUNS, Shape
from jobboy.storage.tables import process

_HANDLED, _UNHANDLED = text("handled = 1"), text("handled = 0")
_PAUSED, _NOT_PAUSED = text("paused = 1"), text("paused = 0")
_WAITING = text("wake_at IS NOT NULL")
_RESTARTED, _NOT_RESTARTED = text("restarted_as IS NOT NULL"), text("restarted_as IS NULL")
_FAILED = text("status = 'failed'")


def page(shape: Shape) -> Any:
    """Return the statement for a page of this shape."""
    upward = shape.edge == "above"
    order = process.c.number.asc() if upward else process.c.number.desc()
    runs = runs_of(shape)
    whole = select(*columns_of(rows.SUMMARY)).order_by(order)
    if len(runs) == 1:
        return whole.where(*runs[0]).limit(bindparam("limit")).offset(no_offset)
    return whole.where(process.c.number.in_(merged(runs, upward=upward)))


def count(shape: Shape) -> Any:
    """Return the statement that counts, up to a limit, what has this shape."""
    runs = runs_of(shape)
    if len(runs) == 1:
        found: Any = select(process.c.number).where(*runs[0]).limit(bindparam("limit")).offset(no_offset)
    else:
        found = (
            union_all(*(select(process.c.number).where(*run) for run in runs))
            .limit(bindparam("limit"))
            .offset(no_offset)
        )
    return select(func.count()).select_from(found.subquery())


def merged(runs: list[list[Any]], *, upward: bool, limit: str = "limit", overlap: bool = False) -> Any:
    """Return the numbers that several runs find, up to a limit that has this name, in their order.

    Runs that `overlap` may find the same process, which counts once.
    """
    together = union if overlap else union_all
    numbers = together(*(select(process.c.number).where(*run) for run in runs))
    number = numbers.selected_columns.number
    return numbers.order_by(number.asc() if upward else number.desc()).limit(bindparam(limit)).offset(no_offset)


def runs_of(shape: Shape) -> list[list[Any]]:
    """Return the conditions of each run through an index."""
    common = _marks(shape)
    if shape.edge != "newest":
        edge: Any = bindparam("edge")
        common.append(process.c.number > edge if shape.edge == "above" else process.c.number < edge)
    if shape.from_number:
        common.append(process.c.number >= bindparam(f"{shape.prefix}from_number"))
    if shape.until_number:
        common.append(process.c.number < bindparam(f"{shape.prefix}until_number"))
    statuses = shape.statuses or (len(ProcessStatus) if shape.codes else 0)
    if shape.is_marked or statuses * max(shape.codes, 1) > MAX_RUNS:
        return [[*common, *_compared(shape)]]
    by_status = [[_status(shape, place), *common] for place in range(statuses)] or [common]
    return [[_code(shape, code), *run] for code in range(shape.codes) for run in by_status] or by_status


def _marks(shape: Shape) -> list[Any]:
    """Conditions on marks; with a literal where an index has the same, which is how the database knows it."""
    marks: list[Any] = []
    if shape.handled is not None:
        marks.append(_HANDLED if shape.handled else _UNHANDLED)
    if shape.paused is not None:
        marks.append(_PAUSED if shape.paused else _NOT_PAUSED)
    if shape.waiting is not None:
        # A bare column would be looked up in its own order.
        wake_at: Any = func.coalesce(process.c.wake_at, literal_column("0"))
        now: Any = bindparam("now")
        marks += [_WAITING, wake_at > now] if shape.waiting else [wake_at <= now]
    if shape.restarted is not None:
        marks.append(_RESTARTED if shape.restarted else _NOT_RESTARTED)
    if shape.left_failed:
        marks += [_FAILED, _NOT_RESTARTED]
    return marks


def _compared(shape: Shape) -> list[ColumnElement[bool]]:
    """Conditions on status and code that are looked at row by row, in the order of another index."""
    conditions = []
    if shape.statuses:
        conditions.append(
            _plain(process.c.status).in_([bindparam(f"{shape.prefix}status_{n}") for n in range(shape.statuses)])
        )
    if shape.codes:
        conditions.append(
            _plain(process.c.code).in_([bindparam(f"{shape.prefix}code_{n}") for n in range(shape.codes)])
        )
    return conditions


def _plain(column: Any) -> Any:
    """Keep the database from choosing an index of this column, which would make it sort."""
    return column.concat(literal_column("''"))


def _status(shape: Shape, place: int) -> ColumnElement[bool]:
    return process.c.status == bindparam(f"{shape.prefix}status_{place}")


def _code(shape: Shape, place: int) -> ColumnElement[bool]:
    return process.c.code == bindparam(f"{shape.prefix}code_{place}")
