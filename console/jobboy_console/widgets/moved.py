"""Asks what becomes of an answer whose pause has moved meanwhile: what was, theirs and yours, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.widgets.dialog import Dialog
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.text_view import TextView

Choice = Literal["theirs", "mine", "leave"]


class Moved(Dialog[Choice | None]):
    """Answers with the choice, or None to go on editing; begins on that.

    Args:
        words: what became of the pause, safe.
        lines: the values that differ.
        can_answer: whether it is paused, so that there is still something to answer.
    """

    BINDINGS = bindings("moved")

    def __init__(self, words: str, lines: Sequence[Line], *, can_answer: bool) -> None:
        super().__init__()
        self._words, self._lines, self._can_answer = words, list(lines), can_answer

    def compose(self) -> ComposeResult:
        """Return what happened, the values and the buttons."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("It moved meanwhile")
            yield LineBar(id="moved-text")
            yield TextView(id="moved-values", wraps=True)
            with Horizontal(classes="buttons"):
                yield Button(Content("Stay"), id="moved-stay", compact=True)
                if self._can_answer:
                    yield Button(Content(hint("Take theirs ({moved.theirs})")), id="moved-theirs", compact=True)
                    yield Button(Content(hint("Mine over theirs ({moved.mine})")), id="moved-mine", compact=True)
                yield Button(Content(hint("Leave ({moved.leave})")), id="moved-leave", compact=True, variant="error")

    def on_mount(self) -> None:
        """Begin on Stay."""
        width = min(70, self.app.size.width - 8)
        then = (
            "Nothing was sent. Look what differs, then take one or the other."
            if self._can_answer
            else "Nothing was sent, and nothing can be: there is no pause to answer. What you typed is still there."
        )
        sentence = f"{self._words[:1].upper()}{self._words[1:]}."
        lines = [*wrap(((sentence, "warning"),), width), *wrap(((then, "plain"),), width)]
        self.query_one("#moved-text", LineBar).show(lines)
        self.query_one(TextView).show(self._lines)
        self.query_one("#moved-stay", Button).focus()

    def action_choose(self, choice: Choice) -> None:
        """Answer with a choice that is offered."""
        if choice == "leave" or self._can_answer:
            self.dismiss(choice)

    def action_no(self) -> None:
        """Go on editing."""
        self.dismiss(None)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        choices: dict[str, Choice] = {"moved-theirs": "theirs", "moved-mine": "mine", "moved-leave": "leave"}
        self.dismiss(choices.get(event.button.id or ""))
