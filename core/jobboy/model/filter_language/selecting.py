"""A filter as a selection: what indexes answer in fields of its own, the rest as one condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import (
    Condition,
    HasStatus,
    IsMarked,
    IsOneOf,
    LiesBetween,
    Not,
    all_of,
)
from jobboy.model.filter_language.parser import parse
from jobboy.model.selection import Selection

_MARKS = ("handled", "stuck", "stalled", "paused", "waiting")
_NOTHING = "no process can meet all its words; put commas or OR between alternatives"


def read_filter(text: str) -> Selection:
    """Read a filter in the language of docs/reference/filter-language.md; an empty one selects everything.

    Raises:
        InvalidFilter: saying what is wrong, where, and what was expected or probably meant.
    """
    reading = parse(text)
    selection, rest = Selection(order=reading.order), list[Condition]()
    for condition, place in reading.parts:
        narrowed = _narrowed(text, place, selection, condition)
        if narrowed is None:
            rest.append(condition)
        else:
            selection = narrowed
    return replace(selection, condition=all_of(tuple(rest)))


def _narrowed(text: str, place: int, selection: Selection, condition: Condition) -> Selection | None:
    """Return the selection with one more condition in its fields; None when it has none for it."""
    if isinstance(condition, HasStatus):
        return replace(selection, statuses=_common(text, place, selection.statuses, condition.statuses))
    if isinstance(condition, IsOneOf) and condition.field == "code":
        return replace(selection, codes=_common(text, place, selection.codes, condition.names))
    if isinstance(condition, LiesBetween) and condition.field == "created_at":
        return _aged(selection, condition)
    mark = condition.condition if isinstance(condition, Not) else condition
    if isinstance(mark, IsMarked) and mark.mark in _MARKS:
        return _marked(text, place, selection, mark.mark, wanted=mark is condition)
    return None


def _common(text: str, place: int, before: frozenset[Any], now: frozenset[Any]) -> frozenset[Any]:
    common = before & now if before else now
    if not common:
        raise InvalidFilter(text, place, _NOTHING)
    return common


def _marked(text: str, place: int, selection: Selection, mark: str, *, wanted: bool) -> Selection:
    if getattr(selection, mark) is (not wanted):
        both = "handled and unhandled" if mark == "handled" else f"{mark} and not {mark}"
        raise InvalidFilter(text, place, f"nothing is both {both}")
    narrowed = _with(selection, mark, wanted)
    held = next((name for name in ("stuck", "stalled") if getattr(narrowed, name)), None)
    if narrowed.handled is False and held:
        raise InvalidFilter(text, place, f"nothing is both unhandled and {held}")
    return narrowed


def _aged(selection: Selection, condition: LiesBetween) -> Selection:
    for edge, ago, date, narrower in (
        (condition.start, "younger_than", "created_from", max),
        (condition.end, "older_than", "created_until", min),
    ):
        if isinstance(edge, timedelta):
            selection = _narrower(selection, ago, -edge, min if narrower is max else max)
        elif isinstance(edge, datetime):
            selection = _narrower(selection, date, edge, narrower)
    return selection


def _narrower(selection: Selection, name: str, value: Any, narrower: Any) -> Selection:
    before = getattr(selection, name)
    return _with(selection, name, value if before is None else narrower(before, value))


def _with(selection: Selection, name: str, value: Any) -> Selection:
    changed: dict[str, Any] = {name: value}
    return replace(selection, **changed)
