"""The state of a process as one glyph and one word: never colour alone, the strange before the usual."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Look:
    """How a state is shown."""

    glyph: str
    """At most two cells."""
    word: str
    style: str
    """Name of a style of `jobboy_console.widgets.styles`."""


class State(Enum):
    """What an operator tells apart at a glance."""

    STUCK = Look("H!", "stuck", "stuck")
    STALLED = Look("H~", "stalled", "held")
    PAUSED = Look("‖", "paused", "paused")
    OVERDUE = Look("◷!", "overdue", "warning")
    WAITING = Look("◷", "waiting", "quiet")
    STARTING = Look("◦", "starting", "quiet")
    RUNNING = Look("●", "running", "running")
    ENDING = Look("◐", "ending", "running")
    COMPLETED = Look("✓", "completed", "done")
    FAILING = Look("◐", "failing", "warning")
    FAILED = Look("✗", "failed", "error")
    KILLED = Look("⊘", "failed", "killed")
    RESTARTED = Look("↻", "restarted", "quiet")
    HELD_STARTING = Look("H◦", "starting", "held")
    HELD_RUNNING = Look("H●", "running", "running")
    HELD_ENDING = Look("H◐", "ending", "running")
    HELD_FAILING = Look("H◐", "failing", "warning")

    @property
    def label(self) -> str:
        """Glyph and word, as in lists."""
        return f"{self.value.glyph:<2} {self.value.word}"


def state_of(
    status: str,
    *,
    handled: bool,
    stuck: bool,
    stalled: bool,
    paused: bool,
    waiting: bool,
    killed: bool,
    overdue: bool = False,
    restarted: bool = False,
) -> State:
    """Return the one state that matters most of a process; of a failed one that it is another's to tell by now."""
    if stuck:
        return State.STUCK
    if stalled:
        return State.STALLED
    if handled:
        return State[f"HELD_{status.upper()}"]
    if paused:
        return State.PAUSED
    if overdue:
        return State.OVERDUE
    if waiting:
        return State.WAITING
    if restarted and status == "failed":
        return State.RESTARTED
    if killed and status == "failed":
        return State.KILLED
    return State[status.upper()]
