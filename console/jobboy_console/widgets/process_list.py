"""The list of processes: virtual over any number of them, with the cursor and the marks on processes, not rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from jobboy_console.commands import bindings
from jobboy_console.lines import Line, Part
from jobboy_console.row_window import RowWindow
from jobboy_console.snapshots import Row, Rows, RowsRequest
from jobboy_console.text import ago, fit, safe_text
from jobboy_console.views import BUILT_IN, View
from jobboy_console.widgets.clock import Clock
from jobboy_console.widgets.line_widget import LineWidget

_FIXED = 34
"""Cells of mark, state, id, attempt, age and all gaps."""
_BEFORE_AGE = 28
"""Cells before the age, without those of code and step."""
_AGE = 5
_NAMES = (4, 4)
"""Cells of the names of the columns CODE and STEP."""


class ProcessList(LineWidget):
    """Shows a view, asks for the rows it needs with `RowsWanted`, and takes answers in `accept`.

    Args:
        clock: tells the present, for ages.
    """

    BINDINGS = bindings("list")

    @dataclass
    class RowsWanted(Message):
        """Rows that should be read; answers to earlier ones are still welcome."""

        request: RowsRequest

    @dataclass
    class CursorMoved(Message):
        """The cursor is on another process, or on none."""

        row: Row | None

    @dataclass
    class Changed(Message):
        """Rows, marks, counts or the place in the list are others."""

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self.window = RowWindow(BUILT_IN[0])
        self.marked: dict[str, Row] = {}
        self._ages: dict[int, str] = {}
        self._columns = _NAMES
        self.stale = False

    # --- what it shows ---

    @property
    def cursor(self) -> Row | None:
        """The process under the cursor."""
        return self.window.cursor

    def show(self, view: View) -> None:
        """Show another view from its beginning; the rows of the last one stay until the first answer."""
        keep = self.window
        self.window = RowWindow(view)
        if keep.view.name == view.name:
            self.window.cursor = keep.cursor
        self.scroll_to(y=0, animate=False, force=True)
        self._ask(refresh=True)
        self.refresh()

    def reload(self) -> None:
        """Ask for what is visible again: something has changed."""
        self._ask(refresh=True)

    def accept(self, answer: Rows) -> None:
        """Show an answer, unless it is for a view that is no longer shown."""
        if answer.request.view != self.window.view:
            return
        top = self.scroll_offset.y
        first_time = not self.window.loaded
        shown = self._shown()
        moved = self.window.accept(answer)
        self._columns = _longest(answer.rows, _NAMES if first_time else self._columns)
        self.marked.update({row.id: row for row in answer.rows if row.id in self.marked})
        self.virtual_size = Size(self.size.width, self.window.total)
        if moved and top > 0 and not first_time:
            self.scroll_to(y=top + moved, animate=False, force=True)
        self._keep_cursor_visible()
        self._redraw(shown, self._shown())
        self._ask()
        self._tell()
        self.post_message(self.Changed())

    def mark_stale(self, stale: bool) -> None:
        """Dim the rows while they cannot be read again, or stop that."""
        if stale is not self.stale:
            self.stale = stale
            self.refresh()

    def tick(self) -> None:
        """Draw anew the lines whose age is written differently now."""
        now = self._clock.now()
        for y, shown in list(self._ages.items()):
            row = self.window.at(y + self.scroll_offset.y)
            if row is not None and ago(row.updated_at, now) != shown:
                code, step, _ = _widths(self.scrollable_content_region.width, self._columns)
                self.refresh(Region(_BEFORE_AGE + code + step, y, _AGE, 1))

    def _shown(self) -> tuple[object, ...]:
        """Return all that the visible lines are made of, the first entry being what they have in common."""
        window, top = self.window, self.scroll_offset.y
        common = (window.view, top, window.total == 0, window.loaded, self._columns)
        lines = range(top, top + self.scrollable_content_region.height)
        return (common, *((window.at(index), index == window.cursor_index) for index in lines))

    def _redraw(self, before: tuple[object, ...], after: tuple[object, ...]) -> None:
        """Draw only what differs: a busy database changes a few rows at a time."""
        if before[0] != after[0] or len(before) != len(after):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before[1:], after[1:], strict=True)):
            if old != new:
                self.refresh_line(y + self.scroll_offset.y)

    # --- drawing ---

    def render_line(self, y: int) -> Strip:
        """Draw a visible row, the mark of one that is still read, or what an empty list means."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        self._ages.pop(y, None)
        if index >= self.window.total:
            return self.strip_of(self._empty(y), width)
        row = self.window.at(index)
        if row is None:
            return self.strip_of((("  …", "quiet"),), width)
        over = self._emphasis(index)
        return self.strip_of(self._row_line(row, width, y), width, over=over)

    def header_line(self, width: int) -> Line:
        """Return the names of the columns, as wide as the columns are."""
        code, step, note = _widths(width, self._columns)
        names = f" {'STATE':<12} {'ID':<8} {fit('CODE', code)} {fit('STEP', step)} TRY  AGE {fit('NOTE', note)}"
        return ((names, "quiet"),)

    def _row_line(self, row: Row, width: int, y: int) -> Line:
        code, step, note = _widths(width, self._columns)
        age = ago(row.updated_at, self._clock.now())
        self._ages[y] = age
        look = row.state.value
        tries = str(row.attempt) if row.attempt > 1 else "·"
        marked: Part = ("▌", "accent") if row.id in self.marked else (" ", "plain")
        return (
            marked,
            (f"{look.glyph:<2}", look.style),
            (f" {look.word:<10}", "error" if look.style == "stuck" else look.style),
            (fit(safe_text(row.short_id), 8) + " ", "plain"),
            (fit(safe_text(row.code, limit=80), code) + " ", "bold"),
            (fit(safe_text(row.step or "·", limit=80), step) + " ", "plain" if row.step else "quiet"),
            (f"{tries:>3}", "warning" if row.attempt > 1 else "quiet"),
            (f"{age:>5} ", "quiet"),
            (fit(safe_text(row.note), note), "wrong" if look.style == "error" else "quiet"),
        )

    def _emphasis(self, index: int) -> str:
        if self.stale:
            return "dim reverse" if index == self.window.cursor_index else "dim"
        if index != self.window.cursor_index:
            return ""
        return "on $primary 30%" if self.has_focus else "on $panel"

    def _empty(self, y: int) -> Line:
        if self.window.total > 0:
            return ()
        if y != 1 or not self.window.loaded:
            return ((" reading…", "quiet"),) if y == 1 else ()
        view = self.window.view
        if view.narrowing:
            shown = safe_text(view.narrowing, limit=60)
            return ((f" Nothing in {view.name} is “{shown}”. ", "plain"), ("esc shows all of it.", "quiet"))
        return ((f" {view.empty}", "plain"),)

    # --- moving and marking ---

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self.window.cursor_index + by)

    def action_page(self, by: float) -> None:
        """Move the cursor by pages."""
        self._go(self.window.cursor_index + round(by * self.scrollable_content_region.height))

    def action_first(self) -> None:
        """Go to the newest."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the oldest."""
        self._go(self.window.total - 1)

    def action_mark(self) -> None:
        """Mark the process under the cursor, or unmark it, and go on."""
        row = self.window.cursor
        if row is None:
            return
        if self.marked.pop(row.id, None) is None:
            self.marked[row.id] = row
        self._go(self.window.cursor_index + 1)
        self.refresh()
        self.post_message(self.Changed())

    def action_unmark(self) -> None:
        """Forget all marks."""
        self.forget(list(self.marked))

    def forget(self, ids: Iterable[str]) -> None:
        """Take the marks off some processes."""
        for process_id in ids:
            self.marked.pop(process_id, None)
        self.refresh()
        self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicked."""
        index = event.y + self.scroll_offset.y
        if index < self.window.total:
            self._go(index)

    def on_resize(self, event: events.Resize) -> None:
        """Ask for what the new size needs."""
        self._keep_cursor_visible()
        self._ask()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for the rows that came into view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._ask()
            self.post_message(self.Changed())

    def _go(self, index: int) -> None:
        before = self.window.cursor_index
        self.window.move_to(index)
        self.refresh_line(before)
        self.refresh_line(self.window.cursor_index)
        self._keep_cursor_visible()
        self._tell()

    def _keep_cursor_visible(self) -> None:
        height = max(self.scrollable_content_region.height, 1)
        top = self.scroll_offset.y
        at = self.window.cursor_index
        if at < top:
            self.scroll_to(y=at, animate=False, force=True)
        elif at >= top + height:
            self.scroll_to(y=at - height + 1, animate=False, force=True)

    def _ask(self, *, refresh: bool = False) -> None:
        height = max(self.scrollable_content_region.height, 1)
        request = self.window.wanted(self.scroll_offset.y, height, refresh=refresh)
        if request is not None:
            self.post_message(self.RowsWanted(request))

    def _tell(self) -> None:
        row = self.window.cursor
        self.post_message(self.CursorMoved(row))


def _longest(rows: Iterable[Row], before: tuple[int, int]) -> tuple[int, int]:
    """Return the cells that the longest code and step need; columns only grow, so that they do not dance."""
    code, step = before
    for row in rows:
        code = max(code, cell_len(safe_text(row.code, limit=80)))
        step = max(step, cell_len(safe_text(row.step or "", limit=80)))
    return min(code, 32), min(step, 24)


def _widths(width: int, longest: tuple[int, int]) -> tuple[int, int, int]:
    """Share what is left of a line between code, step and note; a very narrow list says more of the code."""
    left = max(width - _FIXED, 18)
    room = left * 3 // 5 if left > 36 else left * 3 // 4
    code = min(longest[0], max(room - longest[1], room * 3 // 5))
    step = min(longest[1], room - code)
    return code, step, left - code - step
