"""The live tail of a process: every event with the values it changed, and the reader's own marks between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from jobboy_console.commands import bindings
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.snapshots import EventLine
from jobboy_console.looks.lines import Line
from jobboy_console.reading.histories import gap_lines, marker_line, tail_lines
from jobboy_console.widgets.clock import Clock
from jobboy_console.widgets.text_view import MOST_LINES, TextView


@dataclass(frozen=True)
class Marker:
    """A line that the reader drew."""

    number: int
    at: datetime


@dataclass(frozen=True)
class Gap:
    """Here are events that are not shown."""

    older: bool
    """True above the first one, False between two reads."""


class TailView(TextView):
    """Follows the events of a process.

    Args:
        clock: for moments and marks.
        id: in the screen.
    """

    BINDINGS = bindings("tail", "text")

    @dataclass
    class SaveWanted(Message):
        """The reader wants what is kept of the tail in a file."""

        lines: Sequence[Line]

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:
        super().__init__(tail=True, id=id)
        self._clock = clock
        self._entries: list[EventLine | Marker | Gap] = []
        self._moments = True
        self._markers = 0

    @property
    def follow_words(self) -> str:
        """Say whether new lines are followed."""
        return "● follows" if self.following else hint("‖ stopped · {text.follow} follows")

    def add(self, events: Sequence[EventLine], *, gap: bool) -> None:
        """Add new events at the end; `gap` when some before them were left out."""
        entries: list[EventLine | Marker | Gap] = [*events]
        if gap and events:
            entries.insert(0, Gap(older=not self._entries))
        self._entries += entries
        del self._entries[:-MOST_LINES]
        self.append(self._lines_of(entries))

    def action_marker(self) -> None:
        """Draw a line after what came until now."""
        self._markers += 1
        marker = Marker(self._markers, self._clock.now())
        self._entries.append(marker)
        self.append(self._lines_of([marker]))

    def action_moments(self) -> None:
        """Show the moments of events, or leave them out."""
        self._moments = not self._moments
        self.show(self._lines_of(self._entries)[-MOST_LINES:])

    def action_save(self) -> None:
        """Ask for a file to write what is kept to."""
        self.post_message(self.SaveWanted(list(self.kept_lines)))

    def _lines_of(self, entries: Sequence[EventLine | Marker | Gap]) -> list[Line]:
        now = self._clock.now()
        lines: list[Line] = []
        for entry in entries:
            if isinstance(entry, Marker):
                lines.append(marker_line(entry.number, entry.at, now))
            elif isinstance(entry, Gap):
                lines += gap_lines(older=entry.older)
            else:
                lines += tail_lines(entry, now, moments=self._moments)
        return lines
