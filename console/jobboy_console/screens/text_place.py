"""What the screens that show a long text share: following, searching and narrowing."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from jobboy_console.commands import Command, named, of_scope
from jobboy_console.looks.lines import Line
from jobboy_console.screens.findings import Findings
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.search_bar import SearchBar
from jobboy_console.widgets.text_view import TextView


class TextPlace(PlaceScreen):
    """A place that is one long text, followed at its end.

    Args:
        surroundings: of the console at this moment.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self.findings = Findings()

    def compose(self) -> ComposeResult:
        """Return the head, the text, the search and the footer."""
        yield LineBar(id="place-head")
        with Vertical(id="place-pane"):
            yield LineBar(id="place-columns")
            yield LineBar(id="place-empty", wraps=True)
            yield TextView(tail=True, id="place-text")
        yield SearchBar("log")
        yield FooterBar(of_scope("log"))

    def on_mount(self) -> None:
        """Read the text."""
        self.query_one(FooterBar).show_commands(self.footer())
        self.text.focus()
        self.show_head()
        self.show_all()
        self.reload()

    @property
    def text(self) -> TextView:
        """The text."""
        return self.query_one("#place-text", TextView)

    def footer(self) -> list[Command]:
        """Return the commands that matter here."""
        return named("text.follow", "log.search", "log.keep", "text.wrap", "help")

    def heading(self) -> str:
        """Return what it is, safe; stands in the frame."""
        raise NotImplementedError

    def show_text(self, lines: Sequence[Line], empty: Sequence[Line]) -> None:
        """Show other lines, or what it means that there are none."""
        self.text.show(lines)
        self.query_one("#place-empty", LineBar).show([] if lines else empty)
        self.show_all()

    def show_all(self) -> None:
        """Write into the frame what it is and what was found."""
        found = self.findings.words(self.heading())
        self.show_border(self.heading(), [found] if found else [])

    # --- keys ---

    def action_search(self) -> None:
        """Type what to search for."""
        self.query_one(SearchBar).open("search")

    def action_keep(self) -> None:
        """Type which lines to keep."""
        self.query_one(SearchBar).open("keep")

    def action_next_match(self, by: int) -> None:
        """Go to the next place of what is searched for, or the one before."""
        self.findings.go_on(self.heading(), self.text, by)
        self.show_all()

    @on(SearchBar.Typed)
    def _typed(self, event: SearchBar.Typed) -> None:
        self.text.focus()
        if event.text is None:
            return
        if event.purpose == "search":
            self.findings.search(self.heading(), self.text, event.text)
        else:
            self.findings.keep(self.heading(), self.text, event.text)
        self.show_all()
