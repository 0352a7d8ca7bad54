"""The part of a list that is in memory, and the cursor that stays on its process while the list moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jobboy_console.facts.rows import Looked, Row, RowKey, Rows, RowsRequest
from jobboy_console.facts.views import View

MARGIN = 100
"""Rows that are at least kept in memory before and after the visible ones."""


class RowWindow:
    """Neighbouring rows around what is visible, wherever in a list of any length that is.

    Positions are exact at the ends of the list and believed in between: counting what stands above would cost more
    the longer the list is. A place is remembered by key, the cursor by id.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        self.first_index = 0
        self.total = 0
        self.total_is_floor = False
        self.is_counted = False
        """Whether the total is more than a guess."""
        self.at_start = True
        self.at_end = True
        self.loaded = False
        self.cursor_index = 0
        self.cursor: Row | None = None
        self.rows: Sequence[Row] = ()
        self.looked: Looked | None = None
        """How far was looked for the rows, where no index answers."""
        self._newest: int | None = None
        """Number of the first process of a list that goes by number."""

    def at(self, index: int) -> Row | None:
        """Return the row of a position, None while it is not in memory."""
        place = index - self.first_index
        return self.rows[place] if 0 <= place < len(self.rows) else None

    def position_of(self, process_id: str) -> int | None:
        """Return where a process is, None when it is not in memory."""
        for place, row in enumerate(self.rows):
            if row.id == process_id:
                return self.first_index + place
        return None

    def move_to(self, index: int) -> None:
        """Put the cursor on a position, as near as the list allows."""
        self.cursor_index = min(max(index, 0), max(self.total - 1, 0))
        self.cursor = self.at(self.cursor_index)

    def accept(self, answer: Rows) -> int:
        """Take over an answer; returns by how much positions of rows that stayed have moved.

        The cursor stays on its process. When its process left the list, it goes to the next one that stayed.
        """
        moved = self._moved(answer)
        heir = self._heir(answer, self.cursor_index + moved)
        self.rows, self.first_index = answer.rows, answer.first_index
        self.total, self.total_is_floor = answer.total, answer.total_is_floor
        self.at_start, self.at_end, self.loaded = answer.at_start, answer.at_end, True
        self.looked, self.is_counted = answer.looked, not answer.leaves_out
        if answer.at_start and answer.request.go_on is None:
            self._newest = answer.rows[0].key.number if answer.rows else None
        found = None if heir is None else self.position_of(heir)
        self.move_to(self.cursor_index + moved if found is None else found)
        return moved

    def wanted(self, top: int, height: int, *, refresh: bool = False, thorough: bool = False) -> RowsRequest | None:
        """Return what to ask for so that the visible rows and a margin are in memory; None when they are.

        Args:
            top: position of the first visible row.
            height: how many rows are visible.
            refresh: ask even when all is there, because something has changed.
            thorough: look as long as it takes.
        """
        end = self.first_index + len(self.rows)
        near_start = top - self.first_index < height and not self.at_start
        near_end = end - (top + height) < height and not self.at_end
        if self.loaded and not refresh and not near_start and not near_end:
            return None
        before = max(MARGIN, 2 * height)
        after = height + before
        if not self.loaded or top <= 0:
            at_once = not self.loaded and not thorough and self.view.is_glance and not self.view.narrowing
            return RowsRequest(view=self.view, after=after, thorough=thorough, at_once=at_once)
        visible, anchor = self.at(top), None
        if visible is None and top + 2 * height >= self.total:
            return RowsRequest(view=self.view, from_end=True, after=after, thorough=thorough)
        anchor = self._guess(top) if visible is None else visible.key
        return RowsRequest(view=self.view, anchor=anchor, index=top, before=before, after=after, thorough=thorough)

    def further(self, height: int) -> RowsRequest | None:
        """Return what to ask for so that a look that stopped goes on; None when none did."""
        looked = self.looked
        if looked is None or not looked.stopped:
            return None
        after = max(MARGIN, height)
        if looked.goes_on_from is None:
            return RowsRequest(view=self.view, after=after, thorough=True)
        return RowsRequest(
            view=self.view, after=after, thorough=True, kept=tuple(self.rows), go_on=looked.goes_on_from
        )

    def _heir(self, answer: Rows, expected: int) -> str | None:
        """Return the id the cursor goes to: its own, the next in the list that is still there, or the one before.

        None when the answer is about another part of the list than the one where the cursor is expected.
        """
        there = {row.id for row in answer.rows}
        if self.cursor is None or self.cursor.id in there:
            return None if self.cursor is None else self.cursor.id
        if not answer.first_index <= expected <= answer.first_index + len(answer.rows):
            return None
        place = self.cursor_index - self.first_index
        following: Iterable[Row] = self.rows[max(place, 0) + 1 :]
        before: Iterable[Row] = reversed(self.rows[: max(place, 0)])
        return next((row.id for row in (*following, *before) if row.id in there), None)

    def _moved(self, answer: Rows) -> int:
        """Compare a row that is in both; the cursor's before any other."""
        old = {row.id: self.first_index + place for place, row in enumerate(self.rows)}
        if self.cursor is not None:
            for place, row in enumerate(answer.rows):
                if row.id == self.cursor.id:
                    return answer.first_index + place - self.cursor_index
        for place, row in enumerate(answer.rows):
            if row.id in old:
                return answer.first_index + place - old[row.id]
        return 0

    def _guess(self, index: int) -> RowKey | None:
        """Guess the key of a far position: numbers are spread about evenly in a list of one section, newest first."""
        if self._newest is None or len(self.view.sections) != 1 or self.view.order or self.total == 0:
            return self.rows[-1].key if self.rows and index > self.first_index else None
        return RowKey(0, max(round(self._newest * (1 - index / self.total)), 1))
