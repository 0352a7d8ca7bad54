"""Which commands can be used on a screen at a moment, where their actions are, and why the others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen

from jobboy_console.commands import COMMANDS, SECTIONS, Command
from jobboy_console.commands.keymap import keymap_of
from jobboy_console.commands.line import Offer
from jobboy_console.widgets.footer_bar import FooterBar
from jobboy_console.widgets.status_bar import HasSituation

_HOMES = {command.id: section.title for section in SECTIONS for command in section.commands}


class LiveCommands:
    """The commands of a screen as its keys are at this moment.

    A command with a key counts where its key does; one that is only typed, where something has its action.

    Args:
        screen: on top of which the commands are to be used.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._app = screen.app
        self._keymap = keymap_of(screen)
        self._footers = list(screen.query(FooterBar))
        active = list(screen.active_bindings.values())
        self._nodes: dict[str, DOMNode] = {}
        for binding in active:
            if binding.binding.id:
                self._nodes.setdefault(binding.binding.id, binding.node)
        chain = list(dict.fromkeys(binding.node for binding in active))
        for command in COMMANDS:
            if not command.keys:
                node = next((node for node in chain if hasattr(node, f"action_{command.method}")), None)
                if node is not None:
                    self._nodes[command.id] = node

    def offers(self) -> list[Offer]:
        """Return every command in the order of the help, with why it cannot be used."""
        return [Offer(command, self._keymap.labels(command), self.why_not(command)) for command in COMMANDS]

    @property
    def only_looks(self) -> bool:
        """Whether no command that changes something can be used, because the console is read-only."""
        return isinstance(self._app, HasSituation) and self._app.situation.read_only

    def is_live(self, command: Command) -> bool:
        """Say whether the command belongs to this screen."""
        return command.id in self._nodes

    def why_not(self, command: Command) -> str | None:
        """Return why a command cannot be used; None when it can."""
        if command.id not in self._nodes:
            return f"only in: {_HOMES[command.id]}"
        if command.changes and self.only_looks:
            return "this console is read-only"
        if all(footer.applies(command) for footer in self._footers):
            return None
        return "what is under the cursor or marked does not allow it now"

    def words(self, command: Command) -> Sequence[str]:
        """Return what may follow the name of a command."""
        node = self._nodes.get(command.id)
        words = getattr(node, f"words_for_{command.method}", None)
        return words() if callable(words) else ()

    async def run(self, command: Command, argument: str | None = None) -> None:
        """Do what its key does, or what was typed.

        Raises:
            ValueError: the action cannot take the argument; nothing has changed.
        """
        node = self._nodes[command.id]
        if argument is None:
            await self._app.run_action(command.action, default_namespace=node)
        else:
            await self._app.run_action(("", command.method, (argument,)), default_namespace=node)
