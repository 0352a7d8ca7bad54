"""Shows how far something long has come, and stops it; the screen behind stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line, width_of
from jobboy_console.machine.watching import Watch
from jobboy_console.running.background import Landed, Lane
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar

Answer = TypeVar("Answer")
LOOK_EVERY_S = 0.1
_BAR = 40


class Progress(Dialog[object], Generic[Answer]):
    """Makes a call in a thread and answers with its answer, or with the exception that ended it.

    Escape asks it to stop; it then answers with what there is. When the console is closed meanwhile it is asked to
    stop too.

    Args:
        head: what is done.
        call: gets the watch, and looks at it often.
    """

    BINDINGS = bindings("progress")

    def __init__(self, head: str, call: Callable[[Watch], Answer]) -> None:
        super().__init__()
        self._head, self._call = head, call
        self.watched = Watch()
        self._lane: Lane[Answer] = Lane(self, "progress", deliver=self.dismiss, trouble=self.dismiss)

    def compose(self) -> ComposeResult:
        """Return the bar and the button."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._head)
            yield LineBar(id="progress-bar")
            with Horizontal(classes="buttons"):
                yield Button(Content(hint("Stop ({progress.stop})")), id="progress-stop", compact=True)

    def on_mount(self) -> None:
        """Begin."""
        self._look()
        self.set_interval(LOOK_EVERY_S, self._look)
        self._lane.ask(lambda: self._call(self.watched))

    def on_unmount(self) -> None:
        """Let nothing go on that nobody sees."""
        self.watched.stop()

    def on_landed(self, event: Landed) -> None:
        """Hand the answer to the lane."""
        event.stop()
        event.lane.land(event.result)

    @on(Button.Pressed, "#progress-stop")
    def action_stop(self) -> None:
        """Ask it to stop after the one at hand."""
        self.watched.stop()
        self._look()

    def _look(self) -> None:
        shown = self.query_one("#progress-bar", LineBar)
        shown.show([bar(self.watched, self.app.size.width - 4)])


def bar(watch: Watch, width: int = 80) -> Line:
    """Return how far it has come, as a bar where the end is known, which gives way to the numbers."""
    end: Line = (("  stopping…", "warning"),) if watch.stopped else ()
    if watch.total is None:
        return ((f"{watch.done:,}", "bold"), (" so far", "quiet"), *end)
    numbers: Line = ((f" {watch.done:,} of {watch.total:,}", "bold"), *end)
    cells = max(min(_BAR, width - width_of(numbers)), 0)
    full = cells * min(watch.done, watch.total) // max(watch.total, 1)
    return (("█" * full, "running"), ("░" * (cells - full), "quiet"), *numbers)
