"""Time travel: the versions of a document, what one of them is, and how any two differ."""

from __future__ import annotations

from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from jobboy_console.commands import bindings, named
from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import VersionLine, VersionView
from jobboy_console.gateway import Document, Gateway, Travel
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.reading.trees import whole_value
from jobboy_console.reading.versions import (
    counts_width,
    difference_lines,
    difference_marks,
    key_of,
    version_head,
    version_line,
)
from jobboy_console.running.background import Lane
from jobboy_console.screens.one_process import OneProcess
from jobboy_console.widgets.cursor_view import CursorView, PickRow
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation
from jobboy_console.widgets.tab_bar import TabBar
from jobboy_console.widgets.text_view import TextView
from jobboy_console.widgets.tree_view import NOTICE, TreeView
from jobboy_console.widgets.whole import Whole

_FOOTER = (
    "versions.older",
    "versions.newer",
    "versions.base",
    "versions.diff",
    "versions.pane",
    "tree.whole",
    "help",
)
TRAVELLED: tuple[Document, ...] = ("store", "output", "reports")


class Versions(OneProcess):
    """The versions of one document; new ones come in above, what is looked at stays.

    Args:
        gateway: the way to the database.
        row: the process.
        document: which one first.
        differs: begin with the differences instead of the document.
    """

    BINDINGS = bindings("versions", "everywhere")

    def __init__(self, gateway: Gateway, row: Row, document: Document, *, differs: bool = False) -> None:
        super().__init__(gateway, row)
        self._document = document
        self._differs = differs
        self._travel: Travel | None = None
        self._view: VersionView | None = None
        self._base: int | None = None
        """Key of the version that is compared with; None for the one before the one that is shown."""
        self._is_old = False
        self._travels: Lane[Travel] = Lane(self, "travel", deliver=self._read, trouble=self._not_read)
        self._views: Lane[tuple[Travel, VersionView]] = Lane(
            self, "version", deliver=self._seen, trouble=self.report_trouble
        )

    def compose(self) -> ComposeResult:
        """Return the head, the documents, the list of versions and the version."""
        with Vertical(id="process-head") as head:
            head.border_title = self.title_of_process("Versions · ")
            yield LineBar(id="version-facts")
        yield TabBar([document.title() for document in TRAVELLED], scope="versions", id="tabs")
        with Container(id="version-panes"):
            yield CursorView(id="version-list")
            with Container(id="version-document"):
                yield TreeView(self.gateway, id="version-tree")
                yield TextView(id="version-differences")
        yield FooterBar(named(*_FOOTER))

    def on_mount(self) -> None:
        """Read them."""
        self.query_one("#version-facts", LineBar).show([(("reading…", "quiet"),)])
        self._list.focus()
        self.action_show(TRAVELLED.index(self._document))

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return nothing: the past cannot be changed."""
        return []

    def reload(self) -> None:
        """Remember that there may be new ones: a whole history is not read with every change, but once a second."""
        self._is_old = True

    def tick(self, situation: Situation) -> None:
        """Read new ones."""
        if self._is_old:
            self._read_again()

    # --- keys ---

    def action_show(self, index: int) -> None:
        """Show the versions of a document."""
        self._document, self._travel, self._view, self._base = TRAVELLED[index], None, None, None
        self.query_one("#tabs", TabBar).choose(index)
        self._read_again()

    def action_document(self, by: int) -> None:
        """Go to another document, round and round."""
        self.action_show((TRAVELLED.index(self._document) + by) % len(TRAVELLED))

    def action_step(self, by: int) -> None:
        """Go to the version before (1) or after (-1); the list has the newest first."""
        self._list.action_move(by)

    def action_base(self) -> None:
        """Compare with the version under the cursor from now on; the second time with the one before each again."""
        key = self._list.cursor_key
        self._base = None if self._base == key or not isinstance(key, int) else key
        self._show_list()
        self._ask()

    def action_diff(self) -> None:
        """Show what differs, or the document."""
        self._differs = not self._differs
        self._show()
        if not self._list.has_focus:
            self._pane.focus()

    def action_pane(self) -> None:
        """Give the keys to the list, or to what it chooses from."""
        (self._pane if self._list.has_focus else self._list).focus()

    def action_reload(self) -> None:
        """Read them again at once."""
        self._read_again()

    @on(CursorView.Moved, "#version-list")
    def _moved(self) -> None:
        self._ask()

    @on(CursorView.Picked, "#version-list")
    def _picked(self) -> None:
        self.action_pane()

    @on(TreeView.WholeWanted)
    def _show_whole(self, event: TreeView.WholeWanted) -> None:
        if event.path != NOTICE:
            head = ".".join(safe_text(key, limit=40) for key in event.path)
            self.app.push_screen(Whole.of_text(head, whole_value(event.value)))

    def on_resize(self, event: events.Resize) -> None:
        """Break everything for the new width, once it is laid out."""
        self.call_after_refresh(self._show)

    # --- answers ---

    def _read(self, travel: Travel) -> None:
        if travel.document != self._document:
            return
        first, self._travel = self._travel is None, travel
        self._show_list(newest=first)
        self._ask()

    def _seen(self, found: tuple[Travel, VersionView]) -> None:
        travel, view = found
        if travel is self._travel:  # else another document was asked for meanwhile, and its version is on its way
            self._view = view
            self._show()

    def _not_read(self, error: Exception) -> None:
        if isinstance(error, LookupError):
            self.dismiss(None)
        else:
            self.report_trouble(error)

    # --- its parts ---

    @property
    def _list(self) -> CursorView:
        return self.query_one("#version-list", CursorView)

    @property
    def _pane(self) -> Widget:
        return self.query_one("#version-differences" if self._differs else "#version-tree")

    def _read_again(self) -> None:
        self._is_old = False
        self._travels.ask(partial(self.gateway.travel, self.row.id, self._document))

    def _ask(self) -> None:
        """Have the version under the cursor rebuilt, and compared."""
        if self._travel is None:
            return
        places = {key_of(line): line.index for line in self._travel.lines}
        index = places.get(self._shown_key, len(places) - 1)
        base = max(index - 1, 0) if self._base is None else places.get(self._base, 0)
        self._views.ask(partial(_look, self._travel, index, base))

    @property
    def _shown_key(self) -> int:
        key = self._list.cursor_key
        return key if isinstance(key, int) else 0

    def _show_list(self, *, newest: bool = False) -> None:
        if self._travel is None:
            return
        now, counts = self.gateway.now(), counts_width(self._travel.lines)
        rows = [
            PickRow(key_of(line), version_line(line, now, is_base=key_of(line) == self._base, counts=counts))
            for line in reversed(self._travel.lines)
        ]
        self._list.show_rows(rows, cursor=rows[0].key if newest else None)

    def _show(self) -> None:
        tree, text = self.query_one("#version-tree", TreeView), self.query_one("#version-differences", TextView)
        tree.display, text.display = not self._differs, self._differs
        view, travel = self._view, self._travel
        if view is None or travel is None or view.index >= len(travel.lines):
            return
        version: VersionLine = travel.lines[view.index]
        width = max(self.app.size.width - 4, 20)
        head = version_head(
            version, view, len(travel.lines) - 1, self.gateway.now(), width, marked=self._base is not None
        )
        self.query_one("#version-facts", LineBar).show(head)
        empty: list[Line] = [] if view.values else [((f"The {self._document} was empty.", "quiet"),)]
        tree.show(view.values, marks=difference_marks(view.changes), notice=empty)
        text.show(difference_lines(view.changes, max(self.query_one("#version-document").content_size.width - 1, 20)))


def _look(travel: Travel, index: int, base: int) -> tuple[Travel, VersionView]:
    return travel, travel.view(index, base)
