"""The last line of a screen: the keys that matter here, as many as fit; a click does what the key does."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widgets import Static

from jobboy_console.commands import Command
from jobboy_console.lines import STYLES


class FooterBar(Static):
    """Shows commands by key and label; the last one, help, is always there.

    Args:
        commands: in the order of their weight.
    """

    DEFAULT_CSS = """
    FooterBar {
        height: 1;
        dock: bottom;
        background: $panel;
        padding: 0 1;
    }
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__(Content(""), markup=False)
        self._commands = [command for command in commands if command.footer]
        self._spans: list[tuple[int, int, Command]] = []

    def on_resize(self, event: events.Resize) -> None:
        """Choose as many as fit."""
        self._draw()

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for start, end, command in self._spans:
            if start <= event.x - 1 < end:
                await self.app.run_action(command.action, default_namespace=self.screen)

    def _draw(self) -> None:
        width = self.content_size.width
        kept = list(self._commands)
        while len(kept) > 1 and _width(kept) > width:
            kept.pop(-2)
        self._spans, place = [], 0
        parts: list[tuple[str, str]] = []
        for command in kept:
            length = len(command.key_label) + len(command.label) + 1
            self._spans.append((place, place + length, command))
            parts += [(command.key_label, "bold $primary"), (f" {command.label}  ", STYLES["quiet"])]
            place += length + 2
        self.update(Content.assemble(*parts))


def _width(commands: Sequence[Command]) -> int:
    return sum(len(command.key_label) + len(command.label) + 3 for command in commands) - 2
