"""Rows with a cursor that stays on its row, and at its place on the screen, whatever comes and goes around it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from textual import events
from textual.message import Message
from textual.strip import Strip

from jobboy_console.commands import bindings
from jobboy_console.looks.lines import Line, cut, width_of
from jobboy_console.widgets.line_widget import LineWidget


class KeyedRow(Protocol):
    """What a row is made of."""

    @property
    def key(self) -> Hashable:
        """What tells it from the others, through every refresh."""

    @property
    def line(self) -> Line:
        """Cut with a sign where it is too long."""

    @property
    def side(self) -> Line:
        """Stands at the right edge, whole."""


@dataclass(frozen=True)
class PickRow:
    """A row of a plain list."""

    key: Hashable
    line: Line
    side: Line = ()


class CursorView(LineWidget):
    """Shows rows, of which one is under the cursor; only the visible ones are drawn.

    Args:
        id: in the screen.
        classes: for its look.
    """

    BINDINGS = bindings("rows")

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        view: CursorView
        key: Hashable

        @property
        def control(self) -> CursorView:
            """The view, by the name that Textual has for it."""
            return self.view

    @dataclass
    class Picked(Message):
        """Enter was pressed, or the row under the cursor was clicked."""

        view: CursorView
        key: Hashable

        @property
        def control(self) -> CursorView:
            """The view, by the name that Textual has for it."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[KeyedRow] = ()
        self.cursor = 0
        """Place of the row under the cursor."""

    @property
    def rows(self) -> Sequence[KeyedRow]:
        """What it shows."""
        return self._rows

    @property
    def cursor_key(self) -> Hashable:
        """Key of the row under the cursor, None when there is none."""
        return self._rows[self.cursor].key if self._rows else None

    def show_rows(self, rows: Sequence[KeyedRow], *, cursor: Hashable = None) -> None:
        """Show other rows; the cursor stays on its row or goes to the one with the key `cursor`.

        A row that is gone leaves the cursor at its place.
        """
        drawn = self._drawn()
        before, wanted = self.cursor, self.cursor_key if cursor is None else cursor
        self._rows = rows
        last = max(len(rows) - 1, 0)
        self.cursor = next((at for at, row in enumerate(rows) if row.key == wanted), min(before, last))
        self.make_room(len(rows))
        if self.cursor != before and cursor is None:
            self.scroll_to(y=self.scroll_offset.y + self.cursor - before, animate=False, force=True)
        self.draw_changed(drawn, self._drawn())
        self.call_after_refresh(self._keep_cursor_visible)

    def go_to(self, key: Hashable) -> None:
        """Put the cursor on a row; nothing happens when there is none with this key."""
        place = next((at for at, row in enumerate(self._rows) if row.key == key), None)
        if place is not None:
            self._go(place)

    def render_line(self, y: int) -> Strip:
        """Draw a visible row."""
        index, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if index >= len(self._rows):
            return self.strip_of((), width)
        row = self._rows[index]
        over = "" if index != self.cursor else "on $primary 30%" if self.has_focus else "on $panel"
        line = self.decorated(row.line)
        if not row.side:
            return self.strip_of(line, width, over=over)
        fitting = cut(line, max(width - width_of(row.side) - 2, 1))
        gap = max(width - width_of(fitting) - width_of(row.side), 0)
        return self.strip_of((*fitting, (" " * gap, "plain"), *row.side), width, over=over)

    def decorated(self, line: Line) -> Line:
        """Return a line as it is drawn; a view that is searched marks what was found."""
        return line

    # --- moving ---

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self.cursor + by)

    def action_page(self, by: float) -> None:
        """Move the cursor by pages."""
        self._go(self.cursor + round(by * self.scrollable_content_region.height))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._go(len(self._rows) - 1)

    def action_pick(self) -> None:
        """Take the row under the cursor."""
        if self._rows:
            self.post_message(self.Picked(self, self.cursor_key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicked; a click on the row under the cursor picks it."""
        index = event.y + self.scroll_offset.y
        if index >= len(self._rows):
            return
        if index == self.cursor:
            self.action_pick()
        else:
            self._go(index)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight."""
        self.make_room(len(self._rows))
        self._keep_cursor_visible()

    def _go(self, index: int) -> None:
        if not self._rows:
            return
        before, self.cursor = self.cursor, min(max(index, 0), len(self._rows) - 1)
        self.refresh_line(before)
        self.refresh_line(self.cursor)
        self._keep_cursor_visible()
        if before != self.cursor:
            self.post_message(self.Moved(self, self.cursor_key))

    def _drawn(self) -> Sequence[object]:
        """Return all that the visible lines are made of."""
        top = self.scroll_offset.y
        rows = self._rows[top : top + self.scrollable_content_region.height]
        return [(top, len(rows)), *((row, at == self.cursor) for at, row in enumerate(rows, start=top))]

    def _keep_cursor_visible(self) -> None:
        height = max(self.scrollable_content_region.height, 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)
