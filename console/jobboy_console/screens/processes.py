"""Home: what needs somebody first, all processes behind it, and the one under the cursor beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from jobboy_console.commands import bindings, of_scope
from jobboy_console.commands.keymap import hint
from jobboy_console.config import SavedView
from jobboy_console.facts.rows import Matching, Row, Selection
from jobboy_console.facts.snapshots import Home
from jobboy_console.facts.views import View
from jobboy_console.gateway import (
    MOST_MARKED,
    Gateway,
    JobBoyError,
    Look,
    Words,
)
from jobboy_console.listing.saved_views import (
    recent_filters,
    remember_filter,
)
from jobboy_console.looks.text import safe_text
from jobboy_console.machine.memory import Memory
from jobboy_console.running.background import Lane
from jobboy_console.screens.figures import Figures
from jobboy_console.screens.row_reader import Progressed, RowReader, looked_words, news_words
from jobboy_console.screens.viewing import Viewing
from jobboy_console.widgets.borders import write_subtitle, write_title
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.filter_bar import FilterBar
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.preview_pane import PreviewPane
from jobboy_console.widgets.process_list import ProcessList
from jobboy_console.widgets.status_bar import Situation, StatusBar
from jobboy_console.widgets.tab_bar import TabBar
from jobboy_console.widgets.trouble_bar import TroubleBar

if TYPE_CHECKING:
    from jobboy_console.facts.decisions import Outcome
    from jobboy_console.screens.process import ProcessScreen

BROAD = 160
"""From so many columns on the timeline stands beside the preview."""


class Processes(Viewing):
    """The list with its views, filter, marks and verbs.

    Args:
        gateway: the way to the database.
        situation: what the head says at first.
        memory: keeps views, orders, columns and filters from one time to the next; None for this run only.
        configured: the operator's own views.
        filter: with which it begins.
    """

    BINDINGS = bindings("home", "change", "anew", "exporting", "everywhere")

    def __init__(
        self,
        gateway: Gateway,
        situation: Situation,
        *,
        memory: Memory | None = None,
        configured: Sequence[SavedView] = (),
        filter: str = "",
    ) -> None:
        super().__init__(gateway, memory or Memory(), configured, filter=filter)
        self._situation = situation
        self._reader = RowReader(self, gateway, read=self._rows_read, trouble=self._not_read)
        self._figures = Figures(self, gateway, situation, read=self._figures_read, trouble=self._not_read)
        self._chosen_tabs: dict[str, int] = {}
        """By process: where a person was who comes back to it."""
        self._words: Lane[Words] = Lane(self, "words", deliver=self._words_read, trouble=self._not_read)
        self._finding = Look()
        self._marking: Lane[Matching] = Lane(self, "marking", deliver=self._marks_found, trouble=self.report_trouble)

    def compose(self) -> ComposeResult:
        """Return head, views, list, preview, filter and footer."""
        yield StatusBar(id="status")
        with Horizontal(id="tab-line"):
            yield TabBar(self._shelf.names, scope="view", id="views")
            yield LineBar(id="throughput")
        with Horizontal(id="panes"):
            with Vertical(id="list-pane"):
                yield TroubleBar(id="trouble")
                yield LineBar(id="columns")
                yield ProcessList(self.gateway, id="list")
            yield PreviewPane(self.gateway)
        yield FilterBar()
        yield FooterBar(of_scope("home", "list", "change", "everywhere", "application"))

    def on_mount(self) -> None:
        """Show the first view and read everything."""
        self._figures.show()
        self._list.focus()
        self.show_view(self._view)
        self._figures.ask()

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return the marked processes, or the one under the cursor."""
        if self._list.marks.rows:
            return list(self._list.marks.rows.values())
        return [self._list.cursor] if self._list.cursor else []

    @property
    def selection(self) -> Selection:
        """The processes a verb is meant for; by their filter when all that match are marked."""
        return self._list.selection

    def reload(self) -> None:
        """Read figures, rows and preview again."""
        self._figures.ask()
        self._reader.reload()

    def changed(self) -> None:
        """Show what has changed, unless changes are not shown now."""
        self._figures.ask()
        self._reader.changed()

    def done_with(self, outcomes: list[Outcome]) -> None:
        """Take the marks off what was done; what was refused stays marked."""
        self._list.forget(outcome.row.id for outcome in outcomes if outcome.ok)

    def work_is_paused(self) -> bool:
        """Say what the last figures said."""
        home = self._figures.home
        return home is not None and home.work.paused_by is not None

    def tick(self, situation: Situation) -> None:
        """Show the situation and the ages."""
        self._situation = situation
        self._figures.show(situation)
        self._list.tick()

    # --- keys: what is shown ---

    def action_filter(self) -> None:
        """Type a filter."""
        self._words.ask(self.gateway.words)
        self.query_one(FilterBar).open(self._view.filter, recent_filters(self._memory))

    def action_pause(self) -> None:
        """Show no changes, or show them again."""
        self._reader.toggle_pause()
        self._show_borders()

    def action_look_on(self) -> None:
        """Go on with a look that has stopped."""
        if not self._list.look_on():
            self.notify("All was looked at that can be in this list.", timeout=2, markup=False)

    def action_open(self) -> None:
        """Open the process under the cursor."""
        self._open()

    def action_tail(self) -> None:
        """Open it at its tail."""
        from jobboy_console.screens.process import TAIL_TAB

        self._open(TAIL_TAB)

    def action_copy_id(self) -> None:
        """Copy the id of the process under the cursor."""
        if self._list.cursor:
            copy(self, safe_text(self._list.cursor.id), "Id")

    def action_export(self) -> None:
        """Ask what is written to a file: the marked ones, or all that the list has."""
        chosen, view = self.selection, self._view
        if self._list.marks:
            head, filter = f"Export the {chosen.total:,} marked", chosen.filter
        else:
            head, filter = f"Export the list {view.name} {view.narrowing}".rstrip(), view.one_filter
        self.ask_export(head, view.name, ("csv", "jsonl"), filter=filter)

    def action_mark_all(self) -> None:
        """Mark all processes of the list as it is filtered now."""
        self._finding = Look()
        self._marking.ask(partial(self.gateway.matching, self._view, self._finding))
        self._show_borders()

    def action_back(self) -> None:
        """End a look; else drop a range, then the filter, then the marks."""
        if self._stop_finding() or self._reader.stop() or self._list.drop_range():
            return
        if self._view.narrowing:
            self.show_view(self._view.without_narrowing())
        elif self._list.marks:
            self._list.action_unmark()
        else:
            self.notify(hint("This is home: {quit} ends the console."), timeout=2, markup=False)

    def action_reload(self) -> None:
        """Read everything again."""
        self.reload()

    # --- messages ---

    def on_process_list_rows_wanted(self, event: ProcessList.RowsWanted) -> None:
        """Read rows in a thread."""
        self._reader.want(event.request)

    def on_progressed(self, event: Progressed) -> None:
        """Show what a look has found so far."""
        self._list.accept(event.rows)

    def on_marked_rows_range_wanted(self, event: ProcessList.RangeWanted) -> None:
        """Find the rows between two that are not in memory."""
        self._marking.ask(partial(self.gateway.between, self._view, event.first, event.last))

    def on_marked_rows_cursor_moved(self, event: ProcessList.CursorMoved) -> None:
        """Say which verbs apply, and show the process beside the list when the cursor rests."""
        self.show_verbs()
        self.query_one(PreviewPane).show_row(event.row)

    def on_marked_rows_changed(self) -> None:
        """Write counts and marks into the border."""
        self._show_borders()
        self.show_verbs()

    @on(TabBar.Chosen)
    def _view_clicked(self, event: TabBar.Chosen) -> None:
        self.action_view(event.index)

    @on(FilterBar.Applied)
    def _filtered(self, event: FilterBar.Applied) -> None:
        if event.text != self._view.filter:
            self.show_view(replace(self._view, filter=event.text))

    @on(FilterBar.Closed)
    def _filter_closed(self) -> None:
        self._list.focus()
        if self._view.filter:
            remember_filter(self._view.filter, self._memory)

    def on_resize(self, event: events.Resize) -> None:
        """Cut heads and columns for the new width, once it is laid out."""
        self.set_class(event.size.width >= BROAD, "-broad")
        self.call_after_refresh(self._resized)

    # --- its parts ---

    @property
    def _list(self) -> ProcessList:
        return self.query_one(ProcessList)

    def _open(self, tab: int | None = None) -> None:
        """Open it at a tab, None for the one that was chosen last for it or that says most."""
        from jobboy_console.screens.process import ProcessScreen

        row = self._list.cursor
        if row is not None:
            begins = self._chosen_tabs.get(row.id) if tab is None else tab
            screen = ProcessScreen(self.gateway, row, self._situation, tab=begins)
            self.app.push_screen(screen, lambda _: self._left(screen))

    def _left(self, screen: ProcessScreen) -> None:
        if screen.chosen_tab is not None:
            self._chosen_tabs[screen.row.id] = screen.chosen_tab

    def show_view(self, view: View) -> None:
        """Show another view, or the same one narrowed or shaped otherwise."""
        self._shelf.show(view)
        self.query_one("#views", TabBar).show_names(self._shelf.names, self._shelf.place)
        self._reader.begin()
        self._list.show(view)
        self._show_columns()
        self._show_borders()

    def _stop_finding(self) -> bool:
        """End the look for all that match; False when there is none."""
        if not self._marking.busy or self._finding.is_cancelled:
            return False
        self._finding.cancel()
        return True

    def _marks_found(self, found: Matching) -> None:
        self._show_borders()
        if found.filter != self._view.one_filter or (self._finding.is_cancelled and not found.is_range):
            return
        if found.is_range:
            self._list.add_marks(found.rows)
        else:
            self._list.mark_all(found)
        if found.is_range and not found.is_whole:
            text = f"The range is longer than {MOST_MARKED:,}: only its first {MOST_MARKED:,} are marked."
            self.notify(text, severity="warning", timeout=8, markup=False)
        elif not found.is_whole:
            more = "or more " if found.total_is_floor else ""
            text = f"{found.total:,} {more}match: verbs are for all that match then, judged one by one."
            self.notify(text, severity="warning", timeout=8, markup=False)

    def _resized(self) -> None:
        self._figures.show_for_width()
        self._show_columns()
        self.query_one(PreviewPane).refresh_row()

    def _show_columns(self) -> None:
        self.query_one("#columns", LineBar).show([self._list.heading])

    def _show_borders(self) -> None:
        pane = self.query_one("#list-pane")
        window = self._list.window
        counted = f"{window.total:,}{'+' if window.total_is_floor else ''}" if window.is_counted else "…"
        order = "" if not self._view.sort or self._view.order != self._view.sort else f"sort:{self._view.sort}"
        narrowing = safe_text(" ".join(word for word in (self._view.narrowing, order) if word), limit=50)
        name = safe_text(self._view.name, limit=30)
        write_title(pane, f"{name} {counted}{' · ' + narrowing if narrowing else ''}")
        said = (
            news_words(self._reader.news, is_paused=self._reader.is_paused),
            hint("finding all that match … {back} stops") if self._marking.busy else self._list.marking,
            looked_words(window.looked),
        )
        write_subtitle(pane, "   ".join(word for word in said if word))
        pane.set_class(self._reader.is_paused, "-paused")

    # --- answers ---

    def _rows_read(self) -> None:
        self._list.mark_stale(False)
        self._show_columns()
        self._show_borders()

    def _figures_read(self, home: Home) -> None:
        self._list.tell_kept(home.total)

    def _words_read(self, words: Words) -> None:
        self.query_one(FilterBar).offer(words)

    def _not_read(self, error: Exception) -> None:
        """The feed tells of a database that is gone; here only the rows are shown as old."""
        self._list.mark_stale(True)
        if not isinstance(error, JobBoyError):
            self.report_trouble(error)
