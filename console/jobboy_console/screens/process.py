"""One process: who holds it, why it is as it is, its documents, steps and history, and a live tail."""

from __future__ import annotations

from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher

from jobboy_console.background import Lane
from jobboy_console.commands import bindings, of_scope
from jobboy_console.documents import document_lines, error_lines, output_lines
from jobboy_console.gateway import Gateway
from jobboy_console.histories import step_lines, tail_lines, timeline_lines
from jobboy_console.lines import Line, Part, width_of, wrap
from jobboy_console.screens.base import BaseScreen
from jobboy_console.snapshots import EventLine, ProcessSnapshot, Row
from jobboy_console.text import safe_text
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation
from jobboy_console.widgets.tab_bar import TabBar
from jobboy_console.widgets.text_view import TextView

TABS = ("Store", "Parameters", "Reports", "Output", "Steps", "Timeline", "Tail")
TAIL_TAB = TABS.index("Tail")


class ProcessScreen(BaseScreen):
    """Everything about one process.

    Args:
        gateway: the way to the database.
        row: the process as the list showed it.
        situation: whether the database can be read.
        tab: with which it begins.
    """

    BINDINGS = bindings("process", "change", "everywhere")

    def __init__(self, gateway: Gateway, row: Row, situation: Situation, *, tab: int = 0) -> None:
        super().__init__(gateway)
        self._row = row
        self._situation = situation
        self._tab = tab
        self._snapshot: ProcessSnapshot | None = None
        self._events: list[EventLine] = []
        self._expanded = False
        self._reads: Lane[ProcessSnapshot] = Lane(self, "process", deliver=self._read, trouble=self._not_read)

    def compose(self) -> ComposeResult:
        """Return the head, the tabs and a text for each."""
        with Vertical(id="process-head") as head:
            head.border_title = Content(f"{safe_text(self._row.code, limit=40)} {safe_text(self._row.id, limit=40)}")
            yield LineBar(id="facts")
        yield TabBar(TABS, id="tabs")
        with ContentSwitcher(initial=f"tab-{TABS[self._tab]}", id="texts"):
            for name in TABS:
                yield TextView(id=f"tab-{name}", tail=name == "Tail")
        yield FooterBar(of_scope("process", "change", "text", "everywhere", "application"))

    def on_mount(self) -> None:
        """Read it."""
        self.action_show(self._tab)
        self._show_head()
        self.show_verbs()
        self.reload()

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return this process."""
        return [self._row]

    def reload(self) -> None:
        """Read it again."""
        self._reads.ask(partial(self.gateway.process, self._row.id))

    def tick(self, situation: Situation) -> None:
        """Show whether what is seen is old."""
        self._situation = situation
        self._show_head()

    # --- keys ---

    def action_tab(self, by: int) -> None:
        """Go to another tab, round and round."""
        self.action_show((self._tab + by) % len(TABS))

    def action_show(self, index: int) -> None:
        """Show a tab and give it the keys."""
        self._tab = index
        self.query_one("#tabs", TabBar).choose(index)
        self.query_one("#texts", ContentSwitcher).current = f"tab-{TABS[index]}"
        self._text(TABS[index]).focus()

    def action_expand(self) -> None:
        """Show long values whole and broken into lines, or short again."""
        self._expanded = not self._expanded
        for name in TABS[:4]:
            text = self._text(name)
            if text.wraps is not self._expanded:
                text.action_wrap()
        self._show_texts()

    def action_copy_id(self) -> None:
        """Copy the id."""
        self.app.copy_to_clipboard(safe_text(self._row.id))
        self.notify("Id copied.", timeout=2, markup=False)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    def action_reload(self) -> None:
        """Read it again."""
        self.reload()

    @on(TabBar.Chosen)
    def _tab_clicked(self, event: TabBar.Chosen) -> None:
        self.action_show(event.index)

    def on_resize(self, event: events.Resize) -> None:
        """Break the facts for the new width."""
        self._show_head()

    # --- its parts ---

    def _text(self, name: str) -> TextView:
        return self.query_one(f"#tab-{name}", TextView)

    def _read(self, snapshot: ProcessSnapshot) -> None:
        first = self._snapshot is None
        self._snapshot, self._row = snapshot, snapshot.row
        known = self._events[-1].seq if self._events else 0
        new = [event for event in snapshot.events if event.seq > known]
        self._events.extend(new)
        self._show_head()
        self.show_verbs()
        self._show_texts()
        tail = self._text("Tail")
        lines = tail_lines(new, self.gateway.now())
        if first:
            tail.show(lines)
        else:
            tail.append(lines)

    def _show_texts(self) -> None:
        found = self._snapshot
        if found is None:
            return
        now = self.gateway.now()
        self._text("Store").show(document_lines(found.store, name="store", expanded=self._expanded))
        self._text("Parameters").show(document_lines(found.parameters, name="parameters", expanded=self._expanded))
        self._text("Reports").show(self._report_lines(found))
        self._text("Output").show(document_lines(found.output, name="output", expanded=self._expanded))
        self._text("Steps").show(step_lines(found.steps, now))
        self._text("Timeline").show(timeline_lines(self._events, now))

    def _report_lines(self, found: ProcessSnapshot) -> list[Line]:
        others = {key: value for key, value in found.reports.items() if key != "reason" or found.error is None}
        lines: list[Line] = []
        if found.error is not None:
            lines += [*error_lines(found.error), ()]
        if found.last_lines:
            lines += [*output_lines(found.last_lines, found.last_words, expanded=self._expanded), ()]
        if others or found.error is None:
            lines += document_lines(others, name="reports", expanded=self._expanded)
        return lines

    def _show_head(self) -> None:
        width = max(self.app.size.width - 4, 20)
        self.query_one("#facts", LineBar).show(head_lines(self._snapshot, self._row, self._situation, width))

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, LookupError):
            self.notify("It is not there any more: retention has removed it.", severity="warning", markup=False)
            self.dismiss(None)
        elif self._situation.lost is None:
            self.report_trouble(error)


def head_lines(snapshot: ProcessSnapshot | None, row: Row, situation: Situation, width: int) -> list[Line]:
    """Return state, what happens next, the error and the facts, broken at `width`."""
    look = row.state.value
    state: Part = (f"{look.glyph} {look.word}", look.style)
    if snapshot is None:
        return [(state, ("  reading…", "quiet"))]
    lines: list[Line] = []
    if situation.lost is not None:
        lines.append(((" STALE ", "stuck"), (f" {safe_text(situation.lost, limit=120)}", "error")))
    lines += wrap((state, ("  ", "plain"), (safe_text(snapshot.explanation), "plain")), width, indent=2)
    if snapshot.error is not None:
        lines.append(((safe_text(snapshot.error.headline), "error"),))
    return lines + _fact_lines(snapshot.facts, width)


def _fact_lines(facts: tuple[tuple[str, str], ...], width: int) -> list[Line]:
    lines: list[Line] = []
    current: Line = ()
    for name, value in facts:
        fact: Line = ((f"{name} ", "quiet"), (safe_text(value, limit=200), "plain"))
        if current and width_of(current) + 3 + width_of(fact) > width:
            lines.append(current)
            current = ()
        current = (*current, ("   ", "plain"), *fact) if current else fact
    return [*lines, current] if current else lines
