"""Retention and health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobboy.errors import InvalidValue
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.ordering import NEWEST_FIRST, Place
from jobboy.model.process import DEFAULT_RETENTION, ProcessSummary
from jobboy.model.selection import UNLIMITED, ScanLimits, Selection
from jobboy.model.status import ProcessStatus
from jobboy.operations.context import Context
from jobboy.operations.control import KNOWN_WORKERS, workers
from jobboy.operations.guardrails import ANY_CODE
from jobboy.operations.permission import require
from jobboy.operations.reading import count_stuck, counted
from jobboy.operations.reasons import checked_reason
from jobboy.operations.results import Prunable

BATCH = 500
"""Processes removed in one transaction, so that no worker waits long for the write lock."""
_PIECE = ScanLimits(rows=None, seconds=0.5)
_ACTIVE = Selection(statuses=frozenset(status for status in ProcessStatus if status.is_active))


def prune(
    context: Context,
    *,
    older_than: timedelta | None,
    dry_run: bool,
    reason: str | None,
    goes_on: Callable[[int], bool],
) -> int:
    """Remove what is over, batch by batch; each batch is one transaction, which has its line of history too."""
    now, told = context.clock.now(), checked_reason(reason)
    ended_before = _ended_before(older_than, now)
    if dry_run:
        return context.repository.prunable(now=now, ended_before=ended_before)
    number = context.repository.prunable(now=now, ended_before=ended_before) if context.guardrails else 0
    require(context, "prune", "what is over", {ANY_CODE: number}, reason=told)
    _forget_workers(context)
    _forget_starts(context)
    record = _recording(context, now, told)
    total = 0
    while removed := context.repository.prune(now=now, record=record, ended_before=ended_before, limit=BATCH):
        total += removed
        if not goes_on(total):
            break
    return total


def prunable(
    context: Context, selection: Selection, *, older_than: timedelta | None, goes_on: Callable[[int], bool]
) -> Prunable:
    """Find the ended, unhandled processes of a selection that ended so long ago, piece by piece."""
    before = _ended_before(older_than, context.clock.now())
    in_order = replace(selection, order=NEWEST_FIRST)
    numbers: list[int] = []
    codes: Counter[str] = Counter()
    place: Place | int | None = None
    while goes_on(len(numbers)):
        page = context.repository.page(in_order, below=place, limit=BATCH, limits=_PIECE)
        over = [row for row in page.rows if _is_over(row, before)]
        numbers += [row.number for row in over]
        codes.update(row.code for row in over)
        if not page.has_more or page.end is None:
            break
        place = page.end.number
    return Prunable(numbers, codes)


def prune_found(context: Context, found: Prunable, *, reason: str | None, goes_on: Callable[[int], bool]) -> int:
    """Remove those of these that are still ended and unhandled, batch by batch, and return how many."""
    told = checked_reason(reason)
    require(context, "prune", f"{len(found.numbers):,} processes", found.codes, reason=told)
    record = _recording(context, context.clock.now(), told)
    total = 0
    for start in range(0, len(found.numbers), BATCH):
        total += context.repository.remove(found.numbers[start : start + BATCH], record=record)
        if not goes_on(total):
            break
    return total


def _recording(context: Context, now: datetime, reason: str | None) -> Callable[[int], NewEvent]:
    def record(removed: int) -> NewEvent:
        after = {"pruned": removed}
        return NewEvent(kind=EventKind.PRUNED, at=now, actor=context.actor, reason=reason, after=after)

    return record


def _ended_before(older_than: timedelta | None, now: datetime) -> datetime | None:
    if older_than is not None and older_than < timedelta(0):
        raise InvalidValue("older_than", "must not be negative")
    try:
        return None if older_than is None else now - older_than
    except OverflowError:  # nothing is older than all dates
        return datetime.min.replace(tzinfo=UTC)


def _is_over(process: ProcessSummary, before: datetime | None) -> bool:
    if process.status.is_active or process.handled or process.ended_at is None:
        return False
    return before is None or process.ended_at < before


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
    checks.append(_check_workers(context))
    pause = context.repository.work_pause()
    checks.append(
        ("work", pause is None, "not paused" if pause is None else f"paused by {pause.actor}: `jobboy resume`")
    )
    checks.append(schedules.check(context))
    stuck = count_stuck(context)
    checks.append(("stuck", stuck == 0, f"{stuck} stuck" + (": see `jobboy list stuck`" if stuck else "")))
    return checks


def _check_workers(context: Context) -> tuple[str, bool, str]:
    alive = [worker for worker in workers(context) if worker.alive]
    ready = context.repository.counts()
    active = sum(n for status, n in ready.by_status.items() if status.is_active)
    told = f"{len(alive)} alive for {active} active processes"
    if active and not alive:
        return "workers", False, f"{told}: start one with `jobboy work`"
    if unserved := unserved_codes(context, _ACTIVE):
        codes = f"code{'s' if len(unserved) > 1 else ''} {', '.join(map(repr, unserved))}"
        return "workers", False, f"{told}, but none serves the {codes}: start one that does"
    return "workers", True, told


def unserved_codes(context: Context, among: Selection) -> list[str]:
    """Return the codes of some active processes for which no living worker has a definition."""
    alive = [worker for worker in workers(context) if worker.alive]
    if not all(worker.codes for worker in alive):
        return []  # one of them takes any
    served = {code for worker in alive for code in worker.codes}
    known = [code for code in context.repository.codes() if code not in served]
    return [code for code in known if _has_any(context, among, code)]


def _has_any(context: Context, among: Selection, code: str) -> bool:
    if among.codes and code not in among.codes:
        return False
    of_code = replace(among, codes=frozenset({code}))
    return counted(context, of_code, limit=1, limits=UNLIMITED).number > 0
