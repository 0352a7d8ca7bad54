"""Home: what needs somebody first, all processes behind it, and the one under the cursor beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer

from jobboy_console.background import Lane
from jobboy_console.commands import bindings, of_scope
from jobboy_console.gateway import Gateway, JobBoyError, check_filter
from jobboy_console.preview import preview_lines
from jobboy_console.screens.base import BaseScreen
from jobboy_console.screens.process import TAIL_TAB, ProcessScreen
from jobboy_console.snapshots import Home, Outcome, ProcessSnapshot, Row, Rows
from jobboy_console.text import safe_text
from jobboy_console.views import BUILT_IN, View
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.dialogs import Statuses
from jobboy_console.widgets.filter_bar import FilterBar
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.process_list import ProcessList
from jobboy_console.widgets.status_bar import Situation, StatusBar
from jobboy_console.widgets.tab_bar import TabBar
from jobboy_console.widgets.text_view import TextView

PREVIEW_DELAY_S = 0.08
"""The cursor must rest that long before the preview is read, so that scrolling reads nothing."""


class Processes(BaseScreen):
    """The list with its views, filter, marks and verbs.

    Args:
        gateway: the way to the database.
        situation: what the head says at first.
        filter: with which it begins.
    """

    BINDINGS = bindings("home", "change", "anew", "everywhere")

    def __init__(self, gateway: Gateway, situation: Situation, *, filter: str = "") -> None:
        super().__init__(gateway)
        self._situation = situation
        self._home: Home | None = None
        start = BUILT_IN[-1] if filter else BUILT_IN[0]
        self._view: View = replace(start, filter=filter)
        self._rows: Lane[Rows] = Lane(self, "rows", deliver=self._rows_read, trouble=self._not_read)
        self._figures: Lane[Home] = Lane(self, "figures", deliver=self._figures_read, trouble=self._not_read)
        self._previews: Lane[ProcessSnapshot] = Lane(
            self, "preview", deliver=self._preview_read, trouble=self._no_preview
        )
        self._preview_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Return head, views, list, preview, filter and footer."""
        yield StatusBar(id="status")
        yield TabBar([view.name for view in BUILT_IN], id="views")
        with Horizontal(id="panes"):
            with Vertical(id="list-pane"):
                yield LineBar(id="columns")
                yield ProcessList(self.gateway, id="list")
            yield TextView(id="preview")
        yield FilterBar()
        yield FooterBar(of_scope("home", "list", "change", "everywhere", "application"))

    def on_mount(self) -> None:
        """Show the first view and read everything."""
        self._show_status()
        self._list.focus()
        self._show_view(self._view)
        self._figures.ask(self.gateway.home)

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return the marked processes, or the one under the cursor."""
        if self._list.marked:
            return list(self._list.marked.values())
        return [self._list.cursor] if self._list.cursor else []

    def reload(self) -> None:
        """Read figures, rows and preview again."""
        self._figures.ask(self.gateway.home)
        self._list.reload()

    def done_with(self, outcomes: list[Outcome]) -> None:
        """Take the marks off what was done; what was refused stays marked."""
        self._list.forget(outcome.row.id for outcome in outcomes if outcome.ok)

    def work_is_paused(self) -> bool:
        """Say what the last figures said."""
        return self._home is not None and self._home.work.paused_by is not None

    def tick(self, situation: Situation) -> None:
        """Show the situation and the ages."""
        self._situation = situation
        self._show_status()
        self._list.tick()

    # --- keys ---

    def action_view(self, index: int) -> None:
        """Show a built-in view; filter and toggles stay."""
        old = self._view
        self._show_view(replace(BUILT_IN[index], filter=old.filter, handled=old.handled, statuses=old.statuses))

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self._view.filter)

    def action_filter_by(self, text: str) -> None:
        """Narrow the list by a filter that was typed elsewhere.

        Raises:
            FilterError: it cannot be read; the list stays as it is.
        """
        check_filter(text)
        self._show_view(replace(self._view, filter=text))

    def action_view_named(self, name: str) -> None:
        """Show the view of a name, in upper or lower case.

        Raises:
            ValueError: there is no such view.
        """
        names = [view.casefold() for view in self.words_for_view_named()]
        if name.casefold() not in names:
            raise ValueError(f"there is no view {name!r}")
        self.action_view(names.index(name.casefold()))

    def words_for_view_named(self) -> list[str]:
        """Return the names of all views."""
        return [view.name for view in BUILT_IN]

    def action_handled(self) -> None:
        """Go on in the circle any, handled, unhandled."""
        self._show_view(self._view.with_next_handled())

    def action_statuses(self) -> None:
        """Choose statuses."""
        self.app.push_screen(Statuses(self._view.statuses), self._statuses_chosen)

    def action_open(self) -> None:
        """Open the process under the cursor."""
        self._open(0)

    def action_tail(self) -> None:
        """Open it at its tail."""
        self._open(TAIL_TAB)

    def action_copy_id(self) -> None:
        """Copy the id of the process under the cursor."""
        if self._list.cursor:
            copy(self, safe_text(self._list.cursor.id), "Id")

    def action_back(self) -> None:
        """Clear the filter, then the marks, then end the console."""
        if self._view.narrowing:
            self._show_view(self._view.without_narrowing())
        elif self._list.marked:
            self._list.action_unmark()
        else:
            self.notify("This is home: ctrl+q ends the console.", timeout=2, markup=False)

    def action_reload(self) -> None:
        """Read everything again."""
        self.reload()

    # --- messages ---

    def on_process_list_rows_wanted(self, event: ProcessList.RowsWanted) -> None:
        """Read rows in a thread."""
        self._rows.ask(partial(self.gateway.rows, event.request))

    def on_process_list_cursor_moved(self, event: ProcessList.CursorMoved) -> None:
        """Say which verbs apply, and read the preview when the cursor rests."""
        self.show_verbs()
        if self._preview_timer is not None:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(PREVIEW_DELAY_S, self._read_preview)

    def on_process_list_changed(self) -> None:
        """Write counts and marks into the border."""
        self._show_borders()
        self.show_verbs()

    @on(TabBar.Chosen)
    def _view_clicked(self, event: TabBar.Chosen) -> None:
        self.action_view(event.index)

    @on(FilterBar.Applied)
    def _filtered(self, event: FilterBar.Applied) -> None:
        if event.text != self._view.filter:
            self._show_view(replace(self._view, filter=event.text))

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self._list.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Cut heads and columns for the new width, once it is laid out."""
        self.call_after_refresh(self._resized)

    # --- its parts ---

    @property
    def _list(self) -> ProcessList:
        return self.query_one(ProcessList)

    def _open(self, tab: int) -> None:
        if self._list.cursor:
            self.app.push_screen(ProcessScreen(self.gateway, self._list.cursor, self._situation, tab=tab))

    def _show_view(self, view: View) -> None:
        self._view = view
        names = [built_in.name for built_in in BUILT_IN]
        self.query_one("#views", TabBar).choose(names.index(view.name))
        self._list.show(view)
        self._show_borders()

    def _statuses_chosen(self, chosen: frozenset[str] | None) -> None:
        if chosen is not None:
            self._show_view(replace(self._view, statuses=chosen))

    def _resized(self) -> None:
        self._show_status()
        self._show_columns()
        self._read_preview()

    def _show_status(self) -> None:
        self.query_one(StatusBar).show_state(self._home, self._situation)

    def _show_columns(self) -> None:
        width = self._list.scrollable_content_region.width
        self.query_one("#columns", LineBar).show([self._list.header_line(width)])

    def _show_borders(self) -> None:
        pane = self.query_one("#list-pane")
        window = self._list.window
        counted = f"{window.total:,}{'+' if window.total_is_floor else ''}" if window.loaded else "…"
        narrowing = f" · {safe_text(self._view.narrowing, limit=40)}" if self._view.narrowing else ""
        pane.border_title = Content(f"{self._view.name} {counted}{narrowing}")
        above, marked = self._list.scroll_offset.y, len(self._list.marked)
        hints = [f"▲ {above:,} newer · g"] if above else []
        hints += [f"{marked:,} marked · u forgets"] if marked else []
        pane.border_subtitle = Content("  ".join(hints))

    # --- answers ---

    def _rows_read(self, rows: Rows) -> None:
        self._list.mark_stale(False)
        self._list.accept(rows)
        self._show_columns()

    def _figures_read(self, home: Home) -> None:
        self._home = home
        self._show_status()

    def _not_read(self, error: Exception) -> None:
        """The feed tells of a database that is gone; here only the rows are shown as old."""
        self._list.mark_stale(True)
        if not isinstance(error, JobBoyError):
            self.report_trouble(error)

    def _read_preview(self) -> None:
        row = self._list.cursor
        preview = self.query_one("#preview", TextView)
        if not self.has_class("-wide") or row is None:
            if row is None:
                preview.show([])
            return
        self._previews.ask(partial(self.gateway.process, row.id))

    def _preview_read(self, snapshot: ProcessSnapshot) -> None:
        if self._list.cursor is None or self._list.cursor.id != snapshot.row.id:
            return
        preview = self.query_one("#preview", TextView)
        name = f"{safe_text(snapshot.row.short_id, limit=8)} · {safe_text(snapshot.row.code, limit=30)}"
        preview.border_title = Content(name)
        preview.show(preview_lines(snapshot, self.gateway.now(), preview.scrollable_content_region.width))

    def _no_preview(self, error: Exception) -> None:
        self.query_one("#preview", TextView).show([((safe_text(error), "quiet"),)])
