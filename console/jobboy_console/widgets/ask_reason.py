"""The question before a change that concerns no process: what it does, and why it is done."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from jobboy_console.asking.wording import REASON
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput


class AskReason(Dialog[str | None]):
    """Asks once, with the focus on Cancel; answers with the reason (maybe empty), or None.

    Args:
        head: what it is about, safe.
        lines: what it does.
        verb: on the button.
    """

    BINDINGS = bindings("dialog")

    def __init__(self, head: str, lines: Sequence[Line], *, verb: str) -> None:
        super().__init__()
        self._head, self._lines, self._verb = head, lines, verb

    def compose(self) -> ComposeResult:
        """Return what it does, the reason and the two buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._head)
            yield LineBar(id="reason-text")
            yield SteadyInput(placeholder=REASON, id="reason", compact=True, max_length=1000)
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="reason-no", compact=True)
                yield Button(
                    Content(f"{self._verb} {hint('({dialog.yes})')}"), id="reason-yes", compact=True, variant="error"
                )

    def on_mount(self) -> None:
        """Begin on Cancel."""
        width = min(70, self.app.size.width - 8)
        lines = [part for line in self._lines for part in wrap(line, width, indent=8)]
        self.query_one("#reason-text", LineBar).show(lines)
        self.query_one("#reason-no", Button).focus()

    def action_yes(self) -> None:
        """Answer with the reason."""
        self.dismiss(self.query_one("#reason", SteadyInput).value.strip())

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Button.Pressed, "#reason-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#reason-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Input.Submitted)
    def _reason_given(self) -> None:
        """Enter in the reason never confirms: it goes to Cancel, from where ``y`` does."""
        self.query_one("#reason-no", Button).focus()
