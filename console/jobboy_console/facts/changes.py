"""What an event changed, as one line for each value: from its `before` and `after`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jobboy_console.looks.text import safe_text

Operation = Literal["added", "changed", "removed"]
SIGNS: dict[Operation, str] = {"added": "+", "changed": "Δ", "removed": "-"}
MISSING = object()
"""Stands for a value that is not there."""


@dataclass(frozen=True)
class LeftOut:
    """Stands for a value that was too long for the history."""

    characters: int | None

    @property
    def words(self) -> str:
        """What is shown in its place."""
        size = "" if self.characters is None else f"{self.characters:,} characters, "
        return f"({size}too long for the history)"


@dataclass(frozen=True)
class ValueChange:
    """One value that is another one than before."""

    operation: Operation
    path: str
    """Safe text, such as ``store.cursor``."""
    before: str | None
    """As short JSON, safe; None when it was not there."""
    after: str | None
    keys: tuple[str | int, ...] = ()
    """The path as it is, not safe."""

    @property
    def sign(self) -> str:
        """One cell that says what happened."""
        return SIGNS[self.operation]

    @property
    def words(self) -> str:
        """Old and new value: ``17 → 18``."""
        if self.before is None:
            return self.after or ""
        return self.before if self.after is None else f"{self.before} → {self.after}"


def value_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[ValueChange]:
    """Return every value that differs, objects taken apart key by key, in the order of their keys."""
    return list(_walk((), before or {}, after or {}))


def value_change(keys: tuple[str | int, ...], before: object, after: object) -> ValueChange:
    """Tell one difference; `MISSING` stands for a side on which there is no value."""
    path = ".".join(safe_text(key, limit=80) for key in keys)
    if after is MISSING:
        return ValueChange("removed", path, short_json(before), None, keys)
    if before is MISSING:
        return ValueChange("added", path, None, short_json(after), keys)
    return ValueChange("changed", path, short_json(before), short_json(after), keys)


def short_json(value: object, limit: int = 200) -> str:
    """Write a value as JSON in one safe line; a value that history left out is written as its size."""
    if isinstance(value, dict) and set(value) == {"$omitted"}:
        return f"({value['$omitted']:,} characters)"
    if isinstance(value, LeftOut):
        return value.words
    return safe_text(json.dumps(value, ensure_ascii=False, default=str), limit=limit)


def _walk(keys: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ValueChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, MISSING), after.get(key, MISSING)
        if type(old) is type(new) and old == new:
            continue
        if _is_object(old) and _is_object(new):
            yield from _walk((*keys, key), old, new)
        else:
            yield value_change((*keys, key), old, new)


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and "$omitted" not in value
