"""Conditions of filters as SQL: columns by name from the tables, everything that was typed as a bound parameter.

What a condition means is said in `jobboy.model.filter_language.meaning`; each expression here is true or false, never
NULL, so that its negation is the opposite.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, false, func, literal_column, not_, or_

from jobboy.model.filter_language.conditions import (
    NEEDS_LOCKS,
    AllOf,
    AnyOf,
    AtPath,
    Comparison,
    Condition,
    HasStatus,
    HasValue,
    Instant,
    IsMarked,
    IsOneOf,
    Lasts,
    LiesBetween,
    LooksLike,
    Measures,
    Mentions,
    Not,
)
from jobboy.model.filter_language.meaning import LITERALS, MENTIONING, first_id_of, moment_of
from jobboy.model.filter_language.patterns import Pattern
from jobboy.model.filter_language.values import read_number
from jobboy.storage import rows
from jobboy.storage.tables import process

_ESCAPE = "\\"
_MICROSECOND = timedelta(microseconds=1)
_TRUE: Any = literal_column("1")
_FALSE: Any = literal_column("0")
_TEXT: Any = literal_column("'text'")
_COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: lambda left, right: left == right,
    Comparison.LESS: lambda left, right: left < right,
    Comparison.AT_MOST: lambda left, right: left <= right,
    Comparison.MORE: lambda left, right: left > right,
    Comparison.AT_LEAST: lambda left, right: left >= right,
}


def expression(condition: Condition, now: datetime) -> Any:
    """Return a condition as SQL that selects the same processes.

    Where only locks can tell, it selects all that might be meant: handled ones for ``stuck`` and ``stalled``, and
    everything for their opposites.
    """
    return _Compiler(now).compiled(condition, positive=True)


class _Compiler:
    """Compiles for one moment."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def compiled(self, condition: Condition, *, positive: bool) -> Any:
        """Return SQL; `positive` is False inside an odd number of negations."""
        match condition:
            case AllOf(conditions):
                return and_(*(self.compiled(part, positive=positive) for part in conditions))
            case AnyOf(conditions):
                return or_(*(self.compiled(part, positive=positive) for part in conditions))
            case Not(inner):
                return not_(self.compiled(inner, positive=not positive))
            case IsMarked(mark) if mark in NEEDS_LOCKS:
                return _column("handled") == _TRUE if positive else false()
            case IsMarked(mark):
                return self._marked(mark)
            case HasStatus(statuses):
                return _is_one_of("status", sorted(statuses))
            case IsOneOf(field, names):
                return _known(_is_one_of(field, sorted(names)))
            case LooksLike(field, pattern):
                return _known(_looks_like(_column(field), pattern))
            case Mentions(pattern):
                return or_(*(_known(_looks_like(_column(field), pattern)) for field in MENTIONING))
            case HasValue(field):
                return self._value(field).is_not(None)
            case Measures(field, comparison, number):
                return _COMPARE[comparison](_column(field), _asked(number))
            case Lasts(field, comparison, duration):
                return _known(_COMPARE[comparison](self._value(field), _asked(duration // _MICROSECOND)))
            case LiesBetween():
                return self._between(condition)
            case AtPath():
                return _at_path(condition)

    def _marked(self, mark: str) -> Any:
        if mark == "waiting":
            return _known(_column("wake_at") > _asked(rows.micros(self._now)))
        if mark == "restarted":
            return _column("restarted_as").is_not(None)
        return _column(mark) == _TRUE

    def _value(self, field: str) -> Any:
        if field != "duration":
            return _column(field)
        return func.coalesce(_column("ended_at"), _asked(rows.micros(self._now))) - _column("started_at")

    def _between(self, condition: LiesBetween) -> Any:
        column = _column("id" if condition.field == "created_at" else condition.field)
        parts = [column.is_not(None)]
        if condition.start is not None:
            parts.append(column >= self._edge(condition.field, condition.start))
        if condition.end is not None:
            parts.append(column < self._edge(condition.field, condition.end))
        return _known(and_(*parts))

    def _edge(self, field: str, instant: Instant) -> Any:
        if field == "created_at":
            return _asked(first_id_of(instant, self._now))
        return _asked(rows.micros(moment_of(instant, self._now)))


def _column(name: str) -> Any:
    return process.c[name]


def _known(condition: Any) -> Any:
    """Return a condition that is false where it would be NULL."""
    return func.coalesce(condition, _FALSE) == _TRUE


def _asked(value: str | float) -> Any:
    """Return a value that was typed, to be handed over beside the SQL."""
    return bindparam("asked", value, unique=True)


def _is_one_of(field: str, names: list[Any]) -> Any:
    return _column(field).in_([_asked(str(name)) for name in names])


def _looks_like(text: Any, pattern: Pattern) -> Any:
    """Compare a text, capitals and all, or look for a part of it, capitals of ASCII aside: what LIKE does."""
    if pattern.inside:
        return text.like(_asked("%" + "%".join(map(_for_like, pattern.pieces)) + "%"), escape=_ESCAPE)
    if pattern.is_literal:
        return text == _asked(pattern.pieces[0])
    return text.op("GLOB", is_comparison=True)(_asked("*".join(map(_for_glob, pattern.pieces))))


def _for_like(piece: str) -> str:
    return "".join(_ESCAPE + character if character in "%_" + _ESCAPE else character for character in piece)


def _for_glob(piece: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in piece)


# --- documents -------------------------------------------------------------------------------------------------


def _at_path(condition: AtPath) -> Any:
    document, path = _column(condition.document), _json_path(condition.path)
    kind: Any = func.json_type(document, path)
    value: Any = func.json_extract(document, path)
    asked = condition.asked
    if asked is None:
        return kind.is_not(None)
    if not isinstance(asked, Pattern):
        comparison, number = asked
        return _known(and_(_is_number(kind), _COMPARE[comparison](value, _asked(number))))
    return _known(case((kind == _TEXT, _looks_like(value, asked)), else_=_is_written(kind, value, asked)))


def _is_written(kind: Any, value: Any, asked: Pattern) -> Any:
    if not asked.is_literal:
        return _FALSE
    (text,) = asked.pieces
    if text in LITERALS:
        return kind == _asked(text)
    number = read_number(text)
    return _FALSE if number is None else and_(_is_number(kind), value == _asked(number))


def _is_number(kind: Any) -> Any:
    return kind.in_((literal_column("'integer'"), literal_column("'real'")))


def _json_path(path: tuple[str | int, ...]) -> Any:
    """Return the path in the words of the database, as a bound parameter; its names hold no quote or backslash."""
    text = "$" + "".join(f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in path)
    return _asked(text)
