"""A line of numbered names of which one is chosen; a click chooses too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from jobboy_console.lines import STYLES


class TabBar(Static):
    """Shows names with their keys from 1.

    Args:
        names: in order.
    """

    DEFAULT_CSS = "TabBar { height: 1; padding: 0 1; }"

    @dataclass
    class Chosen(Message):
        """A name was clicked."""

        index: int

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(Content(""), id=id, markup=False)
        self._names = names
        self._spans: list[tuple[int, int]] = []

    def choose(self, index: int) -> None:
        """Show one as chosen."""
        parts: list[tuple[str, str]] = []
        self._spans, place = [], 0
        for number, name in enumerate(self._names):
            style = "bold reverse $primary" if number == index else STYLES["quiet"]
            parts += [(f" {number + 1} {name} ", style)]
            self._spans.append((place, place + len(name) + 4))
            place += len(name) + 4
        self.update(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        """Say which name was clicked."""
        for index, (start, end) in enumerate(self._spans):
            if start <= event.x - 1 < end:
                self.post_message(self.Chosen(index))
