"""A verb on several processes: who is meant, whom it applies to, and each in a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jobboy.errors import Fenced, NotFound, Refused
from jobboy.model.ordering import Place
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import ScanLimits, Selection
from jobboy.operations.context import Context
from jobboy.operations.eligibility import Verb
from jobboy.operations.reading import page_size, resolve
from jobboy.operations.results import BulkResult, Eligibility

if TYPE_CHECKING:
    from jobboy.operations.door import Operations

MOST_AT_ONCE = 10_000
"""Processes that one decision is for at most; whoever means more decides again."""
_PIECE = ScanLimits(rows=None, seconds=0.5)
_WHOLE = ScanLimits(rows=None, seconds=None)


@dataclass(frozen=True)
class Candidate:
    """A process that a verb is meant for, as it was when it was judged."""

    process: ProcessSummary
    eligibility: Eligibility

    def is_allowed(self, *, force: bool = False) -> bool:
        """Say whether the verb applies, with force or without."""
        return self.eligibility.allowed or (force and self.eligibility.needs_force)


def _never() -> bool:
    return False


def candidates(
    operations: Operations,
    verb: Verb,
    selection: Selection,
    *,
    limit: int = MOST_AT_ONCE,
    is_cancelled: Callable[[], bool] = _never,
) -> Iterator[Sequence[Candidate]]:
    """Yield the processes of a selection in its order, judged, a piece at a time; changes nothing.

    A piece may be empty, so that whoever waits can say that it goes on: where no index answers, it comes after half a
    second of looking. A list that is sorted comes in one piece.

    Args:
        operations: the door.
        verb: that is meant.
        selection: which processes.
        limit: at most so many.
        is_cancelled: asked many times a second, from the thread that reads; True ends it.
    """
    limits = replace(_PIECE if selection.order.is_by_number else _WHOLE, is_cancelled=is_cancelled)
    place: Place | int | None = None
    left = limit
    while left > 0 and not is_cancelled():
        page = operations.page(selection, below=place, limit=page_size(selection, left), limits=limits)
        yield [Candidate(row, operations.eligibility(verb, row)) for row in page.rows]
        left -= len(page.rows)
        if not page.has_more or page.end is None:
            return
        place = page.end.number if selection.order.is_by_number else page.end


def numbers_by_code(processes: Sequence[ProcessSummary]) -> Counter[str]:
    """Return how many processes of each code there are: what guardrails ask of a decision for several."""
    return Counter(process.code for process in processes)


def each(context: Context, parts: Sequence[str], verb: Callable[[str], object]) -> list[BulkResult]:
    """Apply a verb to several ids and return what became of each, in their order.

    A process that the verb returns under another id is the new one.
    """
    return [_one(context, part, verb) for part in parts]


def _one(context: Context, part: str, verb: Callable[[str], object]) -> BulkResult:
    full = part
    try:
        full = resolve(context, part)
        became = verb(full)
    except (NotFound, Refused, Fenced) as error:
        return BulkResult(full, ok=False, error=str(error))
    new_id = became.id if isinstance(became, Process) and became.id != full else None
    return BulkResult(full, ok=True, new_id=new_id)
