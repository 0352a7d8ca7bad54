"""The part of the application that knows its commands: keys in force, help, command line, palette and colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.filter import LineFilter, Monochrome, NoColor

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import Keymap, put_in_force
from jobboy_console.config import Config, Profile
from jobboy_console.keyboard import OneKeyAtATime
from jobboy_console.looks.ascii import Ascii
from jobboy_console.looks.text import plural, safe_text
from jobboy_console.looks.themes import OWN, frame_colour, profile_colour, theme_named, theme_names, theme_problem
from jobboy_console.machine.memory import Memory

if TYPE_CHECKING:
    from jobboy_console.commands.line import Typed
    from jobboy_console.widgets.live import LiveCommands

HISTORY = "command line"
"""Under which the lines typed are remembered."""
THEME = "theme"
"""Under which the theme chosen last is remembered."""
MOST_LINES = 50
_NO_COLOR, _ASCII = NoColor(), Ascii()


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """How the console looks, besides what its configuration says."""

    theme: str | None = None
    """Goes before the theme of the profile and of the configuration."""
    ascii: bool = False
    """Whether only ASCII is drawn, whatever the configuration says."""
    profile: Profile | None = None
    """Whose name and colour stand in the head."""


class CommandedApp(OneKeyAtATime):
    """An application whose keys come from one registry and can be chosen, and whose looks are the operator's.

    Args:
        config: what the operator's file says.
        appearance: what was said at the start.
    """

    BINDINGS = bindings("application")
    ENABLE_COMMAND_PALETTE = False  # Textual's own commands are not ours: `action_palette` shows the registry

    def __init__(self, config: Config, appearance: Appearance) -> None:
        self.config = config
        """What the operator's file says."""
        self.profile = appearance.profile
        """The place that is operated; None when it has no name."""
        self.keymap = Keymap(config.keymap)
        """The keys in force."""
        put_in_force(self.keymap)
        self._draws_ascii = appearance.ascii or config.ascii
        super().__init__()
        self.set_keymap(self.keymap.chosen)
        for theme in OWN.values():
            self.register_theme(theme)
        self._named_theme = appearance.theme or (self.profile and self.profile.theme) or config.theme or ""
        """Which the start, the profile or the configuration names; it goes before the one that is remembered."""
        self.theme = theme_named(self._named_theme or ("ansi" if self.no_color else "dark"))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Add the colours of the profile and of what frames and recedes to those of the theme."""
        accent = self.profile and self.profile.accent
        return {
            "profile": profile_colour(accent, ansi=self.current_theme.ansi) if accent else "$accent",
            "frame": frame_colour(self.current_theme),
        }

    def refresh_css(self, animate: bool = True) -> None:
        """Put the colours of the theme on; before there is anything to put them on, only take note of them.

        Textual would read its style sheets with the colours, and throw that away before it reads them all.

        Args:
            animate: whether changes may be animated.
        """
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_line_filters(self) -> list[LineFilter]:
        """Take all colour away under NO_COLOR, greys too, and draw ASCII when asked."""
        filters = [filter for filter in super().get_line_filters() if not isinstance(filter, Monochrome)]
        if self.no_color:
            filters.append(_NO_COLOR)
        if self._draws_ascii:
            filters.append(_ASCII)
        return filters

    @property
    def memory(self) -> Memory:
        """What is remembered about the database."""
        raise NotImplementedError

    def tell_oddities(self) -> None:
        """Say at the start what was passed over in the configuration, and what could not be remembered."""
        warnings = len(self.config.warnings)
        odd = [f"{plural(warnings, 'warning')} about the configuration"] if warnings else []
        odd += [self.memory.trouble] if self.memory.trouble else []
        if odd:
            told = safe_text("; ".join(odd))
            self.notify(f"{told}. :config tells more.", severity="warning", timeout=8, markup=False)

    def action_help(self) -> None:
        """Show all keys."""
        from jobboy_console.screens.help import Help
        from jobboy_console.widgets.live import LiveCommands

        self.push_screen(Help(LiveCommands(self.screen)))

    def action_keys(self) -> None:
        """Show all keys with the ids by which they are changed."""
        from jobboy_console.screens.help import Help
        from jobboy_console.widgets.live import LiveCommands

        self.push_screen(Help(LiveCommands(self.screen), ids=True))

    def action_palette(self) -> None:
        """Show what can be done here, to search in."""
        from jobboy_console.screens.palette import Palette

        self.push_screen(Palette())

    def action_theme(self, name: str) -> None:
        """Put on other colours, and those again next time, unless the configuration names a theme.

        Raises:
            ValueError: there is no such theme.
        """
        self.theme = theme_named(name)
        lasts = self.memory.remember(THEME, name)
        if self._named_theme:
            told = f"For this run: --theme, the profile or config.toml names {safe_text(self._named_theme)}."
        else:
            told = "" if lasts else "For this run: it could not be remembered."
        if told:
            self.notify(told, timeout=4, markup=False)

    def recall_theme(self) -> None:
        """Put on the colours that were chosen last on this database, where none are named."""
        remembered = self.memory.recall(THEME)
        if not self._named_theme and isinstance(remembered, str) and theme_problem(remembered) is None:
            self.theme = theme_named(remembered)

    def words_for_theme(self) -> list[str]:
        """Return the names of all themes."""
        return theme_names()

    def action_config(self) -> None:
        """Show where the configuration comes from."""
        from jobboy_console.rules.config_report import config_text
        from jobboy_console.widgets.whole import Whole

        profile = self.profile.name if self.profile else ""
        self.push_screen(Whole.of_text("Configuration", config_text(self.config, self.memory, profile)))

    def action_command_line(self, text: str = "", error: str = "") -> None:
        """Let a command be typed by its name.

        Args:
            text: with which the line begins.
            error: why it was not accepted.
        """
        from jobboy_console.screens.command_line import CommandLine
        from jobboy_console.widgets.live import LiveCommands

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
