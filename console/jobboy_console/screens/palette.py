"""The palette: Textual's own, with what can be done where it was opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Input

from jobboy_console.commands import Command
from jobboy_console.commands.line import Offer
from jobboy_console.widgets.live import LiveCommands


class Palette(CommandPalette):
    """Searches the commands of the screen under it; what needs a word typed goes to the command line."""

    def __init__(self) -> None:
        super().__init__(providers=[_Offers], placeholder="Search what can be done here")

    def on_mount(self) -> None:
        """Keep the cursor from blinking: it would send two frames a second."""
        self.query_one(Input).cursor_blink = False


class _Offers(Provider):
    def __init__(self, screen: Screen[Any], match_style: Style | None = None) -> None:
        super().__init__(screen, match_style)
        self._live = LiveCommands(screen)
        self._offers = [offer for offer in self._live.offers() if offer.why_not is None]

    async def discover(self) -> Hits:
        """Return everything, in the order of the help."""
        for offer in self._offers:
            help = escape(offer.command.help)
            yield DiscoveryHit(escape(_title(offer)), self._chosen(offer.command), _title(offer), help)

    async def search(self, query: str) -> Hits:
        """Return what fits by title or by help."""
        matcher = self.matcher(query)
        for offer in self._offers:
            title, help = _title(offer), offer.command.help
            score = max(matcher.match(title), matcher.match(help) * 0.9)
            if score > 0:
                yield Hit(score, matcher.highlight(title), self._chosen(offer.command), title, escape(help))

    def _chosen(self, command: Command) -> Callable[[], Any]:
        if command.argument and not command.argument.startswith("["):
            return partial(self.app.run_action, ("", "command_line", (f"{command.name} ",)))
        return partial(self._live.run, command)


def _title(offer: Offer) -> str:
    command = offer.command
    return "  ".join(part for part in (f"{command.label} {command.argument}".rstrip(), offer.keys) if part)
