"""Asks for the name of a file that is to be written."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput


class AskFile(Dialog[str | None]):
    """Answers with a name, or None; enter takes it, escape drops it.

    Args:
        head: what is written.
        proposed: a name to begin with.
    """

    BINDINGS = bindings("field")

    def __init__(self, head: str, proposed: str) -> None:
        super().__init__()
        self._head, self._proposed = head, proposed

    def compose(self) -> ComposeResult:
        """Return the input."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._head)
            yield SteadyInput(self._proposed, compact=True, id="file-name", max_length=1000)
            yield LineBar(id="file-hint")

    def on_mount(self) -> None:
        """Say what the keys do."""
        keys = hint("enter writes a new file that only you can read · {field.drop} writes nothing")
        self.query_one(LineBar).show([((keys, "quiet"),)])
        self.query_one(SteadyInput).focus()

    def action_drop(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)
