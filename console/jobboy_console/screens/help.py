"""All keys, from the one list of commands, and what the glyphs mean."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from jobboy_console.commands import COMMANDS, SECTIONS
from jobboy_console.lines import Line
from jobboy_console.states import State
from jobboy_console.widgets.filter_bar import HINT
from jobboy_console.widgets.steady_input import SteadyInput
from jobboy_console.widgets.text_view import TextView


class Help(ModalScreen[None]):
    """Lists every command; typing narrows it."""

    BINDINGS = [("escape", "close", "close")]  # noqa: RUF012  # Textual's own declaration

    def compose(self) -> ComposeResult:
        """Return the search field and the list."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content("Help · type to search · esc closes")
            yield SteadyInput(placeholder="search keys and commands", compact=True, id="help-search")
            yield TextView(id="help-text")

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(TextView).show(help_lines(""))

    def on_key(self, event: object) -> None:
        """Let the arrows scroll while one types."""
        key = getattr(event, "key", "")
        view = self.query_one(TextView)
        if key in ("down", "up"):
            view.action_scroll_lines(1 if key == "down" else -1)
        elif key in ("pagedown", "pageup"):
            view.action_scroll_pages(1.0 if key == "pagedown" else -1.0)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self.query_one(TextView).show(help_lines(event.value))


def help_lines(search: str) -> list[Line]:
    """Return the lines of the help that hold a text."""
    wanted = search.lower().strip()
    lines: list[Line] = []
    for section in SECTIONS:
        found = [
            command
            for command in section.commands
            if wanted in f"{command.all_keys_label} {command.label} {command.help}".lower()
        ]
        if found:
            lines.append(((section.title, "heading"),))
            lines += [((f"  {command.all_keys_label:<16}", "key"), (command.help, "plain")) for command in found]
            lines.append(())
    if not wanted:
        lines += _glyph_lines()
    return lines or [((f"Nothing among {len(COMMANDS)} commands holds that text.", "quiet"),)]


def _glyph_lines() -> list[Line]:
    lines: list[Line] = [(("What the glyphs mean", "heading"),)]
    meanings = {
        State.STUCK: "its holder is certainly dead",
        State.STALLED: "its holder lives, but is past its deadline",
        State.HELD_RUNNING: "a worker is at it now (H: handled)",
        State.PAUSED: "waits for an answer: P",
        State.WAITING: "nobody picks it before a moment",
        State.KILLED: "failed because an operator killed it",
    }
    for state, meaning in meanings.items():
        look = state.value
        lines.append(((f"  {look.glyph:<3}", look.style), (f"{look.word:<13}", "bold"), (meaning, "plain")))
    lines += [(), (("Filter words", "heading"),), ((f"  {HINT}", "plain"),)]
    lines.append((("  blank: and · comma: or, among statuses and among codes", "quiet"),))
    return lines
