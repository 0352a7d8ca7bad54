"""Information: the database, its size and health, versions and folders."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from jobboy_console.commands import bindings, named, of_scope
from jobboy_console.facts.house_snapshots import CheckLine, Facts
from jobboy_console.looks.lines import text_of
from jobboy_console.places.information import checks_lines, facts_lines
from jobboy_console.running.background import Lane
from jobboy_console.screens.place import PlaceScreen, Surroundings
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.text_view import TextView


class Information(PlaceScreen):
    """Facts under headings, and an examination on demand.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE = "info"
    BINDINGS = bindings("info", "everywhere")

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings)
        self._facts: list[Facts] | None = None
        self._checks: list[CheckLine] | None = None
        self._reads: Lane[list[Facts]] = Lane(self, "facts", deliver=self._read, trouble=self.not_read)
        self._examines: Lane[list[CheckLine]] = Lane(
            self, "examine", deliver=self._examined, trouble=self._not_examined
        )

    def compose(self) -> ComposeResult:
        """Return the head, the facts and the footer."""
        yield LineBar(id="place-head")
        with Vertical(id="place-pane"):
            yield TextView(id="place-text")
        yield FooterBar([*of_scope("info"), *named("refresh"), *of_scope("application")])

    def on_mount(self) -> None:
        """Read the facts."""
        self.query_one(TextView).focus()
        self.show_head()
        self.show_border("Information")
        self.reload()

    def reload(self) -> None:
        """Read the facts again."""
        self._reads.ask(self.gateway.house.facts)

    def show_all(self) -> None:
        """Draw facts and checks."""
        view = self.query_one(TextView)
        width = max(view.content_size.width - 1, 20)
        health = checks_lines(self._checks, busy=self._examines.busy, width=width)
        found = self._facts or []
        view.show([*facts_lines(found[:1], width), *health, (), *facts_lines(found[1:], width)])

    def action_examine(self) -> None:
        """Examine database, locks and machine in a thread."""
        if not self._examines.busy:
            self._examines.ask(self.gateway.house.examine)
            self.show_all()

    def action_copy_id(self) -> None:
        """Copy everything that is shown, for a report."""
        self.app.copy_to_clipboard(text_of(self.query_one(TextView).lines))
        self.notify("All of it copied.", timeout=2, markup=False)

    def _read(self, found: list[Facts]) -> None:
        self._facts = found
        self.show_all()

    def _examined(self, checks: list[CheckLine]) -> None:
        self._checks = checks
        self.show_all()
        self.query_one(TextView).action_first()

    def _not_examined(self, error: Exception) -> None:
        self.not_read(error)
        self.show_all()
