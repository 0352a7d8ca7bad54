"""A field with few values: one line that shows the one that is chosen and changes it with the arrows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from jobboy_console.asking.forms import choice_words
from jobboy_console.commands import bindings
from jobboy_console.looks.lines import cut
from jobboy_console.widgets.line_bar import content_of


class ChoiceField(Static, can_focus=True):
    """Shows ``◀ yes ▶  2 of 3``; the arrows and the blank choose, a click too.

    Args:
        options: in their order, at least one.
        value: the one it begins with, one of them by type and value.
        id: in the form.
    """

    BINDINGS = bindings("choice")

    class Changed(Message):
        """Another value was chosen."""

    def __init__(self, options: Sequence[object], value: object, *, id: str | None = None) -> None:
        super().__init__(Content(""), id=id, markup=False)
        self._options = list(options)
        self._index = next(
            (at for at, one in enumerate(self._options) if type(one) is type(value) and one == value), 0
        )

    @property
    def value(self) -> object:
        """What is chosen."""
        return self._options[self._index]

    def on_mount(self) -> None:
        """Show the choice."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Cut it for the new width."""
        self._draw()

    def on_click(self) -> None:
        """Choose the next."""
        self.action_choose(1)

    def action_choose(self, by: int) -> None:
        """Choose another one; after the last comes the first."""
        self._index = (self._index + by) % len(self._options)
        self._draw()
        self.post_message(self.Changed())

    def _draw(self) -> None:
        counted = f"  {self._index + 1} of {len(self._options)}" if len(self._options) > 1 else ""
        line = (("◀ ", "key"), (choice_words(self.value), "bold"), (" ▶", "key"), (counted, "quiet"))
        self.update(content_of(cut(line, max(self.content_size.width, 1))))
