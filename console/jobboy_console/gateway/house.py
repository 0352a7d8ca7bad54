"""What the screens of the house ask: workers, schedules, acts and figures of one database."""

from __future__ import annotations

from jobboy.errors import Refused
from jobboy.model.workers import WorkerInfo
from jobboy.operations import Operations, parse_filter
from jobboy_console.facts.house_snapshots import (
    ActsPage,
    CheckLine,
    Facts,
    HeldLine,
    TurnLogLine,
    WorkerLine,
    Workforce,
)
from jobboy_console.gateway.acts import read_acts
from jobboy_console.gateway.converting import row_of
from jobboy_console.gateway.information import read_facts
from jobboy_console.gateway.schedules import ScheduleCalls

MOST_HELD = 500
"""Held processes that are told together with their workers."""


class House:
    """Plain calls for threads that are not the screen's; every one may raise `StorageError`.

    Args:
        operations: the door.
        read_only: why everything that changes something is refused; None when nothing is.
    """

    def __init__(self, operations: Operations, *, read_only: str | None) -> None:
        self._operations = operations
        self._read_only = read_only
        self.schedules = ScheduleCalls(operations, self.must_be_writable)
        """What is asked about schedules."""

    def must_be_writable(self, verb: str) -> None:
        """Refuse when nothing may be changed.

        Raises:
            Refused: as it says.
        """
        if self._read_only is not None:
            raise Refused(verb, "anything", self._read_only)

    def workforce(self) -> Workforce:
        """Return all workers of the last day with what they hold, and whether all work is paused."""
        now = self._operations.now()
        held = self._operations.page(parse_filter("handled"), limit=MOST_HELD).rows
        holds: dict[str, list[HeldLine]] = {}
        for process in reversed(held):
            line = HeldLine(row=row_of(process, 0, now), since=process.handled_at)
            holds.setdefault(process.handled_by or "", []).append(line)
        workers = [_worker(worker, holds.get(worker.id, [])) for worker in self._operations.workers()]
        pause = self._operations.overview().pause
        paused_by = None if pause is None else pause.actor + (f": {pause.reason}" if pause.reason else "")
        workers.sort(key=lambda worker: (not worker.alive, not worker.holds))
        return Workforce(workers=tuple(workers), paused_by=paused_by)

    def acts(self, filter: str, *, before: int | None, limit: int) -> ActsPage:
        """Return what people did below a number, newest first; see `jobboy_console.gateway.acts`.

        Raises:
            ValueError: the filter cannot be read.
        """
        return read_acts(self._operations, filter, before=before, limit=limit)

    def turn_logs(self, process_id: str) -> list[TurnLogLine]:
        """Return what the last turns of a process said, in their order.

        Raises:
            JobBoyError: it is not there (any more).
        """
        return [
            TurnLogLine(step=log.step, attempt=log.attempt, at=log.at, left_out=log.left_out, text=log.text)
            for log in self._operations.house.logs(process_id)
        ]

    def facts(self) -> list[Facts]:
        """Return what is known of database, processes, programs and folders."""
        return read_facts(self._operations)

    def examine(self) -> list[CheckLine]:
        """Examine database, locks and machine; takes as long as the database is large."""
        return [CheckLine(name=name, ok=ok, detail=detail) for name, ok, detail in self._operations.doctor()]


def _worker(worker: WorkerInfo, holds: list[HeldLine]) -> WorkerLine:
    return WorkerLine(
        id=worker.id,
        host=worker.host,
        pid=worker.pid,
        version=worker.version,
        slots=worker.slots,
        codes=worker.codes,
        started_at=worker.started_at,
        stopped_at=worker.stopped_at,
        alive=worker.alive,
        holds=tuple(holds),
    )
