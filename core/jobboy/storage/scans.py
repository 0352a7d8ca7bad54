"""Lists and counts that no index serves: the candidates an index does select are looked at, piece by piece.

Each piece is a statement of its own, so no reading transaction is open for long, a look can end at any time with what
it has found, and a list that has enough looks no further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select

from jobboy.model.filter_language.selecting import alternatives
from jobboy.model.ordering import Key, Order, Place
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import Counted, Page, Scan, ScanLimits, ScanStop, Selection
from jobboy.storage import filtering, queries, rows
from jobboy.storage.compiling import prepared
from jobboy.storage.expressions import columns_of
from jobboy.storage.listing import merged, runs_of
from jobboy.storage.shapes import MAX_RUNS, Edge, Shape
from jobboy.storage.sqlite import SqliteDatabase
from jobboy.storage.statements import Session
from jobboy.storage.tables import process
from jobboy.storage.texts import Prepared
from jobboy.storage.watch import Watch

FIRST_PIECE, LARGEST_PIECE = 256, 16_384
"""Candidates: few at first, since most lists have enough soon; many later, since each piece costs a statement."""
_GROWTH = 4
_BEYOND_ALL = 1 << 62


@dataclass(frozen=True)
class Question:
    """What is asked of each candidate, as statements."""

    look: Prepared
    """How many candidates a piece has, which is the last, and how many are found."""
    take: Prepared
    """Those that are found."""

    @classmethod
    def of(cls, shapes: Sequence[Shape], wanted: Any, ordering: tuple[Any, ...]) -> Question:
        """Build the statements.

        Args:
            shapes: of the selections that have the candidates, all with one edge.
            wanted: expression that says whether one is found.
            ordering: of those that are found.
        """
        upward = shapes[0].edge == "above"
        number = process.c.number
        runs = [run for shape in shapes for run in runs_of(shape)]
        # Wrapped so that no index of a column in it is used: the order of the candidates would be lost.
        found = func.coalesce(wanted, literal_column("0"))
        many = number.in_(merged(runs, upward=upward, limit="piece", overlap=len(shapes) > 1))
        where = and_(*runs[0]) if len(runs) == 1 else many
        piece: Select[Any] = select(number, found.label("found")).where(where)
        seen = piece.order_by(number.asc() if upward else number.desc()).limit(bindparam("piece")).subquery()
        last = func.max(seen.c.number) if upward else func.min(seen.c.number)
        look = select(func.count(), last, func.coalesce(func.sum(seen.c.found), literal_column("0")))
        until = number <= bindparam("last") if upward else number >= bindparam("last")
        # Only numbers are sorted: whole rows would make it several times as slow.
        first = select(number).where(where, until, found == literal_column("1")).order_by(*ordering)
        chosen = number.in_(first.limit(bindparam("limit")))
        return cls(prepared(look), prepared(select(*columns_of(rows.SUMMARY)).where(chosen).order_by(*ordering)))


class _Look:
    """One look at the candidates in the order of their numbers, from an edge on.

    Args:
        question: of the selection.
        values: parameters of its statements.
        edge: number beyond which to begin.
        watch: ends it.
        rows: how many candidates it may look at; None for all.
    """

    def __init__(
        self, question: Question, values: dict[str, Any], *, edge: int, watch: Watch, rows: int | None
    ) -> None:
        self.edge = edge
        """The last candidate that was looked at."""
        self.looked_at = 0
        self.ran_out = False
        """True when as many as allowed were looked at, and there are more."""
        self._question = question
        self._values = dict(values)
        self._watch = watch
        self._rows = rows

    def pieces(self, session: Session) -> Iterator[int]:
        """Yield for each piece how many are found in it; the edge moves on when the next piece is asked for."""
        size = FIRST_PIECE
        while not self._watch.is_over():
            if self._rows is not None:
                size = min(size, self._rows - self.looked_at)
            if size <= 0:
                self.ran_out = self._ask(session, 1)[0] > 0
                return
            number, self._values["last"], found = self._ask(session, size)
            if not number:
                return
            self.looked_at += number
            yield found
            self.edge = self._values["last"]
            self._watch.keep_time()
            if number < size:
                return
            size = min(size * _GROWTH, LARGEST_PIECE)

    def take(self, session: Session, limit: int) -> list[ProcessSummary]:
        """Return what is found in the piece at hand."""
        found = session.all(self._question.take, {**self._values, "limit": limit})
        return [rows.summary(row) for row in found]

    def _ask(self, session: Session, size: int) -> Any:
        self._values |= {"edge": self.edge, "piece": size}
        return session.one(self._question.look, self._values)


class Scanner:
    """Answers one question about a selection; the time it may take begins when it is made.

    Args:
        database: that is read.
        selection: with a condition or an order that no index knows.
        limits: how much may be looked at.
        now: the present in microseconds.
    """

    def __init__(self, database: SqliteDatabase, selection: Selection, limits: ScanLimits, *, now: int) -> None:
        self._database = database
        self._selection = selection
        self._limits = limits
        self._watch = Watch(limits)
        self._wanted: Any = literal_column("1")
        if selection.condition is not None:
            self._wanted = filtering.expression(selection.condition, rows.moment(now))
        self._alternatives = _merged(alternatives(selection)) or (selection,)
        self._values: dict[str, Any] = {}
        self._of = 0
        with database.read() as session:
            for place, alternative in enumerate(self._alternatives):
                values = queries.values_of(session, alternative, now)
                self._values |= {_prefix(place) + name: value for name, value in values.items()}
                self._of += queries.candidates(session, alternative, now)
            self._values["now"] = now

    def count(self, *, limit: int) -> Counted:
        """Count what is found, up to a limit."""
        look, total = self._look(self._wanted), 0
        with self._database.scan(self._watch) as session:
            for found in look.pieces(session):
                total += found
                if total >= limit:
                    break
        scan = self._scan(look)
        return Counted(min(total, limit), is_floor=total >= limit or scan.stopped is not None, scan=scan)

    def page(self, *, below: Place | None, above: Place | None, limit: int) -> Page:
        """Return a page in the order of the selection."""
        if self._selection.order.is_by_number:
            return self._page_by_number(below=below, above=above, limit=limit)
        return self._sorted_page(below=below, above=above, limit=limit)

    def _page_by_number(self, *, below: Place | None, above: Place | None, limit: int) -> Page:
        begin, upward = below or above, queries.goes_up(self._selection, below, above)
        edge = (0 if upward else _BEYOND_ALL) if begin is None else begin.number
        look, found = self._look(self._wanted, edge=edge, upward=upward), list[ProcessSummary]()
        with self._database.scan(self._watch) as session:
            for number in look.pieces(session):
                found += look.take(session, limit + 1 - len(found)) if number else []
                if len(found) > limit:
                    break
        kept, is_full = found[:limit], len(found) > limit
        end = Place(kept[-1].number if is_full and kept else look.edge)
        scan = self._scan(look)
        ordered = kept[::-1] if queries.goes_back(below, above) else kept
        return Page(ordered, has_more=is_full or scan.stopped is not None, end=end, scan=scan)

    def _sorted_page(self, *, below: Place | None, above: Place | None, limit: int) -> Page:
        order, backward = self._selection.order, queries.goes_back(below, above)
        wanted, begin = self._wanted, above if backward else below
        if begin is not None:
            wanted = and_(wanted == literal_column("1"), beyond(order, begin, backward=backward))
        look, found = self._look(wanted, ordering=ordering(order, backward=backward)), list[ProcessSummary]()
        with self._database.scan(self._watch) as session:
            for number in look.pieces(session):
                found += look.take(session, limit + 1) if number else []
                found = order.sorted(found)
                found = found[-limit - 1 :] if backward else found[: limit + 1]
        has_more = len(found) > limit
        kept = found[-limit:] if backward and limit else found[:limit]
        end = order.place_of(kept[0 if backward else -1]) if kept else begin
        return Page(kept, has_more=has_more, end=end, scan=self._scan(look))

    def _look(
        self, wanted: Any, *, edge: int = _BEYOND_ALL, upward: bool = False, ordering: tuple[Any, ...] = ()
    ) -> _Look:
        side: Edge = "above" if upward else "below"
        shapes = [Shape.of(one, side, _prefix(place)) for place, one in enumerate(self._alternatives)]
        number = process.c.number
        question = Question.of(shapes, wanted, ordering or (number.asc() if upward else number.desc(),))
        return _Look(question, self._values, edge=edge, watch=self._watch, rows=self._limits.rows)

    def _scan(self, look: _Look) -> Scan:
        return Scan(look.looked_at, self._of, self._watch.stopped or (ScanStop.ROWS if look.ran_out else None))


def _prefix(place: int) -> str:
    return f"or_{place}_" if place else ""


def _merged(found: tuple[Selection, ...]) -> tuple[Selection, ...]:
    """Return the alternatives, none when there are more than can be merged."""
    runs = sum(len(runs_of(Shape.of(alternative))) for alternative in found)
    return found if all(map(queries.can_merge, found)) and runs <= MAX_RUNS else ()


# --- orders ----------------------------------------------------------------------------------------------------


def ordering(order: Order, *, backward: bool) -> tuple[Any, ...]:
    """Return what to sort by: no value last, among equals the newest first; or all of it the other way round."""
    column, number = process.c[order.field], process.c.number
    if backward:
        return (column.is_(None).desc(), column.asc() if order.descending else column.desc(), number.asc())
    return (column.is_(None).asc(), column.desc() if order.descending else column.asc(), number.desc())


def beyond(order: Order, place: Place, *, backward: bool) -> Any:
    """Return whether a process comes after a place in an order, or before it."""
    column: Any = process.c[order.field]
    number: Any = process.c.number
    newer = number > place.number if backward else number < place.number
    if place.key is None:
        return or_(column.is_not(None), newer) if backward else and_(column.is_(None), newer)
    key: Any = bindparam("key", _kept(place.key), unique=True)
    further = column > key if order.descending is backward else column < key
    among_equals = or_(further, and_(column == key, newer))
    return among_equals if backward else or_(among_equals, column.is_(None))


def _kept(key: Key) -> Any:
    return rows.micros(key) if isinstance(key, datetime) else key
