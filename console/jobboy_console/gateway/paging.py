"""Reads rows of a view by keyset: the sections one after the other, forwards or backwards from any place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from jobboy.errors import InvalidFilter
from jobboy.model.ordering import Place
from jobboy.model.process import ProcessSummary
from jobboy.model.selection import UNLIMITED, Counted, Page, Scan, ScanLimits, Selection
from jobboy.operations import Operations, parse_filter
from jobboy_console.facts.rows import Looked, News, Row, RowKey, Rows, RowsRequest
from jobboy_console.facts.views import View
from jobboy_console.gateway.converting import row_of

COUNTED = 10_000
"""Rows that are counted where no kept counter answers; a list that long says "or more"."""
PIECE_S = 0.25
"""After so long a look for what no index answers says how far it is."""
LOOK_S = 2.0
"""After so long it stops, unless it was asked to go on."""
OWN_LIMITS = ScanLimits(rows=20_000, seconds=0.2)
"""For what a built-in view looks for by itself, each time anything changes."""
NEWS = 100
"""Rows at the beginning of a list that are looked through for new ones."""
_BEYOND_ALL = 1 << 62

Progress = Callable[[Rows], object]


class Look:
    """One look for rows; may be ended from any thread, with what was found until then.

    Args:
        progress: told again and again, from the thread that reads, what was found so far.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress
        self.is_cancelled = False

    def cancel(self) -> None:
        """End it soon."""
        self.is_cancelled = True


def read_rows(operations: Operations, request: RowsRequest, look: Look | None = None) -> Rows:
    """Answer a request with one or two reads for each section that it touches, and the counts."""
    reader = _Reader(operations, request, look or Look())
    rows = reader.answer()
    return replace(rows, took_s=reader.passed_s)


def sections_of(view: View) -> list[Selection]:
    """Return what each section selects, in its order; one that a filter excludes selects nothing."""
    order = parse_filter(f"sort:{view.order}").order if view.order else None
    found: list[Selection] = []
    for query in view.queries():
        try:
            selection = parse_filter(query)
        except InvalidFilter:  # the operator's words and this section's exclude each other
            selection = _NOTHING
        found.append(selection if order is None else replace(selection, order=order))
    return found


_NOTHING = Selection(handled=False, paused=True, stuck=True)
"""No process is unhandled and stuck: a section that keeps its place but has nobody."""


