"""Picks the process to iterate, under the lock ``process-management`` (first seed document, IterationMaker)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from jobboy.engine.claimants import SlotClaimant, WorkerClaimant
from jobboy.engine.hand import Hand
from jobboy.engine.pace import Pace
from jobboy.engine.process_iterator import Iteration, ProcessIterator
from jobboy.errors import DatabaseReplaced, NewerSchema, StorageError, StorageNotReachable
from jobboy.failpoints import reach
from jobboy.model.iteration import IterationResponse
from jobboy.model.process import Process
from jobboy.ports import (
    MANAGEMENT_PLACE,
    Change,
    HandClaimant,
    Held,
    Lock,
    Locks,
    ProcessRepository,
    Settlement,
)

_log = logging.getLogger(__name__)

LONGEST_PAUSE = 2.0  # seconds between two tries to write a result


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
        pace: what is known of how long turns take; nothing when not given.
    """

    def __init__(
        self,
        repository: ProcessRepository,
        locks: Locks,
        iterator: ProcessIterator,
        claimant: WorkerClaimant,
        *,
        exclusive: bool = False,
        abandon: threading.Event | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._repository = repository
        self._locks = locks
        self._iterator = iterator
        self._claimant = claimant
        self._exclusive = exclusive
        self._abandon = abandon or threading.Event()
        self._pace = pace or Pace()

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

    def work_through(
        self,
        wanted: Callable[[], bool],
        on_more: Callable[[], None],
        watch: Callable[[Hand], None] | None = None,
    ) -> IterationResponse:
        """Make iterations until nothing can be iterated or `wanted` says no.

        The results of those in hand are committed together with the claims of the next. `on_more` is called
        whenever others were ready for which another slot is wanted.

        Args:
            wanted: asked before anything more is taken in hand.
            on_more: wakes another slot.
            watch: is given each hand of several, to call `relieve` when a turn holds up the others. Without it one
                process at a time is taken in hand.
        """
        if self._exclusive:
            return self._one_by_one(wanted)
        claimant = SlotClaimant(self._claimant, self._pace, several=watch is not None)
        worked = False
        while True:
            try:
                with self._management() as lock:
                    if lock is None:
                        return IterationResponse(has_worked=worked, lock_held=True)
                    hand = Hand(self._repository.claim_hand(claimant), claimant)
                while hand.size:
                    worked = self._done(hand, claimant, on_more, watch) or worked
                    hand = self._settled(hand, claimant if wanted() else None)
            finally:
                is_asked_for = self._pace.stop_leading(claimant)
            if not (is_asked_for and wanted()):
                return IterationResponse(has_worked=worked)

    def relieve(self, hand: Hand) -> bool:
        """Settle what a long turn holds up, and give back what has not begun; called by another thread.

        The locks stay until the slot has done its long turn: each is of a claim that nobody makes again. Returns
        whether there was a turn in progress; else the slot goes on by itself.

        Raises:
            StorageError: all stays in hand, for a later call.
        """
        with hand.guard:
            current = hand.current
            if current is None:
                return False
            self._pace.depose(hand.by)
            self._take_away(hand)
            if current.in_hand:
                moved_on = self._claimant.moved_on(current.process, self._claimant.clock.now())
                self._repository.change(current.process.number, partial(_begun, moved_on))
            hand.relieved = True
        return True

    def _take_away(self, hand: Hand) -> None:
        """Settle the results and give back the rest, or leave both in hand; under the guard of the hand."""
        results, rest = hand.take_results(), hand.take_rest()
        changes = [*results, *(self._iterator.given_back(held) for held in rest)]
        if not changes:
            return
        try:
            settlement = self._repository.settle_hand(changes)
            reach("hand-relieved")
        except BaseException:
            hand.put_back(results, rest)
            raise
        _tell(settlement)

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
        self._settle(held, iteration.change)
        return IterationResponse(has_worked=iteration.has_worked, process_id=held.process.id)

    def _iterated(self, held: Held) -> Iteration:
        try:
            return self._iterator.iterate(held)
        except BaseException:  # Ctrl-C: nobody works on it any more, so it must be found stuck while we live on
            held.lock.release()
            raise

    def _done(
        self, hand: Hand, claimant: SlotClaimant, on_more: Callable[[], None], watch: Callable[[Hand], None] | None
    ) -> bool:
        """Do all that is in hand; says whether any of it was work.

        When that ends in the middle, what was done is kept and what has not begun given back.
        """
        try:
            if claimant.takes_several and watch is not None:
                watch(hand)
            if hand.more and not claimant.leads:
                on_more()
            worked = self._work_on(hand)
        except BaseException:
            self._give_up(hand)
            raise
        if claimant.takes_several:
            claimant.size.took(hand.size, hand.age())
        return worked

    def _work_on(self, hand: Hand) -> bool:
        worked = False
        while not self._abandon.is_set() and (picked := hand.next()) is not None:
            held = self._begun(hand, picked)
            began = time.perf_counter()
            iteration = self._iterator.iterate(held)
            seconds = iteration.seconds
            self._pace.took(
                held.process.code, held.process.step, time.perf_counter() - began if seconds is None else seconds
            )
            hand.finish(iteration.change)
            worked = worked or iteration.has_worked
        return worked

    def _begun(self, hand: Hand, picked: Held) -> Held:
        try:
            return self._claimant.begin(picked)
        except BaseException:
            with hand.guard:
                hand.put_back((), [picked])
            raise

    def _give_up(self, hand: Hand) -> None:
        """Leave a hand in the middle: only what was being done is to be found stuck, while we live on."""
        changes = self._taken_out(hand)
        try:
            if changes:
                self._written(changes, None)
        finally:
            hand.release()

    def _settled(self, hand: Hand, claimant: SlotClaimant | None) -> Hand:
        """Settle what was done and return the next hand, an empty one when there is none."""
        results = self._taken_out(hand)
        permission = None if claimant is None else self._permission()
        allowed = None if permission is None else claimant
        try:
            if results:
                return Hand(self._written(results, allowed).held, claimant)
            return Hand([] if allowed is None else self._repository.claim_hand(allowed), claimant)
        finally:
            if permission is not None:
                permission.release()
            hand.release()

    def _taken_out(self, hand: Hand) -> list[Change]:
        """Take out the results, and as given back what has not begun: a worker that gives up leaves some."""
        with hand.guard:
            results, rest, hand.current = hand.take_results(), hand.take_rest(), None
        return [*results, *(self._iterator.given_back(held) for held in rest)]

    def _settle(self, held: Held, change: Change) -> None:
        with held.lock:
            self._written([change], None)

    def _written(self, changes: Sequence[Change], claimant: HandClaimant | None) -> Settlement:
        """Write results, trying again while the database cannot be reached: their holds keep them ours."""
        pause = 0.05
        while True:
            try:
                settlement = self._repository.settle_hand(changes, claimant=claimant)
                reach("result-committed")
            except StorageNotReachable as error:
                _log.warning("%s", _waiting(changes, error))
                if self._abandon.wait(pause):
                    raise
                pause = min(pause * 2, LONGEST_PAUSE)
            except (DatabaseReplaced, NewerSchema):
                raise
            except Exception as error:
                if len(changes) == 1 and claimant is None:
                    raise
                _log.warning("results are written one by one, and nothing is claimed with them: %s", error)
                return self._written_alone(changes)
            else:
                return _tell(settlement)

    def _written_alone(self, changes: Sequence[Change]) -> Settlement:
        """Write each result by itself, because one of them, or the claim after them, spoils the others.

        Raises:
            Exception: of the last one that could not be written, when all others are.
        """
        failure: Exception | None = None
        for change in changes:
            try:
                self._written([change], None)
            except (DatabaseReplaced, NewerSchema, StorageNotReachable):
                raise
            except Exception as error:  # noqa: BLE001  # of one result: raised when the others are written
                _log.error("the result of %s cannot be written: %s", change.process.id, error)
                failure = error
        if failure is not None:
            raise failure
        return Settlement(held=[], fenced=[])

    def _permission(self) -> Lock | None:
        """Take the lock that lets a claimant pick, None when it may not: results are written anyway."""
        try:
            return self._locks.take(MANAGEMENT_PLACE, shared=True)
        except StorageError as error:
            _log.warning("nothing is claimed now: %s", error)
            return None

    @contextmanager
    def _management(self) -> Iterator[Lock | None]:
        lock = self._locks.take(MANAGEMENT_PLACE, shared=not self._exclusive)
        try:
            yield lock
        finally:
            if lock is not None:
                lock.release()


def _begun(begun: Process, process: Process) -> Change | None:
    """Show as running what was claimed ahead and turned out to be long, unless it was settled meanwhile."""
    is_settled = not process.handled or process.token != begun.token
    if is_settled or process.status is begun.status:
        return None
    running = process.changed(status=begun.status, started_at=begun.started_at)
    return Change(process=running, seen_token=process.token)


def _tell(settlement: Settlement) -> Settlement:
    for fenced in settlement.fenced:
        _log.warning("%s", fenced)
    return settlement


def _waiting(changes: Sequence[Change], error: StorageNotReachable) -> str:
    others = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"the result of {changes[0].process.id}{others} waits to be written: {error}"
