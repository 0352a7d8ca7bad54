"""Schedules: when each is due next and what it started last; made, paused, run and removed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from jobboy_console.commands import bindings, of_scope
from jobboy_console.facts.house_snapshots import ScheduleLine, ScheduleOrder
from jobboy_console.facts.rows import Row
from jobboy_console.looks.lines import wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.places.schedules import (
    change_lines,
    details_lines,
    empty_lines,
    schedules_header,
    schedules_rows,
    times_line,
)
from jobboy_console.running.background import Lane
from jobboy_console.screens.new_schedule import NewSchedule
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.widgets.ask_reason import AskReason
from jobboy_console.widgets.cursor_view import CursorView
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.whole import Whole

Change = Callable[[str, str | None], str]
"""Takes name and reason; returns what happened."""


class Schedules(PlaceScreen):
    """All schedules of the database.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE = "schedules"
    BINDINGS = bindings("schedules", "everywhere")

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._lines: list[ScheduleLine] | None = None
        self._reads: Lane[list[ScheduleLine]] = Lane(self, "schedules", deliver=self._read, trouble=self.not_read)
        self._changes: Lane[str] = Lane(self, "schedule", deliver=self._changed, trouble=self.report_trouble)

    def compose(self) -> ComposeResult:
        """Return the head, the list, the next times of the one under the cursor, and the footer."""
        yield LineBar(id="place-head")
        with Vertical(id="place-pane"):
            yield LineBar(id="place-columns")
            yield LineBar(id="place-empty", wraps=True)
            yield CursorView(id="place-list")
            yield LineBar(id="place-foot")
        yield FooterBar(of_scope("schedules", "everywhere", "application"))

    def on_mount(self) -> None:
        """Read all schedules."""
        self.query_one(CursorView).focus()
        self.show_head()
        self.show_border("Schedules")
        self.reload()

    # --- what is asked for ---

    def rows(self) -> list[Row]:
        """Return the process that the schedule under the cursor started last."""
        line = self._line()
        return [] if line is None or line.last is None else [line.last]

    def reload(self) -> None:
        """Read all schedules again."""
        self._reads.ask(self.gateway.house.schedules.all)

    def show_all(self) -> None:
        """Draw the list."""
        lines = self._lines
        if lines is None:
            return
        width = max(self.query_one("#place-pane").content_size.width, 20)
        now = self.gateway.now()
        paused = sum(line.paused for line in lines)
        self.show_border(f"Schedules {len(lines)}", [f"{paused} paused"] if paused else [])
        self.query_one("#place-columns", LineBar).show([schedules_header(lines, now, width - 1)] if lines else [])
        self.query_one("#place-empty", LineBar).show([] if lines else empty_lines(self.gateway.read_only))
        self.query_one(CursorView).show_rows(schedules_rows(lines, now, width - 1))
        self._show_times()

    # --- keys ---

    def action_details(self) -> None:
        """Show all of the schedule under the cursor."""
        line = self._line()
        if line is not None:
            head = f"schedule {safe_text(line.name, limit=60)}"
            self.app.push_screen(Whole(head, partial(details_lines, line, self.gateway.now())))

    def action_last(self) -> None:
        """Open the process it started last."""
        rows = self.rows()
        if rows:
            self.open_process(rows[0].id)
        else:
            self.notify("It started none that is still there.", severity="warning", markup=False)

    def action_add(self) -> None:
        """Type a new schedule."""
        if not self.refuse_to_change():
            self.app.push_screen(NewSchedule(self.gateway), self._typed)

    def action_pause(self) -> None:
        """Ask whether it is to be paused, or to go on."""
        line = self._line()
        calls = self.gateway.house.schedules
        if line is not None:
            self._ask(*(("Resume", calls.resume) if line.paused else ("Pause", calls.pause)))

    def action_start(self) -> None:
        """Ask whether a process of it is to start now."""
        self._ask("Start", self.gateway.house.schedules.start)

    def action_remove(self) -> None:
        """Ask whether it is to be removed."""
        self._ask("Remove", self.gateway.house.schedules.remove)

    @on(CursorView.Moved)
    def _moved(self) -> None:
        self._show_times()

    @on(CursorView.Picked)
    def _picked(self) -> None:
        self.action_details()

    # --- its parts ---

    def _line(self) -> ScheduleLine | None:
        name = self.query_one(CursorView).cursor_key
        return next((line for line in self._lines or () if line.name == name), None)

    def _show_keys(self) -> None:
        """Dim what would be refused."""
        line = self._line()
        changing = {command.id for command in of_scope("schedules") if command.changes}
        refused = set() if line is not None else changing - {"schedules.add"} | {"schedules.details"}
        if line is None or line.last is None:
            refused.add("schedules.last")
        self.query_one(FooterBar).show_refused(frozenset(refused))

    def _show_times(self) -> None:
        self._show_keys()
        line = self._line()
        width = max(self.query_one("#place-pane").content_size.width, 20)
        told = [] if line is None else wrap(times_line(line, self.gateway.now(), width), width, indent=12)
        self.query_one("#place-foot", LineBar).show(told)

    def _ask(self, verb: str, change: Change) -> None:
        line = self._line()
        if line is None or self.refuse_to_change():
            return
        head = f"{verb} schedule {safe_text(line.name, limit=50)}"
        asked = AskReason(head, change_lines(line, verb, self.gateway.now()), verb=verb)
        self.app.push_screen(asked, partial(self._reason_given, change, line.name))

    def _reason_given(self, change: Change, name: str, reason: str | None) -> None:
        if reason is not None:
            self._changes.ask(partial(change, name, reason or None))

    def _typed(self, answer: tuple[ScheduleOrder, str | None] | None) -> None:
        if answer is not None:
            self._changes.ask(partial(self.gateway.house.schedules.add, *answer))

    def _read(self, lines: list[ScheduleLine]) -> None:
        self._lines = lines
        self.show_all()

    def _changed(self, text: str) -> None:
        self.notify(safe_text(text), markup=False)
        self.reload()
