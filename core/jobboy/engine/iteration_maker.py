"""Picks the process to iterate, under the lock ``process-management`` (first seed document, IterationMaker)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.engine.process_iterator import Iteration, ProcessIterator
from jobboy.engine.registry import Registry
from jobboy.errors import Fenced, StorageNotReachable
from jobboy.model.iteration import IterationResponse
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import (
    MANAGEMENT_PLACE,
    Change,
    Claimant,
    Clock,
    Held,
    Lock,
    Locks,
    ProcessRepository,
    process_place,
)

_log = logging.getLogger(__name__)

GRACE = timedelta(seconds=5)
"""Beyond the limit of a step before its living holder counts as stalled."""
LONGEST_PAUSE = 2.0  # seconds between two tries to write a result


@dataclass(frozen=True)
class WorkerClaimant:
    """Claims for one worker: takes the process's lock and marks it as begun."""

    registry: Registry
    locks: Locks
    clock: Clock
    worker_id: str
    codes: Sequence[str] | None

    def claim(self, candidate: Process) -> Held | None:
        """Return the candidate as claimed, None when another holder of this very claim is alive."""
        token = candidate.token + 1
        lock = self.locks.take(process_place(candidate.number, token))
        if lock is None:
            return None
        return Held(before=candidate, process=self._claimed(candidate, token), lock=lock)

    def _claimed(self, candidate: Process, token: int) -> Process:
        now = self.clock.now()
        claimed = candidate.changed(
            token=token,
            handled=True,
            handled_at=now,
            handled_by=self.worker_id,
            stuck=False,
            rescuable=False,
            attempt=candidate.attempt + (candidate.status is not ProcessStatus.FAILING),
            updated_at=now,
        )
        definition = self.registry.definition(candidate.code)
        if definition is None:
            return claimed
        if definition.timeout is not None and claimed.timeout_at is None:
            claimed = claimed.changed(timeout_at=now + definition.timeout)
        if definition.is_pipeline and claimed.status is ProcessStatus.STARTING and not claimed.kill_requested:
            claimed = claimed.moved(ProcessStatus.RUNNING, now)
        step = definition.step(claimed.step)
        return claimed.changed(deadline_at=_deadline(now, None if step is None else step.timeout, claimed.timeout_at))


def _deadline(now: datetime, limit: timedelta | None, timeout_at: datetime | None) -> datetime | None:
    moments = [moment for moment in (None if limit is None else now + limit, timeout_at) if moment is not None]
    return min(moments) + GRACE if moments else None


class IterationMaker:
    """Makes iterations: lock, pick, handle, commit, release.

    Args:
        repository: the keeper of processes.
        locks: of the same database.
        iterator: does the turns.
        claimant: claims for this worker.
        exclusive: hold ``process-management`` for the whole iteration, so that one iteration at a time is made
            on the whole machine (the seed's rule). Otherwise it is shared, and only while picking: slots and
            workers run in parallel, and an exclusive iteration elsewhere keeps all of them from picking.
        abandon: when set, results that cannot be written are given up instead of tried again.
    """

    def __init__(
        self,
        repository: ProcessRepository,
        locks: Locks,
        iterator: ProcessIterator,
        claimant: Claimant,
        *,
        exclusive: bool = False,
        abandon: threading.Event | None = None,
    ) -> None:
        self._repository = repository
        self._locks = locks
        self._iterator = iterator
        self._claimant = claimant
        self._exclusive = exclusive
        self._abandon = abandon or threading.Event()

    def work(self) -> IterationResponse:
        """Make one iteration and say whether anything was done.

        The lock is released whatever happens inside. When another program holds it, nothing is tried and the
        response says so.
        """
        with self._management() as lock:
            if lock is None:
                return IterationResponse(has_worked=False, lock_held=True)
            held = self._repository.claim(self._claimant)
            if self._exclusive:
                return self._finish(held)
        return self._finish(held)

    def work_through(self, wanted: Callable[[], bool], on_more: Callable[[], None]) -> IterationResponse:
        """Make iterations until nothing can be iterated or `wanted` says no.

        The result of each is committed together with the claim of the next. `on_more` is called whenever
        others were ready when a process was picked, so that another slot can look for them.
        """
        if self._exclusive:
            return self._one_by_one(wanted)
        with self._management() as lock:
            if lock is None:
                return IterationResponse(has_worked=False, lock_held=True)
            held = self._repository.claim(self._claimant)
        worked = False
        while held is not None:
            if held.more:
                on_more()
            iteration = self._iterated(held)
            worked = worked or iteration.has_worked
            held = self._settle(held, iteration.change, pick_next=wanted())
        return IterationResponse(has_worked=worked)

    def _one_by_one(self, wanted: Callable[[], bool]) -> IterationResponse:
        worked = False
        while wanted():
            response = self.work()
            if not response.has_worked:
                return IterationResponse(has_worked=worked, lock_held=response.lock_held)
            worked = True
        return IterationResponse(has_worked=worked)

    def _finish(self, held: Held | None) -> IterationResponse:
        if held is None:
            return IterationResponse(has_worked=False)
        iteration = self._iterated(held)
        self._settle(held, iteration.change, pick_next=False)
        return IterationResponse(has_worked=iteration.has_worked, process_id=held.process.id)

    def _iterated(self, held: Held) -> Iteration:
        try:
            return self._iterator.iterate(held)
        except BaseException:  # Ctrl-C: nobody works on it any more, so it must be found stuck while we live on
            held.lock.release()
            raise

    def _settle(self, held: Held, change: Change, *, pick_next: bool) -> Held | None:
        with held.lock:
            if not pick_next:
                return self._written(change, None)
            with self._management() as lock:
                return self._written(change, None if lock is None else self._claimant)

    def _written(self, change: Change, claimant: Claimant | None) -> Held | None:
        """Write a result, trying again while the database cannot be reached: the hold keeps it ours."""
        pause = 0.05
        while True:
            try:
                return self._repository.settle(change, claimant=claimant)
            except Fenced as error:
                _log.warning("%s", error)
                return None
            except StorageNotReachable as error:
                _log.warning("the result of %s waits to be written: %s", change.process.id, error)
                if self._abandon.wait(pause):
                    raise
                pause = min(pause * 2, LONGEST_PAUSE)

    @contextmanager
    def _management(self) -> Iterator[Lock | None]:
        lock = self._locks.take(MANAGEMENT_PLACE, shared=not self._exclusive)
        try:
            yield lock
        finally:
            if lock is not None:
                lock.release()


def make_claimant(
    registry: Registry, locks: Locks, clock: Clock, worker_id: str, channel: str = DEFAULT_CHANNEL
) -> WorkerClaimant:
    """Return the claimant of a worker for the codes that handlers of a channel serve."""
    return WorkerClaimant(registry, locks, clock, worker_id, registry.codes_for(channel))
