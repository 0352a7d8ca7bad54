"""Where a command is typed by its name, with what fits above it; what cannot be done stays there to be mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from jobboy_console.commands import Command, bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.commands.line import LineError, Offer, Suggestion, Typed, read_line, suggest
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import fit, safe_text
from jobboy_console.widgets.line_bar import LineBar
from jobboy_console.widgets.steady_input import SteadyInput

MOST_SHOWN = 8


class CommandLine(ModalScreen[tuple[str, Typed] | None]):
    """Reads one command; answers with the line and what it means, or None.

    Args:
        offers: every command as it stands where the line was opened.
        words: completes what follows a name.
        history: lines that were typed before, the last one last.
        text: with which it begins.
        error: why that text was not accepted.
    """

    BINDINGS = bindings("line")

    def __init__(
        self,
        offers: Sequence[Offer],
        words: Callable[[Command], Sequence[str]],
        *,
        history: Sequence[str] = (),
        text: str = "",
        error: str = "",
    ) -> None:
        super().__init__()
        self._offers, self._words = offers, words
        self._history, self._place = [*history, ""], len(history)
        self._text, self._error = text, error
        self._found: list[Suggestion] = []
        self._chosen: int | None = None
        self._put_there: str | None = text
        """The text that was put into the line last and not typed since."""

    def compose(self) -> ComposeResult:
        """Return the suggestions, the line and what is wrong with it."""
        with Vertical(id="command-line"):
            yield LineBar(id="command-suggestions")
            with Horizontal(id="command-row"):
                yield LineBar(id="command-prompt")
                yield SteadyInput(
                    self._text, compact=True, id="command-input", max_length=1000, select_on_focus=False
                )
            yield LineBar(id="command-error")

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one("#command-prompt", LineBar).show([((":", "key"),)])
        self._field.focus()
        self._suggest()
        self._say(self._error)

    def action_complete(self, by: int) -> None:
        """Put the next suggestion into the line."""
        usable = [place for place, suggestion in enumerate(self._found) if suggestion.usable]
        if usable:
            here = usable.index(self._chosen) if self._chosen in usable else -1 if by > 0 else 0
            self._chosen = usable[(here + by) % len(usable)]
            self._put(self._found[self._chosen].line)
            self._show()

    def action_history(self, by: int) -> None:
        """Put a line into the line that was typed before."""
        self._place = min(max(self._place + by, 0), len(self._history) - 1)
        self._put(self._history[self._place])
        self._suggest()

    def action_close(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self._put_there:
            return
        self._put_there = None
        self._suggest()
        self._say("")

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._submit(event.value)

    def _submit(self, text: str) -> None:
        line = text.strip()
        if not line:
            self.dismiss(None)
            return
        try:
            self.dismiss((line, read_line(line, self._offers)))
        except LineError as error:
            self._say(str(error))

    @property
    def _field(self) -> SteadyInput:
        return self.query_one(SteadyInput)

    def _put(self, line: str) -> None:
        self._put_there = self._field.value = line
        self._field.cursor_position = len(line)

    def _say(self, error: str) -> None:
        self.query_one("#command-error", LineBar).show([((safe_text(error), "wrong"),)] if error else [])

    def _suggest(self) -> None:
        self._chosen = None
        self._found = suggest(self._field.value, self._offers, self._words)
        self._show()

    def _show(self) -> None:
        room = MOST_SHOWN if len(self._found) <= MOST_SHOWN else MOST_SHOWN - 1
        first = max(0, (self._chosen or 0) - room + 1)
        shown = list(enumerate(self._found))[first : first + room]
        lines = [_line(suggestion, chosen=place == self._chosen) for place, suggestion in shown]
        below = len(self._found) - first - len(shown)
        if below:
            lines.append(((f"  … {below} more: type on, or {hint('{line.complete}')}", "quiet"),))
        self.query_one("#command-suggestions", LineBar).show(lines)


def _line(suggestion: Suggestion, *, chosen: bool) -> Line:
    name = "found" if chosen else "bold" if suggestion.usable else "quiet"
    return (
        ("> " if chosen else "  ", "key"),
        (fit(safe_text(suggestion.label), 20), name),
        ("  ", "plain"),
        (fit(suggestion.keys, 8), "key" if suggestion.usable else "quiet"),
        ("  ", "plain"),
        (suggestion.help, "plain" if suggestion.usable else "quiet"),
    )
