"""One process: who holds it, why it is as it is, its documents, steps and history, and a live tail."""

from __future__ import annotations

from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from jobboy_console.commands import Command, bindings, named, of_scope
from jobboy_console.commands.keymap import hint, keymap_of
from jobboy_console.commands.process import TABS
from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import Account, ProcessSnapshot
from jobboy_console.gateway import Document, Gateway
from jobboy_console.looks.lines import Line, text_of
from jobboy_console.looks.text import safe_text
from jobboy_console.machine.saving import save_text
from jobboy_console.reading.explanations import account_lines
from jobboy_console.reading.histories import compact_lines
from jobboy_console.reading.telling import is_told_by_reports
from jobboy_console.reading.trees import whole_value
from jobboy_console.running.background import Lane
from jobboy_console.screens.findings import Findings
from jobboy_console.screens.known_history import KnownHistory
from jobboy_console.screens.one_process import OneProcess
from jobboy_console.screens.process_tabs import ProcessTabs
from jobboy_console.screens.process_views import (
    DOCUMENTS,
    PARAMETERS,
    first_tab,
    footer_of,
    head_lines,
    likely_tab,
    whole_error,
)
from jobboy_console.screens.versions import Versions
from jobboy_console.widgets.ask_file import AskFile
from jobboy_console.widgets.borders import write_subtitle
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.search_bar import SearchBar
from jobboy_console.widgets.status_bar import Situation
from jobboy_console.widgets.tab_bar import TabBar
from jobboy_console.widgets.tail_view import TailView
from jobboy_console.widgets.text_view import TextView
from jobboy_console.widgets.tree_view import NOTICE, TreeView
from jobboy_console.widgets.whole import Whole

TAIL_TAB = TABS.index("Tail")
SIDE_EVENTS = 40
_BESIDE_LOGS = ("Steps", "Tail")
"""Where one looks for what was printed: the tail has what happened to the process, not what it said."""


