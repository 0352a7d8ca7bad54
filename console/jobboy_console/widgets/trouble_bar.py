"""Says in the list itself why what is shown may be old, and what to do next; gone while all is well."""

from __future__ import annotations

from datetime import timedelta

from textual.widget import Widget

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.troubles import Kind, Trouble
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text, span
from jobboy_console.widgets.line_bar import LineBar

SLOW_S = 3
"""Seconds without an answer after which the console says that it waits."""
_INFORMING = (Kind.REPLACED, Kind.SLOW)


class TroubleBar(LineBar):
    """Three or more lines above the rows, which stay."""

    DEFAULT_CSS = """
    TroubleBar { padding: 0 1; background: $surface; }
    """

    def show_trouble(self, trouble: Trouble | None, *, lost_for_s: int = 0, waiting_s: float = 0) -> None:
        """Show the worse of what is known: that the database is lost, else that it keeps one waiting."""
        if trouble is None and waiting_s > SLOW_S:
            trouble, lost_for_s = Trouble(Kind.SLOW), int(waiting_s)
        pane = self.parent  # its own width is not known while it is not shown
        width = (pane.content_size.width if isinstance(pane, Widget) else self.app.size.width) - 2
        self.show([] if trouble is None else trouble_lines(trouble, lost_for_s, width))


def trouble_lines(trouble: Trouble, lost_for_s: int, width: int) -> list[Line]:
    """Return what it is, what it means, what the engine says, and what to do next, none wider than `width`."""
    advice = trouble.kind.value
    style = "warning" if trouble.kind in _INFORMING else "error"
    since = f" · {span(timedelta(seconds=lost_for_s))}" if lost_for_s else ""
    said = safe_text(trouble.why, limit=300)
    texts = (
        (f"{advice.title}{since}", style),
        (advice.meaning, "plain"),
        (said, "quiet"),
        (hint(advice.next), "accent"),
    )
    return [line for text in texts if text[0] for line in wrap((text,), max(width, 10))]
