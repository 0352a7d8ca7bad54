"""Where one types what to search for, or which lines to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

Purpose = Literal["search", "keep"]
_HINTS: dict[Purpose, str] = {
    "search": "search · then {%(scope)s.next_match} next, {%(scope)s.previous_match} previous · nothing ends it",
    "keep": "keep only lines with … · !text keeps those without · nothing shows all",
}


class SearchBar(Horizontal):
    """An input that is hidden until it is asked for; enter takes what was typed, escape drops it.

    Args:
        scope: first part of the ids of the commands that open it and go on from match to match.
    """

    BINDINGS = bindings("field")
    DEFAULT_CSS = """
    SearchBar { height: 1; display: none; padding: 0 1; background: $surface; }
    SearchBar.open { display: block; }
    SearchBar LineBar { width: auto; padding: 0 1 0 0; }
    SearchBar Input { width: 1fr; }
    """

    @dataclass
    class Typed(Message):
        """What was typed, empty for nothing; None when it was dropped."""

        purpose: Purpose
        text: str | None

    def __init__(self, scope: str) -> None:
        super().__init__()
        self._scope = scope
        self._purpose: Purpose = "search"

    def compose(self) -> ComposeResult:
        """Return the prompt and the input."""
        yield LineBar(id="search-prompt")
        yield SteadyInput(compact=True, id="search-input", max_length=200)

    def open(self, purpose: Purpose) -> None:
        """Show it, empty, and take the keys."""
        self._purpose = purpose
        self.add_class("open")
        self.query_one("#search-prompt", LineBar).show([((hint(f"{{{self._scope}.{purpose}}}"), "key"),)])
        field = self.query_one(SteadyInput)
        field.placeholder = hint(_HINTS[purpose] % {"scope": self._scope})
        field.value = ""
        field.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._close(event.value)

    def action_drop(self) -> None:
        """Drop what was typed."""
        self._close(None)

    def _close(self, text: str | None) -> None:
        self.remove_class("open")
        self.post_message(self.Typed(self._purpose, text))
