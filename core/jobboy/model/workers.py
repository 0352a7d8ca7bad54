"""A worker as others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy.model.process import iso


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerInfo:
    """A worker of this database: written by itself when it starts and ends; `alive` is the truth of the moment."""

    number: int
    """Given by the repository; names the byte it locks while it lives."""
    id: str
    """``host:pid:random``; new at every start, so that a reused pid is never taken for the old worker."""
    host: str
    pid: int
    slots: int
    codes: tuple[str, ...]
    """What it has definitions for; empty when it takes any code."""
    started_at: datetime
    stopped_at: datetime | None = None
    """When it ended in order; None while it lives, and for ever when it was killed."""
    alive: bool = False
    holds: tuple[str, ...] = ()
    """Ids of the processes in its hands."""
    version: str | None = None
    """Of the jobboy it runs; None when it did not write it down."""

    def as_json(self) -> dict[str, Any]:
        """All fields, dates as ISO 8601 UTC."""
        return {
            "id": self.id,
            "host": self.host,
            "pid": self.pid,
            "slots": self.slots,
            "codes": list(self.codes),
            "started_at": iso(self.started_at),
            "stopped_at": iso(self.stopped_at),
            "alive": self.alive,
            "holds": list(self.holds),
            "version": self.version,
        }
