"""The parts of a worker that its scheduler carries, and the threads they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler

from jobboy.worker.pools import Pool
from jobboy.worker.slots import SLOTS

HOUSE = "house"
"""Name of the scheduler's executor for everything but the slots."""
HOUSE_THREADS = 3
LATEST_FIRST = 30.0  # seconds after which every part was done once, however rare it is


class Part(NamedTuple):
    """Something that is done again and again."""

    name: str
    do: Callable[[], None]
    seconds: float
    """Between two times."""


def make_scheduler(slots: int, on_program_end: Callable[[], None]) -> BackgroundScheduler:
    """Return a scheduler with a thread for each slot and a few for the house; what is late is done once, at once.

    Args:
        slots: of the worker.
        on_program_end: called when the program ends without having stopped the worker; must not wait.
    """
    sizes = {SLOTS: slots, HOUSE: HOUSE_THREADS}
    return BackgroundScheduler(
        timezone=UTC,
        executors={name: Pool(size, on_program_end) for name, size in sizes.items()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )


def plan(scheduler: BaseScheduler, parts: Iterable[Part]) -> None:
    """Let a scheduler do these parts while it runs."""
    for name, do, seconds in parts:
        first = datetime.now(UTC) + timedelta(seconds=min(seconds, LATEST_FIRST))  # noqa: TID251  # APScheduler's clock
        scheduler.add_job(do, "interval", seconds=seconds, id=name, name=name, executor=HOUSE, next_run_time=first)
