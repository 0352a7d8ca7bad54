"""The audit: what people did to all processes and to the database, newest first, a page at a time."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from jobboy_console.commands import bindings, named
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.house_snapshots import ActLine, ActsPage
from jobboy_console.gateway import AUDIT_HINT
from jobboy_console.looks.text import safe_text
from jobboy_console.places.audit import act_lines, audit_header, audit_rows, empty_lines
from jobboy_console.running.background import Lane
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.widgets.cursor_view import CursorView
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.whole import Whole

PAGE = 200
MOST_KEPT = 20_000
"""Acts that are kept while one goes down; beyond that the filter must say more."""


class Audit(PlaceScreen):
    """What people did; going down reads on.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE = "audit"
    BINDINGS = bindings("audit", "everywhere")

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._filter = ""
        self._acts: list[ActLine] | None = None
        self._end: int | None = None
        self._newest: Lane[ActsPage] = Lane(self, "newest-acts", deliver=self._read, trouble=self._not_read)
        self._older: Lane[tuple[str, ActsPage]] = Lane(
            self, "older-acts", deliver=self._read_on, trouble=self._not_read
        )

    def compose(self) -> ComposeResult:
        """Return the head, the list, the filter and the footer."""
        yield LineBar(id="place-head")
        with Vertical(id="place-pane"):
            yield LineBar(id="place-columns")
            yield LineBar(id="place-empty", wraps=True)
            yield CursorView(id="place-list")
        with Vertical(id="place-filter"):
            yield SteadyInput(placeholder=AUDIT_HINT, compact=True, id="audit-filter", max_length=400)
            yield LineBar(id="audit-problem")
        yield FooterBar(named("help"))

    def on_mount(self) -> None:
        """Read the newest acts."""
        self.query_one(FooterBar).show_commands(named("rows.pick", "audit.filter", "audit.whole", "help"))
        self.query_one(CursorView).focus()
        self.show_head()
        self.show_border("Audit")
        self.reload()

    # --- what is asked for ---

    def reload(self) -> None:
        """Read the newest acts again; what one has gone down to stays."""
        self._newest.ask(partial(self.gateway.house.acts, self._filter, before=None, limit=PAGE))

    def show_all(self) -> None:
        """Draw the list."""
        acts = self._acts
        if acts is None:
            return
        width = max(self.query_one("#place-pane").content_size.width - 1, 20)
        more = "" if self._end is None else "+"
        narrowed = f" · {safe_text(self._filter, limit=40)}" if self._filter else ""
        hints = ["older ones: go down"] if self._end is not None else []
        self.show_border(f"Audit {len(acts):,}{more}{narrowed}", hints)
        self.query_one("#place-columns", LineBar).show([audit_header(acts, width)] if acts else [])
        self.query_one("#place-empty", LineBar).show([] if acts else empty_lines(self._filter))
        self.query_one(CursorView).show_rows(audit_rows(acts, self.gateway.now(), width))

    # --- keys ---

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one("#place-filter").add_class("open")
        field = self.query_one("#audit-filter", SteadyInput)
        field.value = self._filter
        field.focus()

    def action_whole(self) -> None:
        """Show all of the act under the cursor."""
        act = self._act()
        if act is not None:
            self.app.push_screen(Whole("act", partial(act_lines, act)))

    def action_back(self) -> None:
        """Close the filter, then drop it, then go back."""
        if self.query_one("#place-filter").has_class("open"):
            self._close_filter()
        elif self._filter:
            self._narrow("")
        else:
            super().action_back()

    @on(Input.Changed, "#audit-filter")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.query_one("#place-filter").has_class("open"):
            self._narrow(event.value.strip())

    @on(Input.Submitted, "#audit-filter")
    def _taken(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_filter()

    @on(CursorView.Picked)
    def _picked(self) -> None:
        act = self._act()
        if act is not None and act.process_id is not None:
            self.open_process(act.process_id)
        else:
            self.action_whole()

    @on(CursorView.Moved)
    def _moved(self) -> None:
        """Read on when the end of what is known comes near."""
        view = self.query_one(CursorView)
        if self._end is not None and view.cursor >= len(view.rows) - 50 and not self._older.busy:
            self._go_on()

    # --- its parts ---

    def _act(self) -> ActLine | None:
        seq = self.query_one(CursorView).cursor_key
        return next((act for act in self._acts or () if act.seq == seq), None)

    def _narrow(self, filter: str) -> None:
        if filter != self._filter:
            self._filter, self._acts, self._end = filter, None, None
            self.query_one("#audit-problem", LineBar).show([])
            self.reload()

    def _close_filter(self) -> None:
        self.query_one("#place-filter").remove_class("open")
        self.query_one(CursorView).focus()

    def _go_on(self) -> None:
        if self._acts is not None and len(self._acts) >= MOST_KEPT:
            self.notify(hint("Narrow it with {audit.filter} to see older ones."), markup=False)
            return
        self._older.ask(partial(self._page, self._filter, self._end))

    def _page(self, filter: str, before: int | None) -> tuple[str, ActsPage]:
        """Read the next acts that are wanted, through stretches in which there are none."""
        page = self.gateway.house.acts(filter, before=before, limit=PAGE)
        while not page.acts and page.end is not None and filter == self._filter:
            page = self.gateway.house.acts(filter, before=page.end, limit=PAGE)
        return filter, page

    def _read(self, page: ActsPage) -> None:
        known = [] if self._acts is None else self._acts
        oldest = page.acts[-1].seq if page.acts else 0
        older = [act for act in known if act.seq < oldest]
        if self._acts is None or (not older and page.end is not None):
            self._end = page.end
        self._acts = [*page.acts, *older]
        self.show_all()
        if not self._acts and self._end is not None:
            self._go_on()

    def _read_on(self, answer: tuple[str, ActsPage]) -> None:
        filter, page = answer
        if filter != self._filter:
            return
        known = self._acts or []
        last = known[-1].seq if known else None
        self._acts = [*known, *(act for act in page.acts if last is None or act.seq < last)]
        self._end = page.end
        self.show_all()

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, ValueError):
            self.query_one("#audit-problem", LineBar).show([((safe_text(error, limit=200), "wrong"),)])
        else:
            self.not_read(error)
