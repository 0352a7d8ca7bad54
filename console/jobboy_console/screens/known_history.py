"""What the screen of a process has read of its history, and what that says of its documents."""

from __future__ import annotations

from jobboy_console.facts.snapshots import EventLine, ProcessSnapshot
from jobboy_console.reading.trees import Mark, Path, marks_of
from jobboy_console.screens.process_views import DOCUMENTS

MOST_EVENTS = 2_000
"""Events that are kept; older ones are left to the command line."""


class KnownHistory:
    """The newest events of a process, growing with every read."""

    def __init__(self) -> None:
        self.events: list[EventLine] = []
        self.has_older = False
        """Whether there are events before these."""
        self.marks: dict[str, dict[Path, Mark]] = {name: {} for name in DOCUMENTS}
        """For each document the last change of each value."""

    @property
    def last_seq(self) -> int:
        """Number of the newest event, 0 before the first read."""
        return self.events[-1].seq if self.events else 0

    def take(self, snapshot: ProcessSnapshot) -> tuple[list[EventLine], bool]:
        """Take what is new; returns it, and whether events before it were missed."""
        new = [event for event in snapshot.events if event.seq > self.last_seq]
        missed = snapshot.cut and bool(new)
        known = [] if missed else self.events
        self.has_older = self.has_older or missed or len(known) + len(new) > MOST_EVENTS
        self.events = [*known, *new][-MOST_EVENTS:]
        for event in new:
            for name, marks in self.marks.items():
                marks |= marks_of(list(event.changes), name, event.seq, event.at)
        return new, missed
