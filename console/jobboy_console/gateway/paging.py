"""Reads rows of a view by keyset: the sections one after the other, forwards or backwards from any place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from jobboy.errors import InvalidFilter
from jobboy.model.ordering import NEWEST_FIRST
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import Selection
from jobboy.operations import Operations, parse_filter
from jobboy_console.gateway.converting import row_of
from jobboy_console.snapshots import Row, RowKey, Rows, RowsRequest
from jobboy_console.views import View

COUNTED = 10_000
"""Rows that are counted where no kept counter answers; a list that long says "or more"."""


def read_rows(operations: Operations, request: RowsRequest) -> Rows:
    """Answer a request with one or two reads for each section that it touches, and the counts."""
    sections = _sections(request.view)
    counts = [operations.counted(selection, limit=COUNTED) for selection in sections]
    reader = _Reader(operations, sections, size=max(request.before, request.after) + 1)
    anchor = request.anchor
    if request.from_end:
        above = list(islice(reader.upwards(None), request.after + 1))
        below: list[Row] = []
        wanted_above = request.after
    else:
        below = list(islice(reader.downwards(anchor), request.after + 1))
        above = [] if anchor is None else list(islice(reader.upwards(anchor), request.before + 1))
        wanted_above = request.before
    at_start = len(above) <= wanted_above
    at_end = request.from_end or len(below) <= request.after
    rows = [*reversed(above[:wanted_above]), *below[: request.after]]
    total = max(sum(counted.number for counted in counts), len(rows))
    is_floor = any(counted.is_floor for counted in counts)
    first = _first_index(request, len(above[:wanted_above]), len(rows), total, at_start, at_end)
    return Rows(
        request=request,
        rows=tuple(rows),
        first_index=first,
        at_start=at_start,
        at_end=at_end,
        total=first + len(rows) if at_end else max(total, first + len(rows) + 1),
        total_is_floor=reader.gave_up or (is_floor and not at_end),
    )


def _first_index(request: RowsRequest, above: int, length: int, total: int, at_start: bool, at_end: bool) -> int:
    if at_start:
        return 0
    if at_end and total > length:
        return total - length
    return max(request.index - above, 1)


def _sections(view: View) -> list[Selection]:
    found: list[Selection] = []
    for query in view.queries():
        try:
            found.append(replace(parse_filter(query), order=NEWEST_FIRST))
        except InvalidFilter:  # the operator's words and this section's exclude each other
            continue
    return found


class _Reader:
    """Walks through the sections in either direction, a page at a time."""

    def __init__(self, operations: Operations, sections: list[Selection], *, size: int) -> None:
        self._operations = operations
        self._sections = sections
        self._size = size
        self._now = operations.now()
        self.gave_up = False
        """True when there may be rows beyond what could be looked at in time."""

    def downwards(self, anchor: RowKey | None) -> Iterator[Row]:
        """Yield from the anchor, it included, to the end."""
        start = 0 if anchor is None else anchor[0]
        for index in range(start, len(self._sections)):
            below = None if anchor is None or index > anchor[0] else -anchor[1] + 1
            yield from self._pages(index, below=below)

    def upwards(self, anchor: RowKey | None) -> Iterator[Row]:
        """Yield from just before the anchor to the beginning."""
        start = len(self._sections) - 1 if anchor is None else min(anchor[0], len(self._sections) - 1)
        for index in range(start, -1, -1):
            above = 0 if anchor is None or index < anchor[0] else -anchor[1]
            yield from self._pages(index, above=above)

    def _pages(self, index: int, *, below: int | None = None, above: int | None = None) -> Iterator[Row]:
        while True:
            page = self._operations.page(self._sections[index], below=below, above=above, limit=self._size)
            rows = [self._row(row, index) for row in page.rows]
            yield from rows if above is None else reversed(rows)
            if page.scan is not None and page.scan.stopped is not None:
                self.gave_up = True
                return
            if not page.has_more or page.end is None:
                return
            if above is None:
                below = page.end.number
            else:
                above = page.end.number

    def _row(self, process: ProcessSummary, section: int) -> Row:
        return row_of(process, section, self._now)
