"""What an event changed, as one line for each value: from its `before` and `after`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jobboy_console.text import safe_text

Operation = Literal["added", "changed", "removed"]
SIGNS: dict[Operation, str] = {"added": "+", "changed": "Δ", "removed": "-"}
_MISSING = object()


@dataclass(frozen=True)
class ValueChange:
    """One value that is another one than before."""

    operation: Operation
    path: str
    """Safe text, such as ``store.cursor``."""
    before: str | None
    """As short JSON, safe; None when it was not there."""
    after: str | None

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
    return list(_walk("", before or {}, after or {}))


def short_json(value: object, limit: int = 200) -> str:
    """Write a value as JSON in one safe line; a value that history left out is written as its size."""
    if isinstance(value, dict) and set(value) == {"$omitted"}:
        return f"({value['$omitted']:,} characters)"
    return safe_text(json.dumps(value, ensure_ascii=False, default=str), limit=limit)


def _walk(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ValueChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, _MISSING), after.get(key, _MISSING)
        if type(old) is type(new) and old == new:
            continue
        inside = f"{path}.{safe_text(key, limit=80)}" if path else safe_text(key, limit=80)
        if _is_object(old) and _is_object(new):
            yield from _walk(inside, old, new)
        elif new is _MISSING:
            yield ValueChange("removed", inside, short_json(old), None)
        elif old is _MISSING:
            yield ValueChange("added", inside, None, short_json(new))
        else:
            yield ValueChange("changed", inside, short_json(old), short_json(new))


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and "$omitted" not in value
