"""A verb on several processes: each in a transaction of its own, so that a refusal stops none of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobboy.errors import Fenced, NotFound, Refused
from jobboy.operations.context import Context
from jobboy.operations.reading import resolve
from jobboy.operations.results import BulkResult


def each(context: Context, parts: Sequence[str], verb: Callable[[str], object]) -> list[BulkResult]:
    """Apply a verb to several ids and return what became of each, in their order."""
    return [_one(context, part, verb) for part in parts]


def _one(context: Context, part: str, verb: Callable[[str], object]) -> BulkResult:
    full = part
    try:
        full = resolve(context, part)
        verb(full)
    except (NotFound, Refused, Fenced) as error:
        return BulkResult(full, ok=False, error=str(error))
    return BulkResult(full, ok=True)
