"""A step of one process as it is recorded and shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobboy.model.documents import Parameters
from jobboy.model.process import iso


class StepStatus(StrEnum):
    """Where a step is: ``pending`` and ``running`` are told from its process, the others are recorded."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(kw_only=True, slots=True)
class StepRecord:
    """A step of a process; recorded once, in the transaction that moves the process on.

    Made in every turn, so not frozen, which takes three times as long; it is not changed all the same.
    """

    position: int
    """0 for the first step of the pipeline."""
    name: str
    visit: int = 1
    """1, and one more each time a flow comes back to it; pipelines never come back."""
    status: StepStatus
    attempts: int = 0
    """How often it was begun."""
    output: Parameters | None = None
    """What it returned; None until it is completed."""
    error: str | None = None
    """Type and message of its last error."""
    started_at: datetime | None = None
    """When the attempt that is recorded was begun."""
    ended_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Every field, dates as ISO 8601 UTC: what ``--json`` prints."""
        return {
            "name": self.name,
            "status": self.status.value,
            "attempts": self.attempts,
            "output": None if self.output is None else self.output.as_dict(),
            "error": self.error,
            "started_at": iso(self.started_at),
            "ended_at": iso(self.ended_at),
        }


def last_completed(records: Iterable[StepRecord]) -> StepRecord | None:
    """Return the record of the step that was completed last, None when none is: a pause is its question."""
    done = [record for record in records if record.status is StepStatus.COMPLETED and record.ended_at is not None]
    return max(done, key=lambda record: (record.ended_at, record.position), default=None)
