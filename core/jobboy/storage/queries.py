"""Lists and counts that an index serves, however many processes there are; the others are in `scans`.

A list of several statuses or codes merges one run through the index for each pair, so that it reads no more rows than
it returns; it never sorts what it found. Statements depend only on the shape of a question and are kept.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, text, union, union_all

from jobboy.model.filter_language.conditions import IsOneOf, LooksLike, all_of, parts_of
from jobboy.model.filter_language.meaning import created_between, first_id_of
from jobboy.model.ordering import Place
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
_NO_CODE = "\0"
"""Never kept: stands for no code at all, where an empty set stands for any."""

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
    prefix: str = ""
    """Before the names of its parameters, where several shapes share a statement."""

    @classmethod
    def of(cls, selection: Selection, edge: Edge = "newest", prefix: str = "") -> Shape:
        """Return the shape of a selection; whether its holder lives is for the caller to look at."""
        handled = True if selection.stuck or selection.stalled else selection.handled
        return cls(
            len(selection.statuses),
            len(selection.codes),
            handled,
            selection.paused,
            selection.waiting,
            edge,
            from_number=any(edges.start is not None for edges in created_between(selection)),
            until_number=any(edges.end is not None for edges in created_between(selection)),
            prefix=prefix,
        )

    @property
    def is_marked(self) -> bool:
        """True when an index that holds only processes with a mark answers."""
        return bool(self.handled or self.paused or self.waiting)

    @property
    def is_tallied(self) -> bool:
        """True when the kept counters answer."""
        return self.handled is self.paused is self.waiting is None and not (self.from_number or self.until_number)


def resolved(session: Session, selection: Selection) -> Selection:
    """Return the same selection, said so that indexes do as much of it as they can.

    Patterns of codes become the codes that look so, as long as no process of a new code is started; more codes than
    can be merged become a condition.
    """
    parts = parts_of(selection.condition)
    patterns = [part for part in parts if isinstance(part, LooksLike) and part.field == "code"]
    codes = selection.codes
    if patterns:
        known = {code for code, _, _ in session.all(statements.TALLY) if not codes or code in codes}
        codes = frozenset(code for code in known if all(part.pattern.matches(code) for part in patterns))
        parts = tuple(part for part in parts if part not in patterns)
        codes = codes or frozenset({_NO_CODE})
    if not can_merge(replace(selection, codes=codes)):
        codes, parts = frozenset(), (*parts, IsOneOf("code", codes))
    return replace(selection, codes=codes, condition=all_of(parts))


def can_merge(selection: Selection) -> bool:
    """Say whether indexes find what a selection has without looking at others' rows one by one."""
    runs = len(selection.codes) * (len(selection.statuses) or len(ProcessStatus))
    return Shape.of(selection).is_marked or runs <= MAX_RUNS


def page(
    session: Session, selection: Selection, *, below: Place | None, above: Place | None, limit: int, now: int
) -> Page:
    """Return a page of summaries in the order of numbers, and whether the direction that was read in goes on."""
    begin, upward = below or above, goes_up(selection, below, above)
    edge: Edge = "above" if upward else "newest" if begin is None else "below"
    values = values_of(session, selection, now) | {"limit": limit + 1, "edge": 0 if begin is None else begin.number}
    found = session.all(page_statement(Shape.of(selection, edge)), values)
    kept = [rows.summary(row) for row in found[:limit]]
    end = Place(kept[-1].number) if kept else None
    return Page(kept[::-1] if goes_back(below, above) else kept, has_more=len(found) > limit, end=end)


def goes_back(below: Place | None, above: Place | None) -> bool:
    """Say whether a list is read against its order."""
    return below is None and above is not None


def goes_up(selection: Selection, below: Place | None, above: Place | None) -> bool:
    """Say whether the numbers of a list rise as it is read."""
    return goes_back(below, above) is selection.order.descending


def count(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    """Count from the kept counters where they answer, else at most `limit` rows of an index."""
    shape = Shape.of(selection)
    if shape.is_tallied:
        return tallied(session, selection)
    if shape == Shape(shape.statuses, shape.codes, handled=False, paused=None, waiting=None):
        return tallied(session, selection) - _counted(session, _held(selection), limit=1 << 62, now=now)
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


def tallied(session: Session, selection: Selection) -> int:
    """Return how many processes have the codes and statuses of a selection, by the kept counters."""
    return sum(
        number
        for code, status, number in session.all(statements.TALLY)
        if (not selection.codes or code in selection.codes)
        and (not selection.statuses or status in selection.statuses)
    )


def _counted(session: Session, selection: Selection, *, limit: int, now: int) -> int:
    statement = count_statement(Shape.of(selection))
    return int(session.one(statement, {**values_of(session, selection, now), "limit": limit})[0])


def candidates(session: Session, selection: Selection, now: int) -> int:
    """Return how many processes the indexes leave over for a scan to look at, at most."""
    shape = Shape.of(selection)
    if shape.is_marked:
        return _counted(session, selection, limit=1 << 62, now=now)
    return tallied(session, selection)


def values_of(session: Session, selection: Selection, now: int) -> dict[str, Any]:
    """Return the parameters of statements of a selection's shape."""
    statuses = _statuses(selection)
    values: dict[str, Any] = {f"status_{place}": status.value for place, status in enumerate(statuses)}
    values |= {f"code_{place}": rows.plain_text(code) for place, code in enumerate(sorted(selection.codes))}
    edges = created_between(selection)
    moment = rows.moment(now)
    starts = [first_id_of(edge.start, moment) for edge in edges if edge.start is not None]
    ends = [first_id_of(edge.end, moment) for edge in edges if edge.end is not None]
    if starts:
        values["from_number"] = _first_number(session, max(starts))
    if ends:
        values["until_number"] = _first_number(session, min(ends))
    return {**values, "now": now}


def _first_number(session: Session, first_id: str) -> int:
    """Return the number of the first process that was started with this id or later: both rise with time."""
    row = session.one(statements.NUMBER_FROM, {"id": first_id})
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
    runs = runs_of(shape)
    whole = select(*columns_of(rows.SUMMARY)).order_by(order)
    if len(runs) == 1:
        return Prepared(whole.where(*runs[0]).limit(bindparam("limit")))
    return Prepared(whole.where(process.c.number.in_(merged(runs, upward=upward))))


@functools.lru_cache(maxsize=256)
def count_statement(shape: Shape) -> Prepared:
    """Return the statement that counts, up to a limit, what has this shape."""
    runs = runs_of(shape)
    if len(runs) == 1:
        found: Any = select(process.c.number).where(*runs[0]).limit(bindparam("limit"))
    else:
        found = union_all(*(select(process.c.number).where(*run) for run in runs)).limit(bindparam("limit"))
    return Prepared(select(func.count()).select_from(found.subquery()))


def merged(runs: list[list[Any]], *, upward: bool, limit: str = "limit", overlap: bool = False) -> Any:
    """Return the numbers that several runs find, up to a limit that has this name, in their order.

    Runs that `overlap` may find the same process, which counts once.
    """
    together = union if overlap else union_all
    numbers = together(*(select(process.c.number).where(*run) for run in runs))
    number = numbers.selected_columns.number
    return numbers.order_by(number.asc() if upward else number.desc()).limit(bindparam(limit))


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
        wake_at: Any = func.coalesce(process.c.wake_at, 0)  # a bare column would be looked up in its own order
        now: Any = bindparam("now")
        marks += [_WAITING, wake_at > now] if shape.waiting else [wake_at <= now]
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
