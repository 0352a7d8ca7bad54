"""The threads of a worker, which notice that its program comes to its end without having stopped it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job


class Pool(ThreadPoolExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Threads that Python waits for at the end of a program, while it lets them begin nothing more.

    Args:
        size: how many.
        on_program_end: called when something is to be begun and Python does not let it, by the scheduler's thread;
            must not wait.
    """

    def __init__(self, size: int, on_program_end: Callable[[], None]) -> None:
        super().__init__(size)
        self._on_program_end = on_program_end

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        try:
            super()._do_submit_job(job, run_times)
        except RuntimeError:  # of `concurrent.futures`: it is past the end of the main thread
            self._on_program_end()
