"""Where the filter is typed; what cannot be read is marked at its place, while the list stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from jobboy_console.gateway import FilterError, check_filter
from jobboy_console.lines import wrap
from jobboy_console.text import safe_text
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

HINT = "failed,failing · active · handled · unhandled · stuck · paused · waiting · code:NAME"


class FilterBar(Vertical):
    """An input that is hidden until it is asked for; enter keeps the filter, escape drops it."""

    DEFAULT_CSS = """
    FilterBar { height: auto; display: none; padding: 0 1; background: $surface; }
    FilterBar.open { display: block; }
    FilterBar Input { width: 1fr; }
    """

    @dataclass
    class Applied(Message):
        """A filter that can be read."""

        text: str

    @dataclass
    class Closed(Message):
        """The operator is done with it."""

    def compose(self) -> ComposeResult:
        """Return the input and the line under it."""
        yield SteadyInput(placeholder=HINT, compact=True, id="filter-input")
        yield LineBar(id="filter-error")

    def open(self, text: str) -> None:
        """Show it with the present filter and take the keys."""
        self.add_class("open")
        field = self.query_one(SteadyInput)
        field.value = text
        field.focus()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("open")
        self.post_message(self.Closed())

    @on(Input.Changed)
    def _check(self, event: Input.Changed) -> None:
        event.stop()
        if not self.has_class("open"):
            return
        problem = self.query_one("#filter-error", LineBar)
        try:
            check_filter(event.value)
        except FilterError as error:
            width = self.content_size.width
            place = " " * min(error.position, max(width - 1, 0))
            problem.show([((f"{place}^", "error"),), *wrap(((safe_text(error), "wrong"),), width)])
            return
        problem.show([((HINT, "quiet"),)])
        self.post_message(self.Applied(event.value.strip()))

    @on(Input.Submitted)
    def _keep(self, event: Input.Submitted) -> None:
        event.stop()
        self.close()

    def key_escape(self) -> None:
        """Drop the filter."""
        self.query_one(SteadyInput).value = ""
        self.post_message(self.Applied(""))
        self.close()
