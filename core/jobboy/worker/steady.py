"""Keeps a scheduler in step when the clock of the machine is set back."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler

SLIGHT = timedelta(seconds=0.25)
"""Clocks are corrected by less all the time, and what is late by less is not late."""


class SteadySchedule:
    """Moves what a scheduler has planned along with a clock that is set back.

    APScheduler plans by the time of day: after a clock was set back by an hour, the sweep that was due in half a
    second would be due in an hour and half a second. One that is set forward needs nothing: what is overdue runs.

    Args:
        scheduler: whose plans are moved.
        now: the scheduler's clock.
        elapsed: seconds by a clock that nobody sets.
    """

    def __init__(
        self,
        scheduler: BaseScheduler,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),  # noqa: TID251  # APScheduler's clock
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheduler = scheduler
        self._now, self._elapsed = now, elapsed
        self._beginning = self._find_beginning()

    def keep(self) -> None:
        """Look at the clock; call it about once a second, from one thread."""
        beginning = self._find_beginning()
        shift = beginning - self._beginning
        if -SLIGHT < shift < timedelta(0):
            return
        self._beginning = beginning
        if shift < timedelta(0):
            self._move(shift)

    def _find_beginning(self) -> datetime:
        """Return what the clock showed when the steady one was at nought; another moment once it is set."""
        return self._now() - timedelta(seconds=self._elapsed())

    def _move(self, shift: timedelta) -> None:
        for planned in self._scheduler.get_jobs():
            if planned.next_run_time is not None:
                with suppress(JobLookupError):  # it has just run for the last time
                    planned.modify(next_run_time=planned.next_run_time + shift)
