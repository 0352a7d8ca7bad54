"""A filter as a selection: what indexes answer in fields of its own, the rest as one condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import (
    AnyOf,
    Condition,
    HasStatus,
    IsMarked,
    IsOneOf,
    LiesBetween,
    Not,
    all_of,
    parts_of,
)
from jobboy.model.filter_language.parser import parse
from jobboy.model.selection import Selection

_MARKS = ("handled", "stuck", "stalled", "paused", "waiting", "restarted")
_NOBODY = Selection(handled=False, stuck=True)
"""Stands for an alternative that no process meets."""


def read_filter(text: str) -> Selection:
    """Read a filter in the language of docs/reference/filter-language.md; an empty one selects everything.

    Raises:
        InvalidFilter: saying what is wrong, where, and what was expected or probably meant.
    """
    reading = parse(text)
    selection, rest = Selection(order=reading.order), list[Condition]()
    for condition, place in reading.parts:
        try:
            narrowed = _narrowed(selection, condition)
        except _Contradiction as error:
            raise InvalidFilter(text, place, error.rule) from error
        if narrowed is None:
            rest.append(condition)
        else:
            selection = narrowed
    return replace(selection, condition=all_of(tuple(rest)))


def alternatives(selection: Selection) -> tuple[Selection, ...]:
    """Return selections that together have every process of this one, each narrowed by an index where one can be.

    ``failed OR paused`` is all of the failed and all of the paused. Where one alternative could be any process, the
    selection itself is the only answer.
    """
    for part in parts_of(selection.condition):
        if isinstance(part, AnyOf):
            found = [_alternative(selection, option) for option in part.conditions]
            if None not in found:
                return tuple(option for option in found if option is not None and option != _NOBODY)
    return (selection,)


def _alternative(selection: Selection, option: Condition) -> Selection | None:
    """Return the selection with what is indexed of a condition; None when that narrows nothing."""
    narrowed = selection
    try:
        for part in parts_of(option):
            narrowed = _narrowed(narrowed, part) or narrowed
    except _Contradiction:
        return _NOBODY
    is_narrow = any((narrowed.statuses, narrowed.codes, *(getattr(narrowed, mark) for mark in _MARKS)))
    return narrowed if is_narrow else None


class _Contradiction(Exception):
    """Two conditions that no process meets together."""

    def __init__(self, rule: str) -> None:
        self.rule = rule


def _narrowed(selection: Selection, condition: Condition) -> Selection | None:
    """Return the selection with one more condition in its fields; None when it has none for it."""
    if isinstance(condition, HasStatus):
        return replace(selection, statuses=_common(selection.statuses, condition.statuses))
    if isinstance(condition, IsOneOf) and condition.field == "code":
        return replace(selection, codes=_common(selection.codes, condition.names))
    if isinstance(condition, LiesBetween) and condition.field == "created_at":
        return _aged(selection, condition)
    mark = condition.condition if isinstance(condition, Not) else condition
    if isinstance(mark, IsMarked) and mark.mark in _MARKS:
        return _marked(selection, mark.mark, wanted=mark is condition)
    return None


def _common(before: frozenset[Any], now: frozenset[Any]) -> frozenset[Any]:
    common = before & now if before else now
    if not common:
        raise _Contradiction("no process can meet all its words; put commas or OR between alternatives")
    return common


def _marked(selection: Selection, mark: str, *, wanted: bool) -> Selection:
    if getattr(selection, mark) is (not wanted):
        both = "handled and unhandled" if mark == "handled" else f"{mark} and not {mark}"
        raise _Contradiction(f"nothing is both {both}")
    narrowed = _with(selection, mark, wanted)
    held = next((name for name in ("stuck", "stalled") if getattr(narrowed, name)), None)
    if narrowed.handled is False and held:
        raise _Contradiction(f"nothing is both unhandled and {held}")
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
