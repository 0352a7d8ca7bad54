"""Reads the values inside documents that a view shows as columns; each again only when its process has changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobboy.errors import InvalidFilter
from jobboy.model.filter_language.conditions import AtPath
from jobboy.model.process import Process
from jobboy.operations import Operations, parse_filter
from jobboy_console.facts.changes import short_json
from jobboy_console.facts.rows import Row
from jobboy_console.facts.views import View
from jobboy_console.looks.text import safe_text

MOST_KEPT = 5_000
"""Values of so many processes are kept."""
MOST_CHARACTERS = 80


@dataclass(frozen=True)
class ValuePath:
    """A place in a document of every process."""

    name: str
    """As it is written: ``store.rows``."""
    document: str
    keys: tuple[str | int, ...]

    def of(self, process: Process) -> str | None:
        """Return the value as short JSON, text without quotes, safe; None when there is none."""
        value: Any = getattr(process, self.document)
        try:
            for key in self.keys:
                value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(value, str):
            return safe_text(value, limit=MOST_CHARACTERS)
        return short_json(value, MOST_CHARACTERS)


def read_path(name: str) -> ValuePath:
    """Read a path such as ``store.rows`` or ``output.files[0].name``.

    Raises:
        ValueError: saying what was expected.
    """
    expected = "expected a path such as store.rows or parameters.tenant.name"
    try:
        condition = parse_filter(f"{name}:*").condition
    except InvalidFilter as error:
        raise ValueError(expected) from error
    if not isinstance(condition, AtPath) or condition.asked is not None or name != name.strip():
        raise ValueError(expected)
    return ValuePath(name, condition.document, condition.path)


class PathValues:
    """The values of one database; usable from any thread."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], dict[str, tuple[object, tuple[tuple[str, str], ...]]]] = {}

    def put_into(self, view: View, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Return the rows with the values that the columns of the view ask for."""
        names = tuple(name for name in view.columns if "." in name)
        if not names or not rows:
            return tuple(rows)
        paths = [read_path(name) for name in names]
        with self._lock:
            known = dict(self._known.get(names, {}))
        missing = [row.key.number for row in rows if known.get(row.id, (None,))[0] != _version(row)]
        for process in self._operations.house.load(missing):
            values = tuple((path.name, value) for path in paths if (value := path.of(process)) is not None)
            known[process.id] = ((process.token, process.updated_at), values)
        with self._lock:
            kept = list(known.items())[-MOST_KEPT:]
            self._known = {names: dict(kept)}
        return tuple(replace(row, values=known[row.id][1]) if row.id in known else row for row in rows)


def _version(row: Row) -> tuple[int, datetime]:
    return (row.token, row.updated_at)
