"""What is known of a database and of one process at one moment: made by the gateway, shown by everything else.

Texts in here are as they come from the database unless a field says that it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy_console.facts.acts import Act
from jobboy_console.facts.changes import ValueChange
from jobboy_console.facts.rows import Row


@dataclass(frozen=True, kw_only=True)
class WorkState:
    """Whether work is done, and by whom."""

    paused_by: str | None
    """Who paused all work, and why; None when it is not paused."""
    workers_alive: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """The figures above every list."""

    counts: dict[str, int]
    """For every status, and for handled, stuck, paused and waiting."""
    total: int
    work: WorkState


@dataclass(frozen=True, kw_only=True)
class PastEndings:
    """What ended in the last minutes, and the counters of the same moment."""

    at: datetime
    since: int
    """First minute that is counted, in minutes since 1970 UTC."""
    minutes: dict[int, tuple[int, int]]
    """How many were completed and how many failed, by minute."""
    completed: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """A step of a process."""

    name: str
    status: str
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    error: str | None
    output: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """A line of a history."""

    seq: int
    at: datetime
    kind: str
    actor: str
    reason: str | None
    step: str | None
    attempt: int | None
    cause: str = ""
    """How a program died, when it tells of that; not safe."""
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorReport:
    """Why a process failed, as its reports keep it."""

    type: str
    message: str
    traceback: str

    @property
    def headline(self) -> str:
        """Type and message; not safe."""
        return ": ".join(text for text in (self.type, self.message) if text)


@dataclass(frozen=True, kw_only=True)
class ProcessSnapshot:
    """Everything about one process."""

    row: Row
    facts: tuple[tuple[str, str], ...]
    """Names and values of what the head of the screen says."""
    explanation: str
    """In words: what happens next, or what it needs."""
    parameters: dict[str, Any]
    store: dict[str, Any]
    reports: dict[str, Any]
    output: dict[str, Any] | None
    error: ErrorReport | None
    last_lines: tuple[str, ...]
    """What the program that died last had printed last; empty when none died or nothing is known."""
    last_words: str
    """The line of them that says most."""
    steps: tuple[StepLine, ...]
    events: tuple[EventLine, ...]
    """The newest ones, in rising order."""
    cut: bool = False
    """True when there are older events than these that were asked for too."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a verb would do to a process now, or why it is refused."""

    act: Act
    allowed: bool
    needs_force: bool
    text: str
    """Not safe."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A process in sentences that are not safe: its state, why, what happens next, and what one can do."""

    state: str
    why: tuple[str, ...]
    next: tuple[str, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """A version of a document, and the event that made it; the oldest one was made by none that is known."""

    index: int
    event: EventLine | None
    changes: tuple[ValueChange, ...] = ()
    """What the event changed in the document."""


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """One version, and how it differs from another."""

    index: int
    base: int
    values: dict[str, Any]
    """With `LeftOut` for what the history did not keep."""
    changes: tuple[ValueChange, ...]
    """From the base to this one."""
