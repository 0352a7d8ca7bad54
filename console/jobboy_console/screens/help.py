"""All commands with the keys in force, those of the present screen first, and what the glyphs mean."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from jobboy_console.commands import COMMANDS, SECTIONS, Command, Section, bindings
from jobboy_console.commands.keymap import USUAL, Keymap, hint, keymap_of
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.states import State
from jobboy_console.widgets.filter_bar import HINT
from jobboy_console.widgets.live import LiveCommands
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.text_view import TextView

_SHARED = frozenset({"change", "list", "tree", "rows", "text", "everywhere", "places", "typed", "application"})
"""What several screens have; it comes after what only one has."""

_WIDTH = 71
"""Cells of a line, beside the bar that scrolls."""
_TOLD_AT = 20
"""Cells before what a command does."""
_LEFT_OUT: list[Line] = [(), (("This console is read-only: what changes something is left out.", "warning"),)]


class Help(ModalScreen[None]):
    """Lists every command; typing narrows it.

    Args:
        live: the commands of the screen it was opened on.
        ids: show the ids by which keys are changed instead of what the commands do.
    """

    BINDINGS = bindings("help")

    def __init__(self, live: LiveCommands, *, ids: bool = False) -> None:
        super().__init__()
        self._here = frozenset(section.scope for section in SECTIONS if any(map(live.is_live, section.commands)))
        self._ids, self._only_looks = ids, live.only_looks

    def compose(self) -> ComposeResult:
        """Return the search field and the list."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(hint("Help · type to search · {help.close} closes"))
            yield SteadyInput(placeholder="search keys and commands", compact=True, id="help-search")
            yield TextView(id="help-text")

    def on_mount(self) -> None:
        """Show everything."""
        self._show("")

    def on_resize(self, event: events.Resize) -> None:
        """Break lines for the new width."""
        self._show(self.query_one("#help-search", SteadyInput).value)

    def on_key(self, event: events.Key) -> None:
        """Let the arrows scroll while one types."""
        view = self.query_one(TextView)
        if event.key in ("down", "up"):
            view.action_scroll_lines(1 if event.key == "down" else -1)
        elif event.key in ("pagedown", "pageup"):
            view.action_scroll_pages(1.0 if event.key == "pagedown" else -1.0)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, search: str) -> None:
        lines = help_lines(
            search, keymap=keymap_of(self), here=self._here, ids=self._ids, only_looks=self._only_looks
        )
        width = min(_WIDTH, self.app.size.width - 5)
        self.query_one(TextView).show([part for line in lines for part in wrap(line, width, indent=_TOLD_AT)])


def help_lines(
    search: str,
    *,
    keymap: Keymap = USUAL,
    here: frozenset[str] = frozenset(),
    ids: bool = False,
    only_looks: bool = False,
) -> list[Line]:
    """Return the lines of the help that hold a text.

    Args:
        search: the text; empty for everything.
        keymap: the keys in force.
        here: scopes that come first, under their own headings; the others are said to be elsewhere.
        ids: show ids instead of what the commands do.
        only_looks: leave out what changes something, and say so at the end.
    """
    wanted = search.lower().strip()
    lines: list[Line] = []
    for section in sorted(SECTIONS, key=lambda section: (section.scope not in here, section.scope in _SHARED)):
        offered = [command for command in section.commands if not (only_looks and command.changes)]
        found = [command for command in offered if wanted in _searched(command, keymap)]
        if found:
            lines.append(_heading(section, elsewhere=bool(here) and section.scope not in here))
            lines += [_command_line(command, keymap, ids=ids) for command in found]
            lines.append(())
    if not wanted:
        lines += _glyph_lines()
    lines = lines or [((f"Nothing among {len(COMMANDS)} commands holds that text.", "quiet"),)]
    return [*lines, *_LEFT_OUT] if only_looks else lines


def _searched(command: Command, keymap: Keymap) -> str:
    return f"{keymap.labels(command)} {command.id} {command.label} {command.help}".lower()


def _heading(section: Section, *, elsewhere: bool) -> Line:
    return ((section.title, "heading"), ("  elsewhere", "quiet")) if elsewhere else ((section.title, "heading"),)


def _command_line(command: Command, keymap: Keymap, *, ids: bool) -> Line:
    shown = keymap.labels(command) or f":{command.name} {command.argument}".rstrip()
    told = f"{command.id:<22} {command.label}" if ids else command.help
    return ((f"  {shown:<{_TOLD_AT - 3}} ", "key"), (told, "plain"))


def _glyph_lines() -> list[Line]:
    lines: list[Line] = [(("What the glyphs mean", "heading"),)]
    meanings = {
        State.STUCK: "its holder is certainly dead",
        State.STALLED: "its holder lives, but is past its deadline",
        State.HELD_RUNNING: "a worker is at it now (H: handled)",
        State.PAUSED: "waits for an answer",
        State.WAITING: "nobody picks it before a moment",
        State.KILLED: "failed because an operator killed it",
        State.RESTARTED: "failed, and was started anew as another process",
    }
    for state, meaning in meanings.items():
        look = state.value
        lines.append(((f"  {look.glyph:<3}", look.style), (f"{look.word:<13}", "bold"), (meaning, "plain")))
    lines += [(), (("Filter words", "heading"),), ((f"  {HINT}", "plain"),)]
    lines.append((("  blank: and · comma: or, among statuses and among codes", "quiet"),))
    return lines
