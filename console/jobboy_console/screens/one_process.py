"""What the screens of one process share: which process it is, their tabs, and the way back."""

from __future__ import annotations

from textual import on
from textual.content import Content

from jobboy_console.facts.rows import Row
from jobboy_console.gateway import Gateway
from jobboy_console.looks.text import safe_text
from jobboy_console.screens.base import BaseScreen
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.status_bar import badges_of
from jobboy_console.widgets.tab_bar import TabBar


class OneProcess(BaseScreen):
    """A screen about one process, with tabs.

    Args:
        gateway: the way to the database.
        row: the process as it is known so far.
    """

    def __init__(self, gateway: Gateway, row: Row) -> None:
        super().__init__(gateway)
        self.row = row
        """The process as it was read last."""

    @property
    def title_of_process(self) -> Content:
        """Where it is, its code and its whole id, for a border."""
        return badges_of(self) + Content(f"{safe_text(self.row.code, limit=40)} {safe_text(self.row.id, limit=40)}")

    def action_show(self, index: int) -> None:
        """Show a tab, 0 for the first."""
        raise NotImplementedError

    def action_copy_id(self) -> None:
        """Copy the id."""
        copy(self, safe_text(self.row.id), "Id")

    def action_back(self) -> None:
        """Go back to where it was opened."""
        self.dismiss(None)

    def action_reload(self) -> None:
        """Read it again."""
        self.reload()

    @on(TabBar.Chosen)
    def _tab_clicked(self, event: TabBar.Chosen) -> None:
        self.action_show(event.index)
