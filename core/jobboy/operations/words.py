"""Which words of a database are worth offering while a filter is typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobboy.model.filter_language.completion import Vocabulary
from jobboy.model.process import Process
from jobboy.model.selection import Selection
from jobboy.operations.context import Context

LOOKED_AT = 100
"""Newest processes whose documents are looked at for paths."""
MAX_PATHS, MAX_VALUES, MAX_DEPTH, MAX_LENGTH = 200, 10, 4, 40
_DOCUMENTS = ("store", "parameters", "output", "reports")

Paths = dict[str, dict[str, None]]


def vocabulary(context: Context) -> Vocabulary:
    """Return codes, steps, workers, and the paths and values in the newest documents."""
    numbers = [row.number for row in context.repository.page(Selection(), limit=LOOKED_AT).rows]
    newest = context.repository.load(numbers)
    codes = sorted({*context.repository.codes(), *context.definitions.codes()})
    return Vocabulary(
        codes=codes,
        steps=sorted(_steps(context, codes, newest)),
        workers=[worker.id for worker in context.repository.workers(limit=20) if worker.stopped_at is None],
        paths={name: _paths(newest, name) for name in _DOCUMENTS},
    )


def _steps(context: Context, codes: list[str], newest: list[Process]) -> set[str]:
    records = [context.definitions.record(code) or context.repository.definition(code) for code in codes]
    known = {step for record in records if record for step in record.steps}
    return known | {process.step for process in newest if process.step is not None}


def _paths(newest: list[Process], document: str) -> dict[str, list[str]]:
    found: Paths = {}
    for process in newest:
        for path, value in _leaves(getattr(process, document) or {}, "", 0):
            if path in found or len(found) < MAX_PATHS:
                values = found.setdefault(path, {})
                if len(values) < MAX_VALUES:
                    values.setdefault(value)
    return {path: list(values) for path, values in sorted(found.items())}


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the paths of texts and numbers that are short enough to be offered."""
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{_part(name)}" if path else _part(name), depth + 1)
    elif isinstance(value, (str, int, float)) and path and len(str(value)) <= MAX_LENGTH:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _part(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() else f'"{name}"'
