"""What a filter asks of a process, as a tree of frozen values; what each means is in `meaning`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from jobboy.model.filter_language.patterns import Pattern
from jobboy.model.status import ProcessStatus

Instant: TypeAlias = datetime | timedelta
"""A moment, or how far one lies from the moment of reading: before it when negative."""


class Comparison(StrEnum):
    """How a number is compared."""

    EQUAL = "="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="

    def holds(self, left: Any, right: Any) -> bool:
        """Compare two numbers, or two durations."""
        return _COMPARE[self](left, right)


_COMPARE: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


@dataclass(frozen=True)
class HasStatus:
    """Its status is one of these."""

    statuses: frozenset[ProcessStatus]


@dataclass(frozen=True)
class IsMarked:
    """A mark is set: `handled`, `stuck`, `stalled`, `paused`, `waiting`, `rescuable`, `restarted`."""

    mark: str


@dataclass(frozen=True)
class IsOneOf:
    """A name, such as the code, is exactly one of these."""

    field: str
    names: frozenset[str]


@dataclass(frozen=True)
class LooksLike:
    """A text is there and looks like a pattern."""

    field: str
    pattern: Pattern


@dataclass(frozen=True)
class Mentions:
    """Id, code, step or error looks like a pattern."""

    pattern: Pattern


@dataclass(frozen=True)
class HasValue:
    """A field is set."""

    field: str


@dataclass(frozen=True)
class Measures:
    """A number compares like this to another."""

    field: str
    comparison: Comparison
    number: int | float


@dataclass(frozen=True)
class Lasts:
    """A duration compares like this to another."""

    field: str
    comparison: Comparison
    duration: timedelta


@dataclass(frozen=True)
class LiesBetween:
    """A date is set and lies at or after the first moment and before the second."""

    field: str
    start: Instant | None = None
    end: Instant | None = None


@dataclass(frozen=True)
class AtPath:
    """A value inside a document is there, and is as asked.

    A pattern asks for a text that looks like it; a literal one also for the number, the truth value or the null
    that is written so. A comparison asks for a number.
    """

    document: str
    path: tuple[str | int, ...]
    asked: Pattern | tuple[Comparison, int | float] | None = None
    """None: whatever it is."""


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True)
class AllOf:
    """All conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


Leaf: TypeAlias = (
    HasStatus | IsMarked | IsOneOf | LooksLike | Mentions | HasValue | Measures | Lasts | LiesBetween | AtPath
)
Condition: TypeAlias = Leaf | Not | AllOf | AnyOf

NEEDS_LOCKS = ("stuck", "stalled")
"""Marks that only the lock of the holder can tell."""


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the conditions that hold no others."""
    if isinstance(condition, Not):
        yield from leaves(condition.condition)
    elif isinstance(condition, (AllOf, AnyOf)):
        for part in condition.conditions:
            yield from leaves(part)
    else:
        yield condition


def needs_locks(condition: Condition | None) -> bool:
    """Say whether the database alone cannot tell if a condition holds."""
    if condition is None:
        return False
    return any(isinstance(leaf, IsMarked) and leaf.mark in NEEDS_LOCKS for leaf in leaves(condition))


def all_of(conditions: tuple[Condition, ...]) -> Condition | None:
    """Return the condition that all hold; None when there are none."""
    if len(conditions) <= 1:
        return conditions[0] if conditions else None
    return AllOf(conditions)


def parts_of(condition: Condition | None) -> tuple[Condition, ...]:
    """Return the conditions that must all hold for one to hold; none for None."""
    if condition is None:
        return ()
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def any_of(conditions: tuple[Condition, ...]) -> Condition:
    """Return the condition that one of at least one holds; statuses and names of one field become one condition."""
    merged: list[Condition] = []
    for condition in _options(conditions):
        last = merged[-1] if merged else None
        if isinstance(last, HasStatus) and isinstance(condition, HasStatus):
            merged[-1] = HasStatus(last.statuses | condition.statuses)
        elif isinstance(last, IsOneOf) and isinstance(condition, IsOneOf) and last.field == condition.field:
            merged[-1] = IsOneOf(last.field, last.names | condition.names)
        else:
            merged.append(condition)
    return merged[0] if len(merged) == 1 else AnyOf(tuple(merged))


def _options(conditions: tuple[Condition, ...]) -> Iterator[Condition]:
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from _options(condition.conditions)
        else:
            yield condition


def negated(condition: Condition) -> Condition:
    """Return the opposite, as a condition without Not where there is one."""
    if isinstance(condition, Not):
        return condition.condition
    if isinstance(condition, HasStatus):
        return HasStatus(frozenset(ProcessStatus) - condition.statuses)
    return Not(condition)
