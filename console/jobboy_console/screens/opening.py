"""What is shown until the database is open: the frame of home, and which database it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.views import BUILT_IN
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation, badges
from jobboy_console.widgets.tab_bar import TabBar

LONG_S = 2.0
"""After so long it is said what may keep the database from being opened."""
_LONG = "It takes long: another program may keep the database to itself."


class Opening(Screen[None]):
    """Stands where home will be, so that nothing jumps when it comes.

    Args:
        situation: what the head says until more is known.
    """

    def __init__(self, situation: Situation) -> None:
        super().__init__()
        self._situation = situation

    def compose(self) -> ComposeResult:
        """Return the head, the views and an empty list."""
        yield LineBar(id="opening-head")
        yield TabBar([view.name for view in BUILT_IN], scope="view", id="views")
        with Horizontal(id="panes"), Vertical(id="list-pane") as pane:
            pane.border_title = Content(BUILT_IN[0].name)
            yield LineBar(id="opening-long", wraps=True)

    def on_mount(self) -> None:
        """Say what is opened."""
        opening = f"opening {safe_text(self._situation.database, limit=None)}…"
        shown = [part for badge, style in badges(self._situation) for part in ((f" {badge} ", style), (" ", "plain"))]
        head = self.query_one("#opening-head", LineBar)
        head.show([(("jobboy ", "heading"), *shown, (opening, "quiet")), ((" ", "plain"),)])
        self.query_one(TabBar).choose(0)
        self.set_timer(LONG_S, self._tell_that_it_lasts)

    def _tell_that_it_lasts(self) -> None:
        """Say what the wait may be for: nothing else is on the screen."""
        lines = (_LONG, hint("{quit} ends the console."))
        self.query_one("#opening-long", LineBar).show([((line, "quiet"),) for line in lines])
