"""The tabs of one process: a view for each, of which the one that is seen is filled."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import ContentSwitcher

from jobboy_console.commands.process import TABS
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.gateway import Gateway
from jobboy_console.looks.lines import Line
from jobboy_console.reading.histories import gap_lines, timeline_lines
from jobboy_console.reading.steps import step_lines
from jobboy_console.screens.known_history import KnownHistory
from jobboy_console.screens.process_views import TREES, notice_of, report_notice, values_of
from jobboy_console.widgets.tail_view import TailView
from jobboy_console.widgets.text_view import TextView
from jobboy_console.widgets.tree_view import TreeView


class ProcessTabs(ContentSwitcher):
    """Shows one of `TABS`: a tree for a document, lines for what happened.

    Args:
        gateway: tells the present.
        history: what is known of what happened to the process.
        tab: with which it begins.
    """

    def __init__(self, gateway: Gateway, history: KnownHistory, *, tab: int, id: str) -> None:
        super().__init__(initial=f"tab-{TABS[tab]}", id=id)
        self._gateway, self._history = gateway, history
        self._tab = tab

    def compose(self) -> ComposeResult:
        """Return a view for each tab: a tree, the tail, or a text that `fill` writes."""
        for name in TABS:
            if name in TREES:
                yield TreeView(self._gateway, id=f"tab-{name}")
            elif name == "Tail":
                yield TailView(self._gateway, id="tab-Tail")
            else:
                yield TextView(id=f"tab-{name}")

    @property
    def view(self) -> TreeView | TextView:
        """The view of the tab that is seen."""
        name = TABS[self._tab]
        if name in TREES:
            return self.query_one(f"#tab-{name}", TreeView)
        return self.query_one(f"#tab-{name}", TextView)

    @property
    def tail(self) -> TailView:
        """The tail, which takes events whether it is seen or not."""
        return self.query_one(TailView)

    def turn_to(self, index: int) -> None:
        """Let another tab be seen, 0 for the first."""
        self._tab = index
        self.current = f"tab-{TABS[index]}"

    def fill(self, snapshot: ProcessSnapshot) -> None:
        """Show in the tab that is seen what was read."""
        view, name = self.view, TABS[self._tab]
        if isinstance(view, TreeView):
            document = name.lower()
            if name == "Reports":
                notice = report_notice(snapshot, self._width, expanded=view.folding.whole)
            else:
                notice = notice_of(snapshot, document)
            view.show(values_of(snapshot, document), marks=self._history.marks.get(document), notice=notice)
        elif not isinstance(view, TailView):
            view.show(self._lines_of(name, snapshot))

    def _lines_of(self, name: str, snapshot: ProcessSnapshot) -> list[Line]:
        now = self._gateway.now()
        if name == "Steps":
            return step_lines(snapshot.steps, self._history.events, now, self._width)
        older = gap_lines(older=True) if self._history.has_older else []
        return [*older, *timeline_lines(self._history.events, now)]

    @property
    def _width(self) -> int:
        """Cells of a line, with room for the bar that scrolls."""
        return max(self.content_size.width - 1, 20)