class ProcessScreen(OneProcess):
    """Everything about one process.

    Args:
        gateway: the way to the database.
        row: the process as the list showed it.
        situation: whether the database can be read.
        tab: with which it begins; None for the one that says most about it.
    """

    BINDINGS = bindings("process", "change", "anew", "exporting", "everywhere")

    def __init__(self, gateway: Gateway, row: Row, situation: Situation, *, tab: int | None = None) -> None:
        super().__init__(gateway, row)
        self._situation = situation
        self.chosen_tab: int | None = None
        """The tab that a person chose here; None while nobody has."""
        self._tab = likely_tab(row) if tab is None else tab
        self._may_turn = tab is None
        self._snapshot: ProcessSnapshot | None = None
        self._account: Account | None = None
        self._history = KnownHistory()
        self._wants_account = False
        self._account_is_old = True
        self._findings = Findings()
        self._reads: Lane[ProcessSnapshot] = Lane(self, "process", deliver=self._read, trouble=self._not_read)
        self._accounts: Lane[Account] = Lane(self, "account", deliver=self._told, trouble=self._not_read)
        self._saves: Lane[str] = Lane(self, "save", deliver=self._saved, trouble=self.report_trouble)

    def compose(self) -> ComposeResult:
        """Return the head, the tabs with a view for each, and the side that wide terminals have room for."""
        with Vertical(id="process-head") as head:
            head.border_title = self.title_of_process()
            yield LineBar(id="facts")
        yield TabBar(TABS, scope="process", id="tabs")
        with Horizontal(id="process-panes"):
            yield ProcessTabs(self.gateway, self._history, tab=self._tab, id="texts")
            yield TextView(id="side")
        yield SearchBar("process")
        yield FooterBar(self._footer())

    def on_mount(self) -> None:
        """Read it."""
        self._turn_to(self._tab)
        self._show_head()
        self.show_verbs()
        self.reload()

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return this process."""
        return [self.row]

    def reload(self) -> None:
        """Read it again, of its history only what is new."""
        self._reads.ask(self._read_new)
        self._account_is_old = True

    def tick(self, situation: Situation) -> None:
        """Show whether what is seen is old; the account looks at all workers, so it is renewed only here."""
        self._situation = situation
        self._show_head()
        if self._account_is_old and self.has_class("-wide"):
            self._ask_account()

    # --- keys: tabs and panes ---

    def action_tab(self, by: int) -> None:
        """Go to another tab, round and round."""
        self.action_show((self._tab + by) % len(TABS))

    def action_show(self, index: int) -> None:
        """Show a tab and give it the keys; it is shown until the person chooses another."""
        self.chosen_tab = index
        self._turn_to(index)

    def action_pane(self) -> None:
        """Give the keys to the other pane."""
        side = self.query_one("#side", TextView)
        target = side if side.display and not side.has_focus else self._view()
        target.focus()

    def action_expand(self) -> None:
        """Show long values whole and broken into lines, or short again."""
        view = self._view()
        if isinstance(view, TreeView):
            view.action_expand()
            self._show_tab()
        else:
            view.action_wrap()

    # --- keys: searching ---

    def action_search(self) -> None:
        """Type what to search for."""
        self.chosen_tab = self._tab
        self.query_one(SearchBar).open("search")

    def action_keep(self) -> None:
        """Type which lines to keep."""
        if isinstance(self._view(), TreeView):
            self.notify(hint("A tree is searched with {process.search}; its lines belong together."), markup=False)
        else:
            self.chosen_tab = self._tab
            self.query_one(SearchBar).open("keep")

    def action_next_match(self, by: int) -> None:
        """Go to the next place of what is searched for, or the one before."""
        self._findings.go_on(TABS[self._tab], self._view(), by)
        self._show_borders()

    @on(SearchBar.Typed)
    def _typed(self, event: SearchBar.Typed) -> None:
        view, name = self._view(), TABS[self._tab]
        view.focus()
        if event.text is None:
            return
        if event.purpose == "search":
            self._findings.search(name, view, event.text)
        elif isinstance(view, TextView):
            self._findings.keep(name, view, event.text)
        self._show_borders()

    # --- keys: looking deeper ---

    def action_explain(self) -> None:
        """Say in words what state it is in, why, what happens next and what one can do."""
        self._wants_account = True
        self._ask_account()

    def action_versions(self) -> None:
        """Go through the versions of the document that is shown."""
        self._travel(differs=False)

    async def action_logs(self) -> None:
        """Show what its steps printed and logged; the tail has what happened to it."""
        await self.app.run_action("logs")

    def action_export(self) -> None:
        """Ask how it is written to a file."""
        self.ask_export(
            f"Export {self.row.short_id} · {self.row.code}", self.row.short_id, ("bundle", "jsonl", "csv")
        )

    def action_diff(self) -> None:
        """Show what the last change of the document did."""
        self._travel(differs=True)

    @on(TreeView.WholeWanted)
    def _show_whole(self, event: TreeView.WholeWanted) -> None:
        if event.path == NOTICE:
            found = self._snapshot
            text = "" if found is None else whole_error(found)
            head = "error"
        else:
            text = whole_value(event.value)
            head = ".".join(safe_text(key, limit=40) for key in event.path)
        if text:
            self.app.push_screen(Whole.of_text(head, text))

    @on(TextView.Followed)
    def _follow_changed(self) -> None:
        self._show_borders()

    @on(TailView.SaveWanted)
    def _ask_where(self, event: TailView.SaveWanted) -> None:
        text = text_of(event.lines)
        proposed = f"jobboy-{safe_text(self.row.short_id, limit=8)}-tail.txt"

        def save(name: str | None) -> None:
            if name is not None:
                self._saves.ask(partial(save_text, name, text))

        self.app.push_screen(AskFile("Write the tail to a file", proposed), save)

    def on_resize(self, event: events.Resize) -> None:
        """Break everything for the new width, once it is laid out."""
        self.call_after_refresh(self._resized)

    # --- answers ---

    def _read_new(self) -> ProcessSnapshot:
        return self.gateway.process(self.row.id, after=self._history.last_seq)

    def _read(self, snapshot: ProcessSnapshot) -> None:
        is_first = self._snapshot is None
        new, missed = self._history.take(snapshot)
        self._snapshot, self.row = snapshot, snapshot.row
        self._tabs.tail.add(new, gap=missed)
        self._show_head()
        self.show_verbs()
        if is_first and self._may_turn and self.chosen_tab is None:
            self._turn_to(first_tab(snapshot))
        else:
            self._show_tab()
        self._show_side()

    def _told(self, account: Account) -> None:
        self._account = account
        self._show_side()
        if self._wants_account:
            self._wants_account = False
            lines = partial(account_lines, account, read_only=self.gateway.read_only, keymap=keymap_of(self))
            head = f"{safe_text(self.row.code, limit=30)} {safe_text(self.row.short_id, limit=8)} in words"
            self.app.push_screen(Whole(head, lines))

    def _saved(self, path: str) -> None:
        self.notify(f"Written: {safe_text(path)}", markup=False)

    def _not_read(self, error: Exception) -> None:
        self._wants_account = False
        if isinstance(error, LookupError):
            if self in self.app.screen_stack and self.is_current:
                self.notify("It is not there any more: retention has removed it.", severity="warning", markup=False)
                self.dismiss(None)
        elif self._situation.lost is None:
            self.report_trouble(error)

    # --- its parts ---

    @property
    def _tabs(self) -> ProcessTabs:
        return self.query_one(ProcessTabs)

    def _view(self) -> TreeView | TextView:
        return self._tabs.view

    def _turn_to(self, index: int) -> None:
        self._tab = index
        self.query_one("#tabs", TabBar).choose(index)
        self._tabs.turn_to(index)
        self._view().focus()
        self.query_one(FooterBar).show_commands(self._footer())
        self._show_tab()
        self._show_borders()

    def _footer(self) -> list[Command]:
        verbs = [command for command in of_scope("change") if command.footer]
        return [*verbs, *named(*footer_of(TABS[self._tab])), *named("help")]

    def _travel(self, *, differs: bool) -> None:
        name = TABS[self._tab].lower()
        if name == PARAMETERS:
            self.notify("Parameters never change.", markup=False)
            return
        found = self._snapshot
        most: Document = "reports" if found is not None and is_told_by_reports(found) and not found.store else "store"
        document = next((known for known in DOCUMENTS if known == name), most)
        self.app.push_screen(Versions(self.gateway, self.row, document, differs=differs))

    def _show_tab(self) -> None:
        """Show what belongs to the tab that is seen; the others are shown when they are."""
        if self._snapshot is not None:
            self._tabs.fill(self._snapshot)

    def _show_side(self) -> None:
        side, found = self.query_one("#side", TextView), self._snapshot
        if found is None or not self.has_class("-wide"):
            return
        width = max(side.content_size.width - 2, 20)  # a gap before the bar that scrolls
        lines: list[Line] = []
        if self._account is not None:
            told = partial(account_lines, read_only=self.gateway.read_only, brief=True, keymap=keymap_of(self))
            lines += told(self._account, width)
        newest = self._history.events[: -SIDE_EVENTS - 1 : -1]
        lines += [(), (("Newest events", "heading"),), *compact_lines(newest, self.gateway.now())]
        side.show(lines)

    def _show_head(self) -> None:
        width = max(self.app.size.width - 4, 20)
        self.query_one("#facts", LineBar).show(head_lines(self._snapshot, self.row, self._situation, width))

    def _show_borders(self) -> None:
        found, view = self._findings.words(TABS[self._tab]), self._view()
        follows = view.follow_words if isinstance(view, TailView) else ""
        logs = hint("{process.logs} shows its log") if TABS[self._tab] in _BESIDE_LOGS else ""
        write_subtitle(self._tabs, " · ".join(words for words in (found, logs, follows) if words))

    def _resized(self) -> None:
        self.query_one("#process-head").border_title = self.title_of_process()
        self._show_head()
        self._show_tab()
        self._show_side()
        if self.has_class("-wide") and self._account is None and self._snapshot is not None:
            self._ask_account()

    def _ask_account(self) -> None:
        self._account_is_old = False
        self._accounts.ask(partial(self.gateway.account, self.row.id))