class _Reader:
    """Walks through the sections in either direction, a page at a time."""

    def __init__(self, operations: Operations, request: RowsRequest, look: Look) -> None:
        self._operations = operations
        self._request = request
        self._look = look
        self._sections = sections_of(request.view)
        self._size = max(request.before, request.after) + 1
        self._now = operations.now()
        self._began = time.monotonic()
        self._told_at = self._began
        self._looked: Looked | None = None
        self._above: list[Row] = []
        self._below: list[Row] = []
        self._leaves_out = False

    @property
    def passed_s(self) -> float:
        """How long it has been reading, in seconds."""
        return time.monotonic() - self._began

    def answer(self) -> Rows:
        """Read what was asked for."""
        request = self._request
        if request.from_end:
            self._above = list(islice(self._upwards(None), request.after + 1))
        else:
            for row in islice(self._downwards(), request.after + 1):
                self._below.append(row)
            if request.anchor is not None and request.go_on is None:
                self._above = list(islice(self._upwards(request.anchor), request.before + 1))
        return self._rows()

    def _rows(self) -> Rows:
        request = self._request
        wanted_above = request.after if request.from_end else request.before
        above, below = self._above[:wanted_above], self._below[: request.after]
        at_start = request.go_on is not None or len(self._above) <= wanted_above
        at_end = request.from_end or (len(self._below) <= request.after and not self._leaves_out)
        rows = [*request.kept, *reversed(above), *below]
        is_whole = at_start and at_end
        counted = self._total(len(rows), is_whole)
        first = _first_index(request, len(above), len(rows), counted.number, at_start, at_end)
        looked = self._looked  # what is only sorted is counted all the same
        gave_up = looked is not None and bool(looked.stopped) and (at_end or not looked.is_sorted)
        return Rows(
            request=request,
            rows=tuple(rows),
            first_index=first,
            at_start=at_start,
            at_end=at_end,
            total=first + len(rows) if at_end else max(counted.number, first + len(rows) + 1),
            total_is_floor=gave_up or (counted.is_floor and not at_end),
            looked=self._looked,
        )

    def _total(self, known: int, is_whole: bool) -> Counted:
        """Count the sections; where counting means looking, only when the rows at hand are not all."""
        number, is_floor = 0, False
        for selection in self._sections:
            if selection is _NOTHING:
                continue
            if selection.is_scanned and (is_whole or self._shall_not_count):
                is_floor = is_floor or not is_whole
                continue
            limits = ScanLimits(rows=OWN_LIMITS.rows, seconds=PIECE_S, is_cancelled=self._cancelled)
            counted = self._operations.counted(selection, limit=COUNTED, limits=limits)
            number, is_floor = number + counted.number, is_floor or counted.is_floor
        return Counted(max(number, known), is_floor=is_floor)

    @property
    def _shall_not_count(self) -> bool:
        return self._request.at_once or self._look.is_cancelled or self._is_under_way

    # --- walking ---

    def _downwards(self) -> Iterator[Row]:
        """Yield from the anchor, it included, to the end; or from where a look goes on."""
        begin = self._request.go_on or self._request.anchor
        start = 0 if begin is None else begin.section
        for index in range(start, len(self._sections)):
            if self._request.at_once and self._sections[index].is_scanned:
                self._leaves_out = True
                return
            here = begin if begin is not None and index == begin.section else None
            below = None if here is None else self._just_before(here, index)
            yield from self._pages(index, below=below)

    def _just_before(self, key: RowKey, index: int) -> Place:
        if self._request.go_on is not None:
            return Place(key.number, key.value)
        order = self._sections[index].order  # among equals the newest comes first, whatever the order
        step = -1 if order.is_by_number and not order.descending else 1
        return Place(key.number + step, key.value)

    def _upwards(self, anchor: RowKey | None) -> Iterator[Row]:
        """Yield from just before the anchor to the beginning."""
        start = len(self._sections) - 1 if anchor is None else min(anchor.section, len(self._sections) - 1)
        for index in range(start, -1, -1):
            here = anchor if anchor is not None and index == anchor.section else None
            above = self._the_end(index) if here is None else Place(here.number, here.value)
            yield from self._pages(index, above=above)

    def _the_end(self, index: int) -> Place:
        order = self._sections[index].order
        return Place(_BEYOND_ALL if order.is_by_number and not order.descending else 0)

    def _pages(self, index: int, *, below: Place | None = None, above: Place | None = None) -> Iterator[Row]:
        selection = self._sections[index]
        if selection is _NOTHING:
            return
        looked_before = 0
        while True:
            limits = self._limits(selection)
            page = self._operations.page(selection, below=below, above=above, limit=self._size, limits=limits)
            goes_on = page.has_more and page.end is not None and self._goes_on(selection, page)
            if page.scan is not None:  # before the rows: whoever has enough of them does not come back
                self._note_scan(page, page.scan, index, looked_before)
                looked_before += page.scan.looked_at
            rows = [self._row(row, index) for row in page.rows]
            yield from rows if above is None else reversed(rows)
            if not goes_on:
                return
            if page.scan is not None and page.scan.stopped is not None:
                self._tell()
            if above is None:
                below = page.end
            else:
                above = page.end

    def _row(self, process: ProcessSummary, section: int) -> Row:
        order = self._sections[section].order
        value = None if order.is_by_number else order.key_of(process)
        return row_of(process, section, self._now, value=value)

    # --- looking where no index answers ---

    @property
    def _is_under_way(self) -> bool:
        return self._looked is not None and self._looked.is_under_way

    def _cancelled(self) -> bool:
        return self._look.is_cancelled

    def _limits(self, selection: Selection) -> ScanLimits:
        if self._is_glance:
            return replace(OWN_LIMITS, is_cancelled=self._cancelled)
        if selection.order.is_by_number:  # goes on from where it stopped, so that it can tell how far it is
            return ScanLimits(rows=None, seconds=PIECE_S, is_cancelled=self._cancelled)
        limits = UNLIMITED if self._request.thorough else ScanLimits()
        return replace(limits, is_cancelled=self._cancelled)

    def _goes_on(self, selection: Selection, page: Page) -> bool:
        """Say whether to read the next page; a look that has stopped goes on while there is time."""
        if page.scan is None or page.scan.stopped is None:
            return True
        may = selection.order.is_by_number and not self._look.is_cancelled and not self._is_glance
        return may and (self._request.thorough or self.passed_s < LOOK_S)

    @property
    def _is_glance(self) -> bool:
        view = self._request.view
        return view.is_glance and not view.narrowing and not self._request.thorough

    def _note_scan(self, page: Page, scan: Scan, index: int, before: int) -> None:
        by_number = self._sections[index].order.is_by_number
        end = page.end if by_number and page.has_more and not self._request.from_end else None
        looked_at = before + scan.looked_at
        self._looked = Looked(
            looked_at=looked_at,
            of=max(scan.of, looked_at),
            stopped="" if scan.stopped is None else scan.stopped.value,
            is_sorted=not by_number,
            goes_on_from=None if end is None else RowKey(index, end.number),
        )

    def _tell(self) -> None:
        """Show what was found so far."""
        looked = self._looked
        if looked is not None and self._look.progress is not None:
            self._looked = replace(looked, stopped="", is_under_way=True)
            self._look.progress(replace(self._rows(), took_s=self.passed_s))
            self._looked = looked


def read_news(operations: Operations, view: View, known: frozenset[str]) -> News:
    """Count the processes that stand before known ones at the beginning of a view; if there are none, all."""
    rows = read_rows(operations, RowsRequest(view=replace(view, is_glance=True), after=NEWS)).rows
    last = max((place for place, row in enumerate(rows) if row.id in known), default=len(rows))
    number = sum(row.id not in known for row in rows[:last])
    return News(view=view, number=number, is_floor=number == NEWS)


def _first_index(request: RowsRequest, above: int, length: int, total: int, at_start: bool, at_end: bool) -> int:
    if at_start:
        return 0
    if at_end and total > length:
        return total - length
    return max(request.index - above, 1)
