"""Retention and health."""

from __future__ import annotations

from datetime import timedelta

from jobboy.errors import InvalidValue
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import DEFAULT_RETENTION
from jobboy.operations.context import Context
from jobboy.operations.control import KNOWN_WORKERS, workers
from jobboy.operations.guardrails import ANY_CODE
from jobboy.operations.permission import require
from jobboy.operations.reading import count_stuck

BATCH = 500
"""Processes removed in one transaction, so that no worker waits long for the write lock."""


def prune(context: Context, *, older_than: timedelta | None, dry_run: bool) -> int:
    """Remove what is over, batch by batch; each batch is one transaction, which has its line of history too."""
    if older_than is not None and older_than < timedelta(0):
        raise InvalidValue("older_than", "must not be negative")
    now = context.clock.now()
    ended_before = None if older_than is None else now - older_than
    if dry_run:
        return context.repository.prunable(now=now, ended_before=ended_before)
    number = context.repository.prunable(now=now, ended_before=ended_before) if context.guardrails else 0
    require(context, "prune", "what is over", {ANY_CODE: number})
    _forget_workers(context)
    _forget_starts(context)

    def record(removed: int) -> NewEvent:
        return NewEvent(kind=EventKind.PRUNED, at=now, actor=context.actor, after={"pruned": removed})

    total = 0
    while removed := context.repository.prune(now=now, record=record, ended_before=ended_before, limit=BATCH):
        total += removed
    return total


def _forget_workers(context: Context) -> None:
    """Remove the rows of workers that are no longer listed and hold nothing; the history keeps what they did."""
    listed = {worker.number for worker in workers(context)}
    known = context.repository.workers(limit=KNOWN_WORKERS)
    context.repository.forget_workers([worker.number for worker in known if worker.number not in listed])


def _forget_starts(context: Context) -> None:
    """Remove what schedules started long ago: no clock goes back so far."""
    numbers = [schedule.number for schedule in context.repository.schedules()]
    if numbers:
        context.repository.forget_starts(numbers, before=context.clock.now() - DEFAULT_RETENTION)


def doctor(context: Context) -> list[tuple[str, bool, str]]:
    """Examine the database and what should be working on it."""
    from jobboy.operations import schedules  # time zones take long to load

    checks = context.repository.check()
    alive = [worker for worker in workers(context) if worker.alive]
    ready = context.repository.counts()
    active = sum(n for status, n in ready.by_status.items() if status.is_active)
    idle = active == 0 or bool(alive)
    told = f"{len(alive)} alive for {active} active processes" + ("" if idle else ": start one with `jobboy work`")
    checks.append(("workers", idle, told))
    pause = context.repository.work_pause()
    checks.append(
        ("work", pause is None, "not paused" if pause is None else f"paused by {pause.actor}: `jobboy resume`")
    )
    checks.append(schedules.check(context))
    stuck = count_stuck(context)
    checks.append(("stuck", stuck == 0, f"{stuck} stuck" + (": see `jobboy list stuck`" if stuck else "")))
    return checks
