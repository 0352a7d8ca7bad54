"""Small dialogs: a question, a choice of statuses, a reason."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input

from jobboy_console.asking.wording import REASON, work_command
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.views import STATUSES
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.states import State
from jobboy_console.looks.text import safe_text
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.tick import Tick


class Question(Dialog[bool]):
    """Asks yes or no, with the focus on no.

    Args:
        head: what it is about.
        lines: what the answer means.
        no: label of the safe answer.
        yes: label of the other one.
    """

    BINDINGS = bindings("dialog")

    def __init__(self, head: str, lines: Sequence[str], *, no: str, yes: str) -> None:
        super().__init__()
        self._head, self._lines, self._no, self._yes = head, lines, no, yes

    def compose(self) -> ComposeResult:
        """Return the text and the two buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._head)
            yield LineBar(id="question-text", wraps=True)
            with Horizontal(classes="buttons"):
                yield Button(Content(self._no), id="question-no", compact=True)
                yield Button(
                    Content(f"{self._yes} {hint('({dialog.yes})')}"), id="question-yes", compact=True, variant="error"
                )

    def on_mount(self) -> None:
        """Begin on the safe answer."""
        self.query_one("#question-text", LineBar).show([((line, "plain"),) for line in self._lines])
        self.query_one("#question-no", Button).focus()

    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Answer no."""
        self.dismiss(False)

    @on(Button.Pressed, "#question-no")
    def _pressed_no(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#question-yes")
    def _pressed_yes(self) -> None:
        self.dismiss(True)


class AskWork(Dialog[str | None]):
    """Asks why all work is paused or resumed; answers with the reason (maybe empty), or None.

    Args:
        paused: work is paused now.
        database: its URL, not safe.
        asks: why the word is to be typed too, not safe; empty when it is not.
    """

    BINDINGS = bindings("dialog")

    def __init__(self, *, paused: bool, database: str, asks: str = "") -> None:
        super().__init__()
        self._paused, self._database = paused, database
        self.asks = asks

    def compose(self) -> ComposeResult:
        """Return what it means, the reason and the two buttons."""
        verb = "Resume" if self._paused else "Pause"
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"{verb} all work of this database")
            yield LineBar(id="work-text")
            yield SteadyInput(placeholder=REASON, id="work-reason", compact=True, max_length=1000)
            yield SteadyInput(placeholder=f"type {verb.lower()} to confirm", id="work-word", compact=True)
            yield LineBar(id="work-problem")
            yield LineBar(id="work-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="work-no", compact=True)
                yield Button(
                    Content(f"{verb} {hint('({dialog.yes})')}"), id="work-yes", compact=True, variant="error"
                )

    def on_mount(self) -> None:
        """Begin on Cancel."""
        self._describe()
        self._show_command()
        self.query_one("#work-word").display = bool(self.asks)
        self.query_one("#work-no", Button).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Break the lines for the new width."""
        self._describe()
        self._show_command()

    def _describe(self) -> None:
        """Say what is, what will be, and why more is asked."""
        now, then = (
            ("paused", "workers begin turns again")
            if self._paused
            else ("going on", "turns in progress are finished, nothing is begun")
        )
        lines: list[Line] = [
            (("before  ", "quiet"), (f"work is {now}", "plain")),
            *wrap((("after   ", "quiet"), (then, "bold")), self._width, indent=8),
        ]
        if self.asks:
            lines += wrap(((safe_text(self.asks), "warning"),), self._width)
        self.query_one("#work-text", LineBar).show(lines)

    @property
    def _width(self) -> int:
        return min(70, self.app.size.width - 8)

    def action_yes(self) -> None:
        """Answer with the reason, when the word was typed where that is asked for."""
        word = "resume" if self._paused else "pause"
        typed = self.query_one("#work-word", SteadyInput)
        if self.asks and typed.value.strip().lower() != word:
            self.query_one("#work-problem", LineBar).show([((f"Type {word} first.", "error"),)])
            typed.focus()
        else:
            self.dismiss(self.query_one("#work-reason", SteadyInput).value.strip())

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Button.Pressed, "#work-no")
    def _pressed_no(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#work-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(Input.Submitted)
    def _reason_given(self) -> None:
        self.query_one("#work-no", Button).focus()

    @on(Input.Changed, "#work-reason")
    def _show_command(self) -> None:
        """Show the command that does the same."""
        reason = self.query_one("#work-reason", SteadyInput).value.strip()
        command = work_command(self._database, "resume" if self._paused else "pause", reason)
        lines = wrap((("same as: ", "quiet"), (command, "plain")), self._width)
        self.query_one("#work-command", LineBar).show(lines[:3])


class Statuses(ModalScreen[frozenset[str] | None]):
    """Chooses statuses; answers with the chosen ones, with none of them for all, or None when nothing changes."""

    BINDINGS = bindings("dialog")

    def __init__(self, chosen: frozenset[str]) -> None:
        super().__init__()
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Return a box for each status and the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Statuses (none: all)")
            for status in STATUSES:
                label = Content(State[status.upper()].label)
                yield Tick(label, status in self._chosen, id=f"status-{status}", compact=True)
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="statuses-no", compact=True)
                yield Button(Content(hint("Show ({dialog.yes})")), id="statuses-yes", compact=True, variant="primary")

    def action_yes(self) -> None:
        """Answer with the choice."""
        chosen = [status for status in STATUSES if self.query_one(f"#status-{status}", Checkbox).value]
        self.dismiss(frozenset(chosen))

    def action_no(self) -> None:
        """Answer with None."""
        self.dismiss(None)

    @on(Button.Pressed, "#statuses-no")
    def _pressed_no(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#statuses-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()
