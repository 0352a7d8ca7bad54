"""The last line of a screen: the keys that matter here, as many as fit, dim where they would be refused."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widgets import Static

from jobboy_console.commands import Command
from jobboy_console.commands.keymap import keymap_of
from jobboy_console.looks.lines import STYLES
from jobboy_console.widgets.status_bar import HasSituation

_DIM = "$foreground 35%"


class FooterBar(Static):
    """Shows commands by key and label; the last one, help, is always there. A click does what the key does.

    Where not all fit, verbs that do not apply give way first. A console that is read-only shows none that change, and
    some that look in their place.

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
        self._commands = [command for command in commands if command.footer or command.fills_in]
        self._spans: list[tuple[int, int, Command]] = []
        self._verbs: frozenset[str] | None = None
        self._refused: frozenset[str] = frozenset()

    def show_commands(self, commands: Sequence[Command]) -> None:
        """Show exactly these commands, in their order; nothing is drawn when they are the same."""
        if list(commands) != self._commands:
            self._commands = list(commands)
            self._draw()

    def show_verbs(self, verbs: frozenset[str]) -> None:
        """Dim every verb but these; nothing is drawn when they are the same."""
        if verbs != self._verbs:
            self._verbs = verbs
            self._draw()

    def show_refused(self, ids: frozenset[str]) -> None:
        """Dim these commands, by their ids, besides verbs; nothing is drawn when they are the same."""
        if ids != self._refused:
            self._refused = ids
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Choose as many as fit."""
        self._draw()

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for start, end, command in self._spans:
            if start <= event.x - 1 < end:
                await self._do(command)

    async def _do(self, command: Command) -> None:
        for active in self.screen.active_bindings.values():
            if active.binding.id == command.id:
                await self.app.run_action(command.action, default_namespace=active.node)
                return

    def applies(self, command: Command) -> bool:
        """Say whether a command would be accepted, as far as is known without asking."""
        if command.id in self._refused:
            return False
        return self._verbs is None or command.verb is None or command.verb in self._verbs

    def _draw(self) -> None:
        self._spans, place = [], 0
        keymap = keymap_of(self)
        parts: list[tuple[str, str]] = []
        for command in self._fitting(self.content_size.width):
            shown = keymap.label(command)
            length = len(shown) + len(command.label) + 1
            self._spans.append((place, place + length, command))
            key, label = ("bold $primary", STYLES["quiet"]) if self.applies(command) else (_DIM, _DIM)
            parts += [(shown, key), (f" {command.label}  ", label)]
            place += length + 2
        self.update(Content.assemble(*parts), layout=False)  # always one line

    def _fitting(self, width: int) -> list[Command]:
        app = self.app
        only_looks = isinstance(app, HasSituation) and app.situation.read_only
        kept = [command for command in self._commands if not (command.changes if only_looks else command.fills_in)]
        while len(kept) > 1 and self._width(kept) > width:
            refused = [command for command in kept if not self.applies(command)]
            kept.remove(refused[-1] if refused else kept[-2])
        return kept

    def _width(self, commands: Sequence[Command]) -> int:
        keymap = keymap_of(self)
        return sum(len(keymap.label(command)) + len(command.label) + 3 for command in commands) - 2
