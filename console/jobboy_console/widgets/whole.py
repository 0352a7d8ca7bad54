"""A value, an error or an account in full: everything there is of it, broken at the edge and never cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.looks.lines import Line, broken, wrap
from jobboy_console.looks.text import safe_json, safe_lines
from jobboy_console.widgets.copying import copy
from jobboy_console.widgets.text_view import TextView

PROSE = 4_000
"""Characters of a line that is broken between words; a longer one is no prose, and is broken anywhere."""


class Whole(ModalScreen[None]):
    """Shows a long text over the screen.

    Args:
        head: what it is, safe.
        lines: makes its lines for a width.
        copied: what is copied; None where there is nothing to copy.
    """

    BINDINGS = bindings("whole")

    def __init__(self, head: str, lines: Callable[[int], Sequence[Line]], *, copied: str | None = None) -> None:
        super().__init__()
        self._head, self._lines, self._copied = head, lines, copied

    @classmethod
    def of_text(cls, head: str, text: str) -> Whole:
        """Show a text that is not safe as it is, line by line."""

        def lines(width: int) -> list[Line]:
            safe = safe_lines(text, limit=len(text) + 1)
            return [part for line in safe for part in _parts(line, width)]

        return cls(head, lines, copied=safe_json(text))

    def compose(self) -> ComposeResult:
        """Return the frame and the text."""
        with Vertical(classes="dialog tall whole") as box:
            box.border_title = Content(self._head)
            copies = "" if self._copied is None else hint("{whole.copy} copies · ")
            box.border_subtitle = Content(copies + hint("{whole.close} closes"))
            yield TextView(id="whole-text")

    def on_mount(self) -> None:
        """Give it the keys; what it shows comes when its width is known."""
        self.query_one(TextView).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Break the text for the new width."""
        self.call_after_refresh(self._show)

    def action_copy(self) -> None:
        """Copy what is shown, with escapes for characters that act."""
        if self._copied is not None:
            copy(self, self._copied, "The text")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _show(self) -> None:
        view = self.query_one(TextView)
        view.show(self._lines(max(view.content_size.width - 2, 2)))  # a gap before the bar that scrolls


def _parts(line: str, width: int) -> list[Line]:
    if len(line) <= PROSE:
        return wrap(((line, "plain"),), width)
    return [((piece, "plain"),) for piece in broken(line, width)]
