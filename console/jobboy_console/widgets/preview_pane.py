"""The process under the cursor beside the list: what it is, and on a very wide terminal what happened to it."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.gateway import Gateway
from jobboy_console.looks.text import safe_text
from jobboy_console.reading.histories import strip_lines
from jobboy_console.reading.preview import preview_lines
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.widgets.borders import write_title
from jobboy_console.widgets.text_view import TextView

DELAY_S = 0.08
"""The cursor must rest that long before the process is read, so that scrolling reads nothing."""


class PreviewPane(Horizontal):
    """Reads the process it is given, in a thread, and shows it.

    Args:
        gateway: the way to the database.
    """

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(id="preview-pane")
        self._gateway = gateway
        self._row: Row | None = None
        self._timer: Timer | None = None
        self._lane: Lane[ProcessSnapshot] = Lane(self, "preview", deliver=self._read, trouble=self._not_read)

    def compose(self) -> ComposeResult:
        """Return what it is, and what happened."""
        yield TextView(id="preview")
        yield TextView(id="strip")

    @property
    def is_waiting(self) -> bool:
        """Whether a process is to be shown that is not read yet."""
        return self.display and (self._timer is not None or self._lane.busy)

    def show_row(self, row: Row | None) -> None:
        """Show another process, once it is asked for no other."""
        self._row = row
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DELAY_S, self.refresh_row)

    def refresh_row(self) -> None:
        """Read the process again; nothing is read while nothing is seen."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.display:
            return
        if self._row is None:
            self._show_nothing()
        else:
            self._lane.ask(partial(self._gateway.process, self._row.id))

    def on_landed(self, event: Landed) -> None:
        """Take an answer."""
        event.stop()
        if is_in_use(self.screen):
            event.lane.land(event.result)

    def _read(self, snapshot: ProcessSnapshot) -> None:
        if self._row is None or self._row.id != snapshot.row.id:
            return
        preview, strip = self.query_one("#preview", TextView), self.query_one("#strip", TextView)
        name = f"{safe_text(snapshot.row.short_id, limit=8)} · {safe_text(snapshot.row.code, limit=30)}"
        write_title(preview, name)
        now = self._gateway.now()
        is_apart = strip.display
        preview.show(preview_lines(snapshot, now, preview.scrollable_content_region.width, events=not is_apart))
        if is_apart:
            write_title(strip, "Timeline")
            strip.show(strip_lines(snapshot.events, now, strip.scrollable_content_region.width))

    def _not_read(self, error: Exception) -> None:
        self._show_nothing()
        self.query_one("#preview", TextView).show([((safe_text(error), "quiet"),)])

    def _show_nothing(self) -> None:
        for view in self.query(TextView):
            write_title(view, "")
            view.show([])
