"""What the screens of one process share: which process it is, their tabs, and the way back."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.content import Content

from jobboy_console.facts.rows import Row
from jobboy_console.gateway import Gateway
from jobboy_console.looks.text import fit, safe_text
from jobboy_console.screens.base import BaseScreen
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.status_bar import badges_of
from jobboy_console.widgets.tab_bar import TabBar

_FRAME = 8
"""Cells of a border beside its title."""
_LEAST_OF_CODE = 12
"""Cells of a code that are shown, if it has as many, before the whole id is."""


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

    def title_of_process(self, before: str = "") -> Content:
        """Return where it is, its code and its id for a border.

        Where there is no room for both, a long code is cut first; the id is the short one then, if need be.
        """
        badges, code = badges_of(self), safe_text(self.row.code, limit=40)
        room = self.app.size.width - _FRAME - len(before) - badges.cell_length - 1
        named = safe_text(self.row.id, limit=40)
        if room - len(named) < min(cell_len(code), _LEAST_OF_CODE):
            named = safe_text(self.row.short_id, limit=40)
        left = max(room - len(named), _LEAST_OF_CODE)
        shown = code if cell_len(code) <= left else fit(code, left)
        return Content(before) + badges + Content(f"{shown} {named}")

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
