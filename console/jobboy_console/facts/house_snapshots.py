"""What the console knows of the house at one moment: workers, schedules, acts and figures; plain frozen values.

Texts in here are as they come from the database unless a field says that it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy_console.facts.rows import Row


@dataclass(frozen=True, kw_only=True)
class HeldLine:
    """A process in the hands of a worker."""

    row: Row
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class WorkerLine:
    """A worker of the database."""

    id: str
    host: str
    pid: int
    version: str | None
    slots: int
    codes: tuple[str, ...]
    started_at: datetime
    stopped_at: datetime | None
    alive: bool
    holds: tuple[HeldLine, ...] = ()

    @property
    def state(self) -> str:
        """``alive``, ``died`` or ``ended``."""
        if self.alive:
            return "alive"
        return "died" if self.stopped_at is None else "ended"


@dataclass(frozen=True, kw_only=True)
class Workforce:
    """All workers, the living first, and whether work is done at all."""

    workers: tuple[WorkerLine, ...]
    paused_by: str | None
    """Who paused all work, and why; None when it goes on."""


@dataclass(frozen=True, kw_only=True)
class ScheduleLine:
    """A schedule of the database."""

    name: str
    code: str
    timetable: str
    """``0 3 * * *`` or ``every 10m``."""
    timezone: str
    missed: str
    paused: bool
    by_app: bool
    overdue: bool | None
    """None where this machine cannot follow it."""
    upcoming: tuple[datetime, ...]
    """The next times, as if it were not paused."""
    last_at: datetime | None
    last: Row | None
    """The process it started last, as it is now; None when it is not there (any more)."""
    parameters: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SchedulePlanned:
    """What a new schedule would be, or what is wrong with it."""

    upcoming: tuple[datetime, ...] = ()
    problem: str | None = None
    """The field and the rule it breaks; not safe."""


@dataclass(frozen=True, kw_only=True)
class ScheduleOrder:
    """What an operator typed for a new schedule; everything as text."""

    name: str
    code: str
    when: str
    """Five fields of cron, a short form such as ``@daily``, or an interval such as ``10m``."""
    timezone: str
    missed: str
    parameters: str


@dataclass(frozen=True, kw_only=True)
class ActLine:
    """What somebody did."""

    seq: int
    at: datetime
    actor: str
    kind: str
    process_id: str | None
    short_id: str | None
    code: str | None
    reason: str | None
    outcome: str
    """What it changed, in words."""


@dataclass(frozen=True, kw_only=True)
class ActsPage:
    """Acts next to each other, newest first."""

    acts: tuple[ActLine, ...]
    end: int | None
    """Number below which to go on; None at the oldest."""


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """Something that was examined."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Names and values under a heading."""

    heading: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class TurnLogLine:
    """What one turn of a process said."""

    step: str | None
    attempt: int
    at: datetime
    left_out: int
    """Lines before those that are kept."""
    text: str
