"""Finds processes whose holder died: a loop of its own, so that recovery does not need what it recovers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.engine.registry import Registry
from jobboy.engine.turns import died, given_up, with_reason
from jobboy.errors import StorageError
from jobboy.failpoints import reach
from jobboy.model.events import EventKind, NewEvent, difference
from jobboy.model.process import CRASH_LIMIT, CrashPolicy, Process, ProcessSummary
from jobboy.model.status import ProcessStatus
from jobboy.ports import Bell, Change, Clock, Locks, ProcessRepository, process_place

_log = logging.getLogger(__name__)

LOADED = 50
"""Stuck processes whose documents are in memory at once: each may have four of a megabyte."""


class Sweeper:
    """Looks at every handled process; any program of the database may do so, and several at once.

    Args:
        repository: the keeper of processes.
        locks: of the same database; a handled process whose lock is free has a dead holder.
        clock: the present.
        bell: rung when a worker can go on with what was found.
        actor: written into the history.
    """

    def __init__(self, repository: ProcessRepository, locks: Locks, clock: Clock, bell: Bell, *, actor: str) -> None:
        self._repository = repository
        self._locks = locks
        self._clock = clock
        self._bell = bell
        self._actor = actor

    def sweep(self) -> list[Process]:
        """Record every dead holder that is not recorded yet; returns the processes as they were written.

        What its program had claimed ahead and not begun is released untouched: nothing died there.

        Each is judged anew inside its own transaction, so a holder that settled meanwhile is left alone, and
        each is recorded once whoever sweeps.
        """
        found = []
        for suspect in self._repository.handled():
            if suspect.stuck or self._is_held(suspect):
                continue
            written = self._repository.change(suspect.number, self._judge)
            if written is not None:
                reach("sweep-recorded")
                found.append(written)
        if any(process.rank is not None for process in found):
            self._bell.ring()
        return found

    def offer(self, registry: Registry, channel: str = DEFAULT_CHANNEL) -> int:
        """Let workers pick stuck processes that a handler of the handled case serves; returns how many."""
        stuck = [one for one in self._repository.handled() if one.stuck and not one.rescuable]
        numbers = [one.number for one in stuck if registry.may_take_up(one, channel)]
        offered = 0
        for first in range(0, len(numbers), LOADED):
            for process in self._repository.load(numbers[first : first + LOADED]):
                if process.stuck and _is_served(registry, process, channel):
                    offered += self._repository.change(process.number, _rescuable) is not None
        if offered:
            self._bell.ring()
        return offered

    def _is_held(self, process: ProcessSummary) -> bool:
        return self._locks.is_taken(process_place(process.number, process.token))

    def _judge(self, process: Process) -> Change | None:
        if not process.handled or process.stuck or self._is_held(process):
            return None
        reach("sweep-judged")
        now = self._clock.now()
        if self._locks.is_ahead(process_place(process.number, process.token)):
            return Change(process=never_begun(process, now), seen_token=process.token, actor=self._actor)
        after = after_holder_death(process, now).changed(updated_at=now)
        before, became = difference(process, after)
        event = NewEvent(
            kind=EventKind.STUCK,
            at=now,
            actor=self._actor,
            reason=None,
            step=process.step,
            attempt=process.attempt,
            before=before,
            after=became,
        )
        return Change(process=after, seen_token=process.token, events=(event,))


def after_holder_death(process: Process, now: datetime) -> Process:
    """Copy after its holder died: offered again, held for a handler or operator, or given up, by its policy."""
    cause = cause_of_death(process)
    reason = {"type": "HolderDied", "message": cause["message"], "traceback": None}
    marked = died(process, cause)
    if process.on_crash is CrashPolicy.HOLD:
        return marked.changed(stuck=True, rescuable=False)
    if process.on_crash is CrashPolicy.RECOVER and marked.crashes < CRASH_LIMIT:
        return marked.changed(stuck=True, rescuable=True)
    return given_up(with_reason(marked, reason), now).released(now)


def never_begun(process: Process, now: datetime) -> Process:
    """Copy of what a dead program had claimed ahead: as if it had not been, at its place in the queue."""
    untouched = process.released(now).changed(turn_at=min(process.turn_at, now))  # the clock may have been put back
    return untouched.changed(attempt=process.attempt - (process.status is not ProcessStatus.FAILING))


def cause_of_death(process: ProcessSummary) -> dict[str, Any]:
    """Say what is known: the lock is free, so the program is gone; how it went, only its parent was told."""
    host, _, rest = (process.handled_by or "?").partition(":")
    pid = rest.partition(":")[0]
    return {
        "kind": "holder died",
        "message": f"its worker {process.handled_by} ended without releasing it "
        "(kill -9, out of memory, a crash in a step that is not isolated, or power loss)",
        "worker": process.handled_by,
        "host": host,
        "pid": int(pid) if pid.isdigit() else None,
        "step": process.step,
        "attempt": process.attempt,
    }


def _is_served(registry: Registry, process: Process, channel: str) -> bool:
    try:
        return registry.find(process, channel) is not None
    except Exception:  # noqa: BLE001  # a `supports` is user code: what it raises must not keep the others waiting
        _log.warning("nobody can say whether stuck %s is served", process.id, exc_info=True)
        return False


def _rescuable(process: Process) -> Change | None:
    if not process.stuck or process.rescuable:
        return None
    return Change(process=process.changed(rescuable=True), seen_token=process.token)


def sweep_safely(sweeper: Sweeper) -> Sequence[Process]:
    """Sweep, and leave it to the next time when the database cannot be had now, or is not there."""
    try:
        return sweeper.sweep()
    except StorageError as error:
        _log.warning("no sweep for the stuck now: %s", error)
        return []
