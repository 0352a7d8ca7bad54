"""What the screens of the house share: the head, a frame that says where one is, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events

from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.gateway import Gateway, JobBoyError
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import safe_text
from jobboy_console.running.background import Lane
from jobboy_console.running.embedded import Embedded
from jobboy_console.screens.base import BaseScreen
from jobboy_console.screens.process import ProcessScreen
from jobboy_console.widgets.borders import write_subtitle, write_title
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.status_bar import Situation, lost_line, title_line


@dataclass(frozen=True)
class Surroundings:
    """What a place is opened with."""

    gateway: Gateway
    worker: Embedded
    situation: Situation


class PlaceScreen(BaseScreen):
    """A screen about the house and not about a process.

    Args:
        surroundings: of the console at this moment.
    """

    PLACE: ClassVar[str]
    """Its name for ``go``."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(surroundings.gateway)
        self.embedded = surroundings.worker
        self.situation = surroundings.situation
        self._opens: Lane[ProcessSnapshot] = Lane(self, "open", deliver=self._open, trouble=self.report_trouble)

    # --- for the places ---

    def show_all(self) -> None:
        """Draw everything anew from what is known; called when time has passed or the size is another one."""
        raise NotImplementedError

    def open_process(self, process_id: str) -> None:
        """Show a process, when it is still there."""
        self._opens.ask(lambda: self.gateway.process(process_id))

    def not_read(self, error: Exception) -> None:
        """Take what went wrong while reading; what is shown stays, and the head says that it is old."""
        if self.situation.lost is None or not isinstance(error, JobBoyError):
            self.report_trouble(error)

    def refuse_to_change(self) -> bool:
        """Say that nothing may be changed here, and return True, when that is so."""
        if self.gateway.read_only:
            self.notify("This console is read-only.", severity="warning", markup=False)
        return self.gateway.read_only

    # --- what BaseScreen asks for ---

    def rows(self) -> list[Row]:
        """Return no process; a place that lists some says which one is under its cursor."""
        return []

    def tick(self, situation: Situation) -> None:
        """Show the situation and the ages."""
        self.situation = situation
        self.show_head()
        self.show_all()

    # --- keys ---

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss(None)

    def action_reload(self) -> None:
        """Read everything again."""
        self.reload()

    def action_copy_id(self) -> None:
        """Copy the id of the process under the cursor."""
        rows = self.rows()
        if rows:
            copy(self, safe_text(rows[0].id), "Id")

    def on_resize(self, event: events.Resize) -> None:
        """Draw everything for the new width, once it is laid out."""
        self.call_after_refresh(self._resized)

    # --- its parts ---

    def show_head(self) -> None:
        """Show which database it is, and whether it can be read."""
        lines: list[Line] = [title_line(None, self.situation, self.app.size.width - 2)]
        if self.situation.lost is not None:
            lines.append(lost_line(self.situation))
        self.query_one("#place-head", LineBar).show(lines)

    def show_border(self, title: str, hints: Sequence[str] = ()) -> None:
        """Write where one is into the frame."""
        pane = self.query_one("#place-pane")
        write_title(pane, title)
        write_subtitle(pane, "  ".join(hints))

    def _resized(self) -> None:
        self.show_head()
        self.show_all()

    def _open(self, found: ProcessSnapshot) -> None:
        self.app.push_screen(ProcessScreen(self.gateway, found.row, self.situation))
