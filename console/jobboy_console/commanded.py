"""The part of the application that knows its commands: keys in force, help, command line, palette and colours."""

from __future__ import annotations

from functools import partial

from textual.app import App

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import Keymap
from jobboy_console.commands.line import Typed
from jobboy_console.config import Config
from jobboy_console.config_report import config_text
from jobboy_console.memory import Memory
from jobboy_console.screens.command_line import CommandLine
from jobboy_console.screens.help import Help
from jobboy_console.screens.palette import Palette
from jobboy_console.themes import OWN, theme_named, theme_names
from jobboy_console.widgets.live import LiveCommands
from jobboy_console.widgets.whole import Whole

HISTORY = "command line"
"""Under which the lines typed are remembered."""
MOST_LINES = 50


class CommandedApp(App[None]):
    """An application whose keys come from one registry and can be chosen.

    Args:
        config: what the operator's file says.
    """

    BINDINGS = bindings("application")
    ENABLE_COMMAND_PALETTE = False  # Textual's own commands are not ours: `action_palette` shows the registry

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        """What the operator's file says."""
        self.keymap = Keymap(config.keymap)
        """The keys in force."""
        self.set_keymap(self.keymap.chosen)

    def on_mount(self) -> None:
        """Put on the colours before anything is shown."""
        for theme in OWN.values():
            self.register_theme(theme)
        self.theme = theme_named(self.config.theme or "dark")

    @property
    def memory(self) -> Memory:
        """What is remembered about the database."""
        raise NotImplementedError

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(Help(LiveCommands(self.screen)))

    def action_keys(self) -> None:
        """Show all keys with the ids by which they are changed."""
        self.push_screen(Help(LiveCommands(self.screen), ids=True))

    def action_palette(self) -> None:
        """Show what can be done here, to search in."""
        self.push_screen(Palette())

    def action_theme(self, name: str) -> None:
        """Put on other colours, for this run.

        Raises:
            ValueError: there is no such theme.
        """
        self.theme = theme_named(name)

    def words_for_theme(self) -> list[str]:
        """Return the names of all themes."""
        return theme_names()

    def action_config(self) -> None:
        """Show where the configuration comes from."""
        self.push_screen(Whole.of_text("Configuration", config_text(self.config, self.memory)))

    def action_command_line(self, text: str = "", error: str = "") -> None:
        """Let a command be typed by its name.

        Args:
            text: with which the line begins.
            error: why it was not accepted.
        """
        live = LiveCommands(self.screen)
        line = CommandLine(live.offers(), live.words, history=self._history(), text=text, error=error)
        self.push_screen(line, partial(self._typed, live))

    async def _typed(self, live: LiveCommands, answer: tuple[str, Typed] | None) -> None:
        if answer is None:
            return
        line, typed = answer
        history = [known for known in self._history() if known != line]
        self.memory.remember(HISTORY, [*history, line][-MOST_LINES:])
        try:
            await live.run(typed.command, typed.argument)
        except ValueError as error:
            self.action_command_line(line, str(error))

    def _history(self) -> list[str]:
        lines = self.memory.recall(HISTORY, [])
        return [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
