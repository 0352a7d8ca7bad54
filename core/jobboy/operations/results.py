"""What the use cases answer with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobboy.model.process import Process
from jobboy.model.selection import Counts
from jobboy.model.steps import StepRecord
from jobboy.ports import WorkPause


@dataclass(frozen=True)
class Details:
    """A process with its steps: the recorded ones, the one at hand, and those still to come."""

    process: Process
    steps: list[StepRecord]

    def as_json(self) -> dict[str, Any]:
        """The process as JSON with ``steps``."""
        return {**self.process.as_json(), "steps": [step.as_json() for step in self.steps]}


@dataclass(frozen=True)
class BulkResult:
    """The result of a verb for one of several ids."""

    id: str
    """The full id, or the text that was given when no process matches it."""
    ok: bool
    error: str | None = None
    """Why it was refused; None when it was done."""
    new_id: str | None = None
    """Of the process that was started in its place, by a restart."""

    def as_json(self) -> dict[str, Any]:
        """``{id, ok, error}``, with ``new_id`` where there is one."""
        made = {} if self.new_id is None else {"new_id": self.new_id}
        return {"id": self.id, "ok": self.ok, "error": self.error, **made}


@dataclass(frozen=True)
class Prunable:
    """Ended processes that can be removed."""

    numbers: Sequence[int]
    codes: Mapping[str, int]
    """How many there are of each code."""


@dataclass(frozen=True)
class Eligibility:
    """Whether a verb applies to a process now."""

    allowed: bool
    why_not: str | None = None
    """The end of "cannot VERB ID: "; None when allowed."""
    needs_force: bool = False
    """True when `force` would make it allowed."""


@dataclass(frozen=True)
class Overview:
    """The figures above every list, read together."""

    counts: Counts
    pause: WorkPause | None
    """Not None while all work is paused."""
    workers_alive: int
    last_seq: int
