"""Writes the parameters of a new process, then asks once more before it is started."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, TextArea

from jobboy_console.asking.wording import shortened, start_command
from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.orders import NewProcess, StartForm
from jobboy_console.gateway import Gateway, Unreadable, read_answer
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.running.background import Landed, Lane, is_in_use
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.json_area import JsonArea
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput


class StartNew(Dialog[str | None]):
    """Ends with the id of the new process, or None; what was typed stays when the start is refused.

    Args:
        gateway: knows the code, and starts.
        code: of the new process.
        process_id: whose parameters it begins with, if it is of this code; else the newest one of the code.
    """

    BINDINGS = bindings("start")

    def __init__(self, gateway: Gateway, code: str, process_id: str | None) -> None:
        super().__init__()
        self._gateway, self._code, self._process_id = gateway, code, process_id
        self._form: StartForm | None = None
        self._forms: Lane[StartForm] = Lane(self, "form", deliver=self._begin, trouble=self._failed)
        self._starts: Lane[str] = Lane(self, "start", deliver=self.dismiss, trouble=self._refused)

    def compose(self) -> ComposeResult:
        """Return the editor, what is wrong with it, the command and the buttons."""
        with Vertical(classes="dialog", id="start-new") as box:
            box.border_title = Content(f"Start a new {safe_text(self._code, limit=40)}")
            box.border_subtitle = Content(hint("{start.review} review · {start.copy} copy the command"))
            yield LineBar(id="start-head", wraps=True)
            yield JsonArea(id="start-editor", title="parameters (JSON)")
            yield SteadyInput(id="start-word", compact=True, max_length=100)
            yield LineBar(id="start-problem")
            yield LineBar(id="start-command")
            with Horizontal(classes="buttons"):
                yield Button(Content("Cancel"), id="start-no", compact=True)
                yield Button(Content(hint("Start ({start.yes})")), id="start-yes", compact=True, variant="error")

    def on_mount(self) -> None:
        """Ask what is known of the code."""
        self.query_one("#start-word").display = False
        self._forms.ask(partial(self._gateway.ordering.form, self._code, self._process_id))

    def on_landed(self, event: Landed) -> None:
        """Hand an answer to its lane."""
        event.stop()
        if is_in_use(self):
            event.lane.land(event.result)

    # --- keys ---

    def action_review(self) -> None:
        """Leave the editor for what is still to be given, or for the safe button."""
        if self._parameters() is None:
            self._editor.focus()
        elif self._must_type:
            self._word.focus()
        else:
            self.query_one("#start-no", Button).focus()

    def action_yes(self) -> None:
        """Start it, when the parameters can be read and what is asked for was typed."""
        parameters = self._parameters()
        if parameters is None or self._starts.busy:
            self._editor.focus()
        elif self._must_type and self._word.value.strip() != self._code:
            self._tell(f"Type {safe_text(self._code, limit=40)} first.")
            self._word.focus()
        else:
            order = NewProcess(code=self._code, parameters=parameters, confirmed=self._must_type)
            self._starts.ask(partial(self._gateway.ordering.start, order))

    def action_no(self) -> None:
        """End without a new process."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the whole command."""
        parameters = self._parameters()
        if parameters is not None and self._form is not None:
            self.app.copy_to_clipboard(start_command(self._form, parameters))
            self.notify("The command is copied.", markup=False)

    @on(Button.Pressed, "#start-no")
    def _pressed_no(self) -> None:
        self.action_no()

    @on(Button.Pressed, "#start-yes")
    def _pressed_yes(self) -> None:
        self.action_yes()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._judge()

    @on(Input.Submitted)
    def _word_given(self) -> None:
        """Enter never starts anything: it goes to Cancel, from where ``y`` does."""
        self.query_one("#start-no", Button).focus()

    # --- what is shown ---

    def _begin(self, form: StartForm) -> None:
        self._form = form
        head: list[Line] = []
        if form.steps:
            head += wrap((("steps  ", "quiet"), (safe_text(" → ".join(form.steps)), "plain")), self._width)[:2]
        if form.origin:
            head.append((("from   ", "quiet"), (f"parameters {safe_text(form.origin)}", "plain")))
        if self._why_typed:
            head += wrap(((self._why_typed, "warning"),), self._width)
        self.query_one("#start-head", LineBar).show(head)
        self._word.display = self._must_type
        self._word.placeholder = f"type {safe_text(form.code, limit=40)} to confirm"
        self._editor.load_text(form.text)
        self._editor.focus()
        self._judge()

    def _judge(self) -> None:
        """Show what is wrong with what is written, at its line, and the command that does the same."""
        parameters, lines = self._parameters(), []
        if parameters is not None and self._form is not None:
            command = start_command(self._form, parameters)
            lines = shortened(command, safe_text(self._form.database), self._width, copy="start.copy")
        self.query_one("#start-command", LineBar).show(lines)

    def _parameters(self) -> dict[str, Any] | None:
        """Return what is written, or say what is wrong with it and return None."""
        try:
            parameters = read_answer(self._editor.text)
        except Unreadable as error:
            self._editor.mark_lines(frozenset() if error.place is None else frozenset({error.place[0]}))
            where = "" if error.place is None else f" (line {error.place[0] + 1}, column {error.place[1] + 1})"
            text = str(error).replace("data: ", "parameters: ", 1)
            self._tell(text if "line" in text else f"{text}{where}")
            return None
        self._editor.mark_lines(frozenset())
        self._tell("")
        return parameters

    def _tell(self, problem: str) -> None:
        lines = wrap(((safe_text(problem), "error"),), self._width)[:2] if problem else []
        self.query_one("#start-problem", LineBar).show(lines)

    def _failed(self, error: Exception) -> None:
        self.notify(safe_text(error), title="That did not work", severity="error", markup=False)
        self.dismiss(None)

    def _refused(self, error: Exception) -> None:
        self._tell(str(error) or type(error).__name__)
        self._editor.focus()

    @property
    def _why_typed(self) -> str:
        if self._form is not None and self._form.asks:
            return f"A guardrail asks for more: {safe_text(self._form.asks)}"
        return f"The profile {safe_text(self._gateway.protected)} is protected." if self._gateway.protected else ""

    @property
    def _must_type(self) -> bool:
        return bool(self._why_typed)

    @property
    def _editor(self) -> JsonArea:
        return self.query_one(JsonArea)

    @property
    def _word(self) -> SteadyInput:
        return self.query_one("#start-word", SteadyInput)

    @property
    def _width(self) -> int:
        return min(70, self.app.size.width - 8)
