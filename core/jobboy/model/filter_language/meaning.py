"""What conditions mean, said of a process in memory; databases must give the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from jobboy.model.filter_language.conditions import (
    AllOf,
    AnyOf,
    AtPath,
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
from jobboy.model.filter_language.patterns import Pattern
from jobboy.model.filter_language.values import read_number
from jobboy.model.identifiers import first_id
from jobboy.model.process import Process, is_stalled
from jobboy.model.selection import Selection

MENTIONING = ("id", "code", "step", "error")
"""Fields that a text without a key is looked for in."""
LITERALS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def selects(selection: Selection, process: Process, now: datetime) -> bool:
    """Say whether a process meets a selection; `process.stuck` must be the truth of the moment."""
    marks = (
        (selection.handled, "handled"),
        (selection.stuck, "stuck"),
        (selection.stalled, "stalled"),
        (selection.paused, "paused"),
        (selection.waiting, "waiting"),
        (selection.restarted, "restarted"),
    )
    return (
        (not selection.statuses or process.status in selection.statuses)
        and (not selection.codes or process.code in selection.codes)
        and all(wanted is None or is_marked(mark, process, now) is wanted for wanted, mark in marks)
        and all(_lies_between(edges, process, now) for edges in created_between(selection))
        and (selection.condition is None or holds(selection.condition, process, now))
    )


def created_between(selection: Selection) -> tuple[LiesBetween, LiesBetween]:
    """Return what a selection asks of the moment of the start: told by ages, and by dates."""
    start = None if selection.younger_than is None else -selection.younger_than
    end = None if selection.older_than is None else -selection.older_than
    return (
        LiesBetween("created_at", start, end),
        LiesBetween("created_at", selection.created_from, selection.created_until),
    )


def holds(condition: Condition, process: Process, now: datetime) -> bool:
    """Say whether a condition holds for a process at a moment; `process.stuck` must be the truth of it."""
    match condition:
        case AllOf(conditions):
            return all(holds(part, process, now) for part in conditions)
        case AnyOf(conditions):
            return any(holds(part, process, now) for part in conditions)
        case Not(inner):
            return not holds(inner, process, now)
        case HasStatus(statuses):
            return process.status in statuses
        case IsMarked(mark):
            return is_marked(mark, process, now)
        case IsOneOf(field, names):
            return getattr(process, field) in names
        case LooksLike(field, pattern):
            return _looks_like(getattr(process, field), pattern)
        case Mentions(pattern):
            return any(_looks_like(getattr(process, field), pattern) for field in MENTIONING)
        case HasValue(field):
            return _value(field, process, now) is not None
        case Measures(field, comparison, number):
            return comparison.holds(getattr(process, field), number)
        case Lasts(field, comparison, duration):
            value = _value(field, process, now)
            return value is not None and comparison.holds(value, duration)
        case LiesBetween():
            return _lies_between(condition, process, now)
        case AtPath():
            return _is_at_path(condition, process)


def is_marked(mark: str, process: Process, now: datetime) -> bool:
    """Say whether a mark is set at a moment."""
    if mark == "stalled":
        return is_stalled(process, now)
    if mark == "waiting":
        is_candidate = process.rank is not None  # killed: it is picked before its moment
        return not is_candidate and process.is_waiting and (process.wait_until or now) > now
    return bool(getattr(process, mark))


def moment_of(instant: Instant, now: datetime) -> datetime:
    """Return the moment of an instant; one beyond all dates is the first or last there is."""
    if isinstance(instant, datetime):
        return instant
    try:
        return now + instant
    except OverflowError:
        return _LATEST if instant > timedelta(0) else _EARLIEST


def first_id_of(instant: Instant, now: datetime) -> str:
    """Return the lowest id of processes that are started at or after an instant."""
    moment = moment_of(instant, now)
    return first_id((moment - _EPOCH) // _MILLISECOND)


def _looks_like(text: str | None, pattern: Pattern) -> bool:
    return text is not None and pattern.matches(text)


def _value(field: str, process: Process, now: datetime) -> Any:
    if field != "duration":
        return getattr(process, field)
    return None if process.started_at is None else (process.ended_at or now) - process.started_at


def _lies_between(condition: LiesBetween, process: Process, now: datetime) -> bool:
    value: Any = _value(condition.field, process, now)
    start, end = condition.start, condition.end
    if condition.field == "created_at":  # told by the id, which the database can find
        value = process.id
        return (start is None or value >= first_id_of(start, now)) and (end is None or value < first_id_of(end, now))
    return (
        value is not None
        and (start is None or value >= moment_of(start, now))
        and (end is None or value < moment_of(end, now))
    )


def _is_at_path(condition: AtPath, process: Process) -> bool:
    try:
        value: Any = getattr(process, condition.document)
        for part in condition.path:
            if isinstance(value, list) is not isinstance(part, int):
                return False
            value = value[part]
    except (LookupError, TypeError):
        return False
    asked = condition.asked
    if asked is None:
        return True
    if not isinstance(asked, Pattern):
        comparison, number = asked
        return _is_number(value) and comparison.holds(value, number)
    return _looks_like(value, asked) if isinstance(value, str) else _is_written(value, asked)


def _is_written(value: Any, asked: Pattern) -> bool:
    if not asked.is_literal:
        return False
    (text,) = asked.pieces
    if text in LITERALS:
        return value is LITERALS[text]
    number = read_number(text)
    return number is not None and _is_number(value) and bool(value == number)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
