"""What is shown until the database is open: the frame of home, and which database it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen

from jobboy_console.facts.views import BUILT_IN
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation, badges
from jobboy_console.widgets.tab_bar import TabBar


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

    def on_mount(self) -> None:
        """Say what is opened."""
        opening = f"opening {safe_text(self._situation.database, limit=None)}…"
        shown = [part for badge, style in badges(self._situation) for part in ((f" {badge} ", style), (" ", "plain"))]
        self.query_one(LineBar).show([(("jobboy ", "heading"), *shown, (opening, "quiet")), ((" ", "plain"),)])
        self.query_one(TabBar).choose(0)
