"""When a worker looks at schedules: at the next due time, soon after the bell, and once in a while in any case."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler

from jobboy.errors import StorageError
from jobboy.operations.door import Operations

_log = logging.getLogger(__name__)

RING_PAUSE = 0.5
"""Seconds from a ring to a look, so that many rings, as when processes are started one by one, are one look."""
LONGEST_PAUSE = 30.0
"""Seconds: what a clock that was changed, or a ring that was lost, can cost."""


class Ticks:
    """Starts what schedules make due, while its scheduler runs.

    Args:
        operations: of the database.
        scheduler: carries the next look as a one-off.
        executor: of the scheduler, to look on.
    """

    def __init__(self, operations: Operations, scheduler: BaseScheduler, *, executor: str) -> None:
        self._operations = operations
        self._scheduler = scheduler
        self._executor = executor
        self._guard = threading.Lock()
        self._looking = threading.Lock()
        self._planned: tuple[float, Any] | None = None
        self._is_stopped = False

    def ring(self) -> None:
        """Look soon: schedules may have changed."""
        self._plan(RING_PAUSE)

    def look(self) -> None:
        """Start what is due now, and plan the next look."""
        with self._guard:
            self._planned = None
        if not self._looking.acquire(blocking=False):
            self._plan(RING_PAUSE)  # this look may have begun before what the other shall see
            return
        pause = LONGEST_PAUSE
        try:
            pause = self._start_due()
        finally:  # whatever was wrong is told by the scheduler, and there is a next look
            self._looking.release()
            self._plan(pause)

    def stop(self) -> None:
        """Plan no more looks: a scheduler that shuts down waits for its threads, and lets none of them plan."""
        with self._guard:
            self._is_stopped = True

    def _start_due(self) -> float:
        try:
            next_at = self._operations.start_due()
        except StorageError as error:
            _log.warning("schedules wait: %s", error)
            return LONGEST_PAUSE
        if next_at is None:
            return LONGEST_PAUSE
        left = (next_at - self._operations.now()).total_seconds()
        return min(max(left, 0.0), LONGEST_PAUSE)

    def _plan(self, seconds: float) -> None:
        """Look after so many seconds, unless an earlier look is planned."""
        at = time.monotonic() + seconds
        with self._guard:
            if self._is_stopped:
                return
            if self._planned is not None:
                if self._planned[0] <= at:
                    return
                with suppress(JobLookupError):  # it has just begun
                    self._planned[1].remove()
            moment = datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251  # APScheduler's clock
            # No id: the scheduler would drop a look under the id of one it has not yet seen the end of.
            look = self._scheduler.add_job(
                self.look, "date", run_date=moment, name="schedules", executor=self._executor
            )
            self._planned = at, look
