"""A line of numbered names of which one is chosen; a click chooses too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import STYLES
from jobboy_console.looks.text import safe_text

NUMBERED = 9
"""So many names have a key."""


class TabBar(Static):
    """Shows names with their keys from 1; where not all fit, those around the chosen one, and how many more.

    Args:
        names: in order.
        scope: first part of the ids of the commands that choose them.
    """

    DEFAULT_CSS = "TabBar { height: 1; padding: 0 1; }"

    @dataclass
    class Chosen(Message):
        """A name was clicked."""

        index: int

    def __init__(self, names: Sequence[str], *, scope: str, id: str | None = None) -> None:
        super().__init__(Content(""), id=id, markup=False)
        self._names = list(names)
        self._scope = scope
        self._chosen = 0
        self._spans: list[tuple[int, int, int]] = []

    def show_names(self, names: Sequence[str], chosen: int) -> None:
        """Show other names, and one of them as chosen."""
        self._names = list(names)
        self.choose(chosen)

    def choose(self, index: int) -> None:
        """Show one as chosen."""
        self._chosen = index
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many as fit."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Say which name was clicked."""
        for start, end, index in self._spans:
            if start <= event.x - 1 < end:
                self.post_message(self.Chosen(index))

    def _draw(self) -> None:
        labels = [_label(self._scope, place, name) for place, name in enumerate(self._names)]
        first, last = fitting([cell_len(label) for label in labels], self._chosen, self.content_size.width or 78)
        parts: list[tuple[str, str]] = [(f"{first}… ", STYLES["quiet"])] if first else []
        place = cell_len(parts[0][0]) if parts else 0
        self._spans = []
        for index in range(first, last):
            style = "bold reverse $primary" if index == self._chosen else STYLES["quiet"]
            parts.append((labels[index], style))
            self._spans.append((place, place + cell_len(labels[index]), index))
            place += cell_len(labels[index])
        if last < len(labels):
            parts.append((f" +{len(labels) - last}…", STYLES["quiet"]))
        self.update(Content.assemble(*parts))


def fitting(widths: Sequence[int], chosen: int, room: int) -> tuple[int, int]:
    """Return the first place that is shown and the one after the last, the chosen one always among them."""
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 9  # for both signs that there are more
    first, last = 0, 0
    while last < len(widths) and (sum(widths[first : last + 1]) <= room or last <= chosen):
        last += 1
        while sum(widths[first:last]) > room and first < min(chosen, last - 1):
            first += 1
    return first, last


def _label(scope: str, place: int, name: str) -> str:
    key = f"{hint(f'{{{scope}.{place + 1}}}')} " if place < NUMBERED else ""
    return f" {key}{safe_text(name, limit=30)} "
