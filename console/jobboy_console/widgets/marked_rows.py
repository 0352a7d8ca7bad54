"""Rows of processes in which one moves a cursor and marks: both stay on their processes, whatever comes and goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.message import Message

from jobboy_console.facts.rows import Matching, Row, RowKey, Selection
from jobboy_console.facts.views import BUILT_IN
from jobboy_console.listing.marks import Marks
from jobboy_console.listing.row_window import RowWindow
from jobboy_console.widgets.line_widget import LineWidget


class MarkedRows(LineWidget):
    """Knows where the cursor is and what is marked; how a row looks is for those who derive from it."""

    @dataclass
    class RangeWanted(Message):
        """All rows between two are to be marked, and some of them are not in memory."""

        first: RowKey
        last: RowKey

    @dataclass
    class CursorMoved(Message):
        """The cursor is on another process, or on none."""

        row: Row | None

    @dataclass
    class Changed(Message):
        """Rows, marks, counts or the place in the list are others."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.window = RowWindow(BUILT_IN[0])
        self.marks = Marks()

    @property
    def cursor(self) -> Row | None:
        """The process under the cursor."""
        return self.window.cursor

    @property
    def selection(self) -> Selection:
        """The processes a verb is meant for."""
        return self.marks.selection(self.cursor)

    # --- moving ---

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self.window.cursor_index + by)

    def action_page(self, by: float) -> None:
        """Move the cursor by pages."""
        self._go(self.window.cursor_index + round(by * self._height))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(self.window.total - 1)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicked."""
        index = event.y + self.scroll_offset.y
        if index < self.window.total:
            self._go(index)

    def _go(self, index: int) -> None:
        before = self.window.cursor_index
        self.window.move_to(index)
        if self.marks.range is not None:
            self._marks_changed()
        self.refresh_line(before)
        self.refresh_line(self.window.cursor_index)
        self._keep_cursor_visible()
        self._tell()

    def _keep_cursor_visible(self) -> None:
        height = self._height
        top = self.scroll_offset.y
        at = self.window.cursor_index
        if at < top:
            self.scroll_to(y=at, animate=False, force=True)
        elif at >= top + height:
            self.scroll_to(y=at - height + 1, animate=False, force=True)

    def _tell(self) -> None:
        row = self.window.cursor
        self.post_message(self.CursorMoved(row))

    @property
    def _height(self) -> int:
        return max(self.scrollable_content_region.height, 1)

    # --- marking ---

    def action_mark(self) -> None:
        """Mark the process under the cursor, or unmark it, and go on; ends a range."""
        row = self.window.cursor
        if self.marks.range is not None:
            self.action_range()
        elif row is not None:
            self.marks.toggle(row)
            self._go(self.window.cursor_index + 1)
            self._marks_changed()

    def action_range(self) -> None:
        """Begin a range of marks at the cursor; a second time mark all between there and the cursor."""
        row, begun = self.window.cursor, self.marks.range
        if row is None:
            return
        if begun is None:
            self.marks.range = (self.window.cursor_index, row)
        else:
            self.marks.range = None
            self._mark_between(begun, (self.window.cursor_index, row))
        self._marks_changed()

    def _mark_between(self, *ends: tuple[int, Row]) -> None:
        (first, above), (last, below) = sorted(ends, key=lambda end: end[0])
        rows = [row for index in range(first, last + 1) if (row := self.window.at(index)) is not None]
        if len(rows) == last - first + 1:
            self.marks.add(rows)
        else:
            self.post_message(self.RangeWanted(above.key, below.key))

    def drop_range(self) -> bool:
        """Forget where a range begins; False when there is none."""
        had, self.marks.range = self.marks.range is not None, None
        self._marks_changed()
        return had

    def action_unmark(self) -> None:
        """Forget all marks."""
        self.marks.clear()
        self._marks_changed()

    def mark_all(self, matching: Matching) -> None:
        """Mark all that match."""
        self.marks.mark_all(matching)
        self._marks_changed()

    def add_marks(self, rows: Iterable[Row]) -> None:
        """Mark some more."""
        self.marks.add(rows)
        self._marks_changed()

    def forget(self, ids: Iterable[str]) -> None:
        """Take the marks off some processes."""
        self.marks.forget(ids)
        self._marks_changed()

    @property
    def marking(self) -> str:
        """What is marked, in words; empty when nothing is."""
        return self.marks.words(self.window.cursor_index)

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed())
