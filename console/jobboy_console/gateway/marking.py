"""Finds the processes that one key marks: all that match a view, or all between two rows."""

from __future__ import annotations

from dataclasses import replace

from jobboy.operations import Operations
from jobboy_console.facts.rows import Matching, RowKey, RowsRequest
from jobboy_console.facts.views import View
from jobboy_console.gateway.paging import Look, read_rows

MOST_MARKED = 1_000
"""Processes that are marked by id; more only by the filter they match."""


def read_matching(operations: Operations, view: View, look: Look | None = None) -> Matching:
    """Return all that match a view; when they are more than `MOST_MARKED`, the first ones and how many there are."""
    unsorted = replace(view.without_typed_order(), sort="")  # to sort all would take long, and nobody looks at them
    found = read_rows(operations, RowsRequest(view=unsorted, after=MOST_MARKED, thorough=True), look)
    return Matching(
        rows=found.rows, filter=view.one_filter, total=found.total, total_is_floor=found.total_is_floor,
        is_whole=found.at_end and not found.total_is_floor,
    )  # fmt: skip


def read_between(operations: Operations, view: View, first: RowKey, last: RowKey) -> Matching:
    """Return the rows from one to another, both included, at most `MOST_MARKED`."""
    found = read_rows(operations, RowsRequest(view=view, anchor=first, index=1, after=MOST_MARKED, thorough=True))
    keys = [(row.key.section, row.key.number) for row in found.rows]
    wanted = (last.section, last.number)
    rows = found.rows[: keys.index(wanted) + 1] if wanted in keys else found.rows
    return Matching(
        rows=rows, filter=view.one_filter, total=len(rows), total_is_floor=False, is_whole=wanted in keys,
        is_range=True,
    )  # fmt: skip
