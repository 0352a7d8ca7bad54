"""Reading: lists, one process, histories; `stuck` is always the truth of the moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jobboy.engine.sweep import cause_of_death
from jobboy.errors import AmbiguousProcessId, Conflict, ProcessNotFound
from jobboy.model.events import Event
from jobboy.model.filter_language.conditions import needs_locks
from jobboy.model.filter_language.meaning import holds
from jobboy.model.ordering import NEWEST_FIRST, Place
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.selection import UNLIMITED, Counted, Page, ScanLimits, Selection
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.operations.context import Context
from jobboy.operations.control import KNOWN_WORKERS
from jobboy.operations.eligibility import is_stalled
from jobboy.operations.results import Details, Overview
from jobboy.operations.starting import known_definition
from jobboy.ports import process_place, worker_place

if TYPE_CHECKING:
    from jobboy.model.versions import DocumentName, Versions

TAIL_PAUSE = 0.25  # seconds between two looks for new events; commits of other programs are not announced
TAIL_PAGE = 500
TRIES = 20
"""How often a process and its history are read until nothing was written between the two."""
WHOLE_PAGE = 500
SORTED_PAGE = 10_000
"""Rows asked for at once of a list that must be sorted: each page looks at all candidates."""
LOADED = 50
"""Processes whose documents are in memory at once: each may have four of a megabyte."""


def resolve(context: Context, part: str) -> str:
    """Return the full id that contains a text.

    Raises:
        ProcessNotFound, AmbiguousProcessId: when none or several do.
    """
    found = context.repository.find(part.strip().lower(), limit=6) if part.strip() else []
    if not found:
        raise ProcessNotFound(part)
    if len(found) > 1 and part not in found:
        raise AmbiguousProcessId(part, found[:5])
    return part if part in found else found[0]


def get(context: Context, part: str) -> Process:
    """Return one process by its id or a part of it."""
    process = context.repository.get(resolve(context, part))
    if process is None:  # removed between the two reads
        raise ProcessNotFound(part)
    return _true(context, process)


def details(context: Context, part: str) -> Details:
    """Return one process with its steps."""
    process = get(context, part)
    return Details(process, _steps(context, process))


def page(
    context: Context,
    selection: Selection,
    *,
    below: Place | int | None,
    above: Place | int | None,
    limit: int,
    limits: ScanLimits,
) -> Page:
    """Return summaries by keyset, stuck ones told by their locks."""
    found = context.repository.page(selection, below=below, above=above, limit=limit, limits=limits)
    return replace(found, rows=_judged(context, selection, found.rows))


def whole(context: Context, selection: Selection, *, limit: int) -> list[Process]:
    """Return the first processes of a selection with their documents, however far they must be looked for."""
    numbers: list[int] = []
    place: Place | None = None
    has_more = True
    while has_more and len(numbers) < limit:
        size = page_size(selection, limit - len(numbers))
        found = context.repository.page(selection, below=place, limit=size, limits=UNLIMITED)
        numbers += [row.number for row in _judged(context, selection, found.rows)]
        place, has_more = found.end, found.has_more
    return [_true(context, process) for process in context.repository.load(numbers)]


def each_process(context: Context, selection: Selection) -> Iterator[Process]:
    """Yield every process of a selection with its documents; a page of it is in memory at a time.

    What is started or changed meanwhile may be seen or not; nothing is yielded twice while its place stays the same.
    """
    place: Place | None = None
    has_more = True
    while has_more:
        size = WHOLE_PAGE if selection.order.is_by_number else SORTED_PAGE
        found = context.repository.page(selection, below=place, limit=size, limits=UNLIMITED)
        numbers = [row.number for row in _judged(context, selection, found.rows)]
        for first in range(0, len(numbers), LOADED):
            for process in context.repository.load(numbers[first : first + LOADED]):
                yield _true(context, process)
        place, has_more = found.end, found.has_more


def page_size(selection: Selection, wanted: int) -> int:
    """Return how many rows to ask for at once; each page of a list that must be sorted looks at all candidates."""
    return min(wanted, WHOLE_PAGE) if selection.order.is_by_number else wanted


def _judged(context: Context, selection: Selection, rows: Sequence[ProcessSummary]) -> list[ProcessSummary]:
    """Return the rows as they are at this moment, without those that are not stuck or stalled as was asked."""
    now = context.clock.now()
    judged = [_true_summary(context, row) for row in rows]
    if selection.stuck is not None:
        judged = [row for row in judged if row.stuck is selection.stuck]
    if selection.stalled is not None:
        judged = [row for row in judged if is_stalled(row, now) is selection.stalled]
    if needs_locks(selection.condition):
        judged = _meeting(context, selection, judged)
    return judged


def _meeting(context: Context, selection: Selection, rows: Sequence[ProcessSummary]) -> list[ProcessSummary]:
    """Return the rows that meet a condition in which locks matter; of unhandled ones the database could tell."""
    now, condition = context.clock.now(), selection.condition
    held = [row.number for row in rows if row.handled]
    loaded = {process.number: process for process in context.repository.load(held)}

    def meets(row: ProcessSummary) -> bool:
        if not row.handled or condition is None:
            return True
        process = loaded.get(row.number)
        return process is not None and holds(condition, process.changed(stuck=row.stuck), now)

    return [row for row in rows if meets(row)]


def count_stuck(context: Context) -> int:
    """Count the processes whose holder is dead at this moment."""
    return sum(_true_summary(context, row).stuck for row in context.repository.handled())


def counted(context: Context, selection: Selection, *, limit: int, limits: ScanLimits) -> Counted:
    """Count a selection; where locks matter, by looking at each process that may be meant."""
    selection = replace(selection, order=NEWEST_FIRST)
    if selection.stuck or selection.stalled or needs_locks(selection.condition):
        found = page(context, selection, below=None, above=None, limit=limit, limits=limits)
        is_floor = found.has_more or len(found.rows) >= limit
        return Counted(len(found.rows), is_floor=is_floor, scan=found.scan)
    if selection.stuck is False:
        with_mark, without = replace(selection, stuck=True), replace(selection, stuck=None)
    elif selection.stalled is False:
        with_mark, without = replace(selection, stalled=True), replace(selection, stalled=None)
    else:
        return context.repository.counted(selection, limit=limit, limits=limits)
    return _without(context, with_mark, without, limit=limit, limits=limits)


def _without(
    context: Context, with_mark: Selection, everything: Selection, *, limit: int, limits: ScanLimits
) -> Counted:
    """Count everything, and take off those that have a mark, of which there are few."""
    total = counted(context, everything, limit=limit, limits=limits)
    if total.is_floor or everything.handled is False:
        return total
    marked = counted(context, with_mark, limit=limit, limits=limits)
    return replace(total, number=max(total.number - marked.number, 0), is_floor=marked.is_floor)


def overview(context: Context) -> Overview:
    """Return the figures above every list."""
    kept = context.repository.counts()
    stuck = count_stuck(context)
    workers = context.repository.workers(limit=KNOWN_WORKERS)
    return Overview(
        counts=replace(kept, stuck=stuck),
        pause=context.repository.work_pause(),
        workers_alive=sum(
            worker.stopped_at is None and context.locks.is_taken(worker_place(worker.number)) for worker in workers
        ),
        last_seq=context.repository.last_seq(),
    )


def history(context: Context, part: str, *, after: int, limit: int, newest: bool) -> Sequence[Event]:
    """Return the events of one process."""
    return context.repository.events(number=get(context, part).number, after=after, newest=newest, limit=limit)


def versions(context: Context, part: str, name: DocumentName, *, limit: int) -> Versions:
    """Return the versions of a document that the newest events tell of."""
    from jobboy.model.versions import Versions

    number = get(context, part).number
    repository = context.repository
    events = repository.events(number=number, newest=True, limit=limit)
    for _ in range(TRIES):
        found = repository.load([number])
        if not found:
            raise ProcessNotFound(part)
        missed = repository.events(number=number, after=events[-1].seq if events else 0, limit=limit)
        if not missed:
            return Versions(name, getattr(found[0], name) or {}, events)
        events = [*events, *missed][-limit:]
    raise Conflict("read the versions of", part, "it changes faster than it can be read; try again")


def tail(context: Context, part: str, *, after: int | None, until_ended: bool) -> Iterator[Event]:
    """Yield events as they come; looks at them again only after some commit."""
    process = get(context, part)
    number, seen, stamp = process.number, after or 0, -1
    listener = context.bell.listen()
    try:
        while True:
            latest = context.repository.stamp()
            if latest == stamp:
                listener.wait(TAIL_PAUSE)
                continue
            current = context.repository.get(process.id)
            events = context.repository.events(number=number, after=seen, limit=TAIL_PAGE)
            yield from events
            seen = events[-1].seq if events else seen
            if current is None or (until_ended and not current.status.is_active and len(events) < TAIL_PAGE):
                return
            stamp = stamp if len(events) == TAIL_PAGE else latest
    finally:
        listener.close()


def has_not_begun(context: Context, process: Process) -> bool:
    """Say whether its holder has only claimed it ahead: then there is no attempt and no crash to count."""
    return process.handled and context.locks.is_ahead(process_place(process.number, process.token))


def _true(context: Context, process: Process) -> Process:
    """Return the process with `stuck` as it is now.

    The lock of a holder is free for a moment between its commit and the next read: only a process that is still
    handled under the same token when it is read again has a dead holder.
    """
    if not process.handled or process.stuck or not context.is_stuck(process):
        return process
    again = context.repository.get(process.id)
    if again is None or again.token != process.token or not again.handled:
        return again or process
    return again.changed(stuck=True, stuck_cause=cause_of_death(again))


def _true_summary(context: Context, row: ProcessSummary) -> ProcessSummary:
    if not row.handled or row.stuck or not context.is_stuck(row):
        return row
    loaded = context.repository.load([row.number])
    if not loaded or loaded[0].token != row.token or not loaded[0].handled:
        return loaded[0] if loaded else row
    return row.changed(stuck=True, stuck_cause=cause_of_death(row))


def _steps(context: Context, process: Process) -> list[StepRecord]:
    recorded = {step.name: step for step in context.repository.steps(process.number)}
    definition = known_definition(context, process.code)
    names = list(definition.steps) if definition else []
    names += [name for name in recorded if name not in names]
    if process.step is not None and process.step not in names:
        names.append(process.step)
    return [_step(process, position, name, recorded.get(name)) for position, name in enumerate(names)]


def _step(process: Process, position: int, name: str, recorded: StepRecord | None) -> StepRecord:
    at_hand = name == process.step and process.status.is_active
    if at_hand and process.handled:
        return StepRecord(
            position=position,
            name=name,
            status=StepStatus.RUNNING,
            attempts=process.attempt,
            error=process.error,
            started_at=process.handled_at,
        )
    return recorded or StepRecord(position=position, name=name, status=StepStatus.PENDING)
