"""The list of processes: virtual over any number of them; it asks for the rows that are seen, and draws them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.rows import Rows, RowsRequest
from jobboy_console.facts.views import BUILT_IN, View
from jobboy_console.listing.columns import Layout, columns_named, laid_out, longest
from jobboy_console.listing.row_window import RowWindow
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.clock import Clock
from jobboy_console.widgets.marked_rows import MarkedRows

_WHOLE_NAME = re.compile(r"(?:^|\s)((?:code|step):[\w.-]+)$")


class ProcessList(MarkedRows):
    """Shows a view, asks for the rows it needs with `RowsWanted`, and takes answers in `accept`.

    Args:
        clock: tells the present, for ages.
    """

    BINDINGS = bindings("list")

    @dataclass
    class RowsWanted(Message):
        """Rows that should be read; answers to earlier ones are still welcome."""

        request: RowsRequest

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self.stale = False
        self.nothing_is_kept = False
        """Whether the database has no process at all."""
        self.thorough = False
        """Whether looks where no index answers go on as long as it takes."""
        self._moments: dict[int, tuple[tuple[int, int, str], ...]] = {}
        self._columns = columns_named(())
        self._wanted = longest(self._columns, (), clock.now())
        self._laid_out: tuple[object, Layout] | None = None
        self._asked_for = 0

    # --- what it shows ---

    def show(self, view: View) -> None:
        """Show another view from its beginning; the rows of the last one stay until the first answer."""
        keep = self.window
        self.window = RowWindow(view)
        self.thorough, self.marks.range = False, None
        if keep.view.name == view.name:
            self.window.cursor = keep.cursor
        if self.marks.matching is not None and self.marks.matching.filter != view.one_filter:
            self.marks.clear()
        self._columns = columns_named(view.columns)
        self._wanted = longest(self._columns, (), self._clock.now())
        self.scroll_to(y=0, animate=False, force=True)
        self._asked_for = 0
        if self.size:
            self._ask(refresh=True)
        else:  # how many rows are seen is known when it is laid out
            self.call_after_refresh(self._ask)
        self.refresh()

    def reload(self) -> None:
        """Ask for what is visible again: something has changed."""
        self._ask(refresh=True)

    def look_on(self) -> bool:
        """Go on with a look that has stopped; False when none has."""
        request = self.window.further(self._height)
        if request is None:
            return False
        self.thorough = True
        self.post_message(self.RowsWanted(request))
        return True

    def accept(self, answer: Rows) -> None:
        """Show an answer, unless it is for a view that is no longer shown."""
        if answer.request.view != self.window.view:
            return
        top = self.scroll_offset.y
        first_time = not self.window.loaded
        follows = first_time or top <= self.window.cursor_index < top + self._height
        shown = self._shown()
        moved = self.window.accept(answer)
        self.marks.shift_range(moved)
        self._wanted = longest(self._columns, answer.rows, self._clock.now(), () if first_time else self._wanted)
        self.marks.see(answer.rows)
        self.virtual_size = Size(self.size.width, self.window.total)
        if moved and top > 0 and not first_time:
            self.scroll_to(y=top + moved, animate=False, force=True)
        if follows:
            self._keep_cursor_visible()
        self.draw_changed(shown, self._shown())
        if answer.looked is None or not answer.looked.is_under_way:
            self._ask(refresh=answer.breaks_off)
        self._tell()
        self.post_message(self.Changed())

    def mark_stale(self, stale: bool) -> None:
        """Dim the rows while they cannot be read again, or stop that."""
        if stale is not self.stale:
            self.stale = stale
            self.refresh()

    def tell_kept(self, total: int) -> None:
        """Say in an empty list whether it is the list or the database that is empty."""
        if self.nothing_is_kept is not (total == 0):
            self.nothing_is_kept = total == 0
            self.refresh()

    def tick(self) -> None:
        """Draw anew the cells whose age is written differently now."""
        now = self._clock.now()
        for y, shown in list(self._moments.items()):
            row = self.window.at(y + self.scroll_offset.y)
            if row is None:
                continue
            for before, (place, width, text) in zip(shown, self._layout.moments(row, now), strict=False):
                if before[2] != text:
                    self.refresh(Region(place, y, width, 1))

    def _shown(self) -> tuple[object, ...]:
        """Return all that the visible lines are made of, the first entry being what they have in common."""
        window, top = self.window, self.scroll_offset.y
        common = (window.view, top, window.total == 0, window.loaded, self._layout, window.looked)
        lines = range(top, top + self._height)
        return (common, *((window.at(index), index == window.cursor_index) for index in lines))

    # --- drawing ---

    def render_line(self, y: int) -> Strip:
        """Draw a visible row, the mark of one that is still read, or what an empty list means."""
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        self._moments.pop(y, None)
        if index >= self.window.total:
            return self.strip_of(self._empty(y), width)
        row = self.window.at(index)
        if row is None:
            return self.strip_of((("  …", "quiet"),), width)
        now = self._clock.now()
        self._moments[y] = self._layout.moments(row, now)
        marked = row in self.marks or self.marks.is_in_range(index, self.window.cursor_index)
        return self.strip_of(self._layout.row(row, now, marked=marked), width, over=self._emphasis(index))

    @property
    def heading(self) -> Line:
        """The names of the columns, as wide as the columns are."""
        return self._layout.heading(self.window.view.order)

    @property
    def _layout(self) -> Layout:
        """How the columns share a line now: a scroll bar that comes takes a cell without telling."""
        width = self.scrollable_content_region.width or 80
        given = (self._columns, self._wanted, width)
        if self._laid_out is None or self._laid_out[0] != given:
            self._laid_out = (given, laid_out(*given))
        return self._laid_out[1]

    def _emphasis(self, index: int) -> str:
        if self.stale:
            return f"dim {self._cursor_emphasis}" if index == self.window.cursor_index else "dim"
        if index != self.window.cursor_index:
            return ""
        return self._cursor_emphasis

    @property
    def _cursor_emphasis(self) -> str:
        return "on $primary 30%" if self.has_focus else "on $panel"

    def _empty(self, y: int) -> Line:
        """Return a line below the rows; the second and third of an empty list say what that means."""
        told = () if self.window.total > 0 else self._meaning()
        return told[y - 1] if 1 <= y <= len(told) else ()

    def _meaning(self) -> tuple[Line, ...]:
        window, view = self.window, self.window.view
        if not window.loaded:
            return (((" reading…", "quiet"),),)
        if window.looked is not None and (window.looked.stopped or window.looked.is_under_way):
            return (((" Nothing found so far.", "plain"),),)
        if view.narrowing:
            shown = safe_text(view.narrowing, limit=60)
            return (
                (
                    (f" Nothing in {safe_text(view.name, limit=30)} is “{shown}”. ", "plain"),
                    (hint("{back} shows all of it."), "quiet"),
                ),
                ((_widening(view.filter), "quiet"),),
            )
        return (((f" {hint(BUILT_IN[-1].empty if self.nothing_is_kept else view.empty)}", "plain"),),)

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

    def _ask(self, *, refresh: bool = False) -> None:
        if not (refresh or self.window.loaded) and self._asked_for >= self._height:
            return  # the first answer, which has enough rows, is on its way
        top = self.scroll_offset.y
        request = self.window.wanted(top, self._height, refresh=refresh, thorough=self.thorough)
        if request is not None:
            self._asked_for = self._height
            self.post_message(self.RowsWanted(request))


def _widening(filter: str) -> str:
    """Say how a name is meant as the beginning of names, where it was typed as a whole one."""
    found = _WHOLE_NAME.search(filter)
    return f" {found[1]}* is what begins so." if found else ""
