"""Who claims: a worker, one process at a time, and its slots, which may take several in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.engine.pace import HandSize, Pace
from jobboy.engine.registry import Registry
from jobboy.errors import StorageNotReachable
from jobboy.failpoints import reach
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import Bundle, Clock, Held, Lock, Locks, process_place

GRACE = timedelta(seconds=5)
"""Beyond the limit of a step before its living holder counts as stalled."""


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
        place = place_of_claim(candidate)
        lock = self.locks.take(place)
        if lock is None:
            return None
        reach("lock-taken")
        self.locks.mark_begun(place)  # of a program that died before it wrote its claim
        now = self.clock.now()
        return Held(before=candidate, process=self.moved_on(self.limited(candidate, now), now), lock=lock)

    def begin(self, held: Held) -> Held:
        """Return what was claimed ahead as begun; from here on its holder's death counts as a crash.

        Raises:
            StorageNotReachable: when the note cannot be taken back.
        """
        if not held.in_hand:
            return held
        now = self.clock.now()
        since: dict[str, Any] = {}
        if held.ahead:
            self.locks.mark_begun(process_place(held.process.number, held.process.token))
            reach("note-erased")
            since["handled_at"] = now  # the others of its hand were done since it was claimed
        process = self.moved_on(held.process, now, **since)
        if process is held.process:
            return held
        return Held(
            before=held.before,
            process=process,
            lock=held.lock,
            more=held.more,
            ahead=held.ahead,
            in_hand=True,
            plain=held.plain,
            claimed=held.process,
        )

    def moved_on(self, claimed: Process, now: datetime, **others: Any) -> Process:
        """Copy of a pipeline's process that begins, running from its first step on, and with other changes.

        Where a handler may be asked before the pipeline, it is moved when the pipeline is found to serve it.
        """
        to = ProcessStatus.RUNNING if self._begins(claimed) else claimed.status
        return claimed.moved(to, now, **others)

    def _begins(self, claimed: Process) -> bool:
        if claimed.status is not ProcessStatus.STARTING or claimed.kill_requested:
            return False
        return self.registry.is_begun_by_pipeline(claimed.code)

    def limited(self, candidate: Process, now: datetime) -> Process:
        """Copy as claimed, with the moments that its definition limits it to."""
        claimed = candidate.claimed(self.worker_id, now)
        definition = self.registry.definition(candidate.code)
        if definition is None:
            return claimed
        if definition.timeout is not None and claimed.timeout_at is None:
            claimed = claimed.changed(timeout_at=now + definition.timeout)
        step = definition.step(claimed.step)
        limit = None if step is None else step.timeout
        if limit is None and claimed.timeout_at is None:
            return claimed
        return claimed.changed(deadline_at=_deadline(now, limit, claimed.timeout_at))


class SlotClaimant:
    """Claims for one slot: one process, or a hand of those whose turns are known to be short.

    Args:
        claimant: of the worker.
        pace: what its slots have learned.
        several: False where nobody would look after a hand that is held up.
    """

    def __init__(self, claimant: WorkerClaimant, pace: Pace, *, several: bool) -> None:
        self._claimant = claimant
        self._pace = pace
        self._several = several
        self._bundle: Bundle | None = None
        self._now = claimant.clock.now()
        self.leads = False
        """Whether what was claimed last is short, and all that is short in this program is this slot's."""
        self.takes_several = False
        """Whether what was claimed last is short: done here, by the one slot that leads, or in a child program."""

    @property
    def codes(self) -> Sequence[str] | None:
        """The codes of the worker."""
        return self._claimant.codes

    @property
    def limit(self) -> int:
        """How many are taken at once: one alone, unless it is short."""
        return self.size.limit if self.takes_several else 1

    @property
    def size(self) -> HandSize:
        """How large hands of the kind are that was claimed last."""
        return self._pace.here if self.leads else self._pace.elsewhere

    def wants(self, candidate: Process, in_hand: int) -> bool:
        """Say whether to claim a candidate: short ones if this slot leads or a child does them, others alone."""
        short = self._several and self._is_short(candidate)
        elsewhere = self._is_isolated(candidate)
        if in_hand:
            return short and self.takes_several and (self.leads or elsewhere)
        self.leads = short and not elsewhere and self._pace.lead(self)
        self.takes_several = short and (self.leads or elsewhere)
        if elsewhere or not short:  # it waits or may take long: whatever is short meanwhile is another slot's
            self._pace.stop_leading(self)
        return self.takes_several or not short

    def claim(self, candidate: Process) -> Held | None:
        """Claim what is begun at once."""
        if not self.takes_several:
            return self._claimant.claim(candidate)
        self._bundle, self._now = None, self._claimant.clock.now()
        place = place_of_claim(candidate)
        lock = self._lock(candidate, place)
        if lock is None:
            return None
        try:
            reach("lock-taken")
            self._claimant.locks.mark_begun(place)
        except BaseException:
            lock.release()
            raise
        return self._held(candidate, lock, ahead=False)

    def claim_ahead(self, candidate: Process) -> Held | None:
        """Claim what begins later, if this can be noted; else nothing more is wanted."""
        place = place_of_claim(candidate)
        if not self._claimant.locks.mark_ahead(place):
            self._several = False
            return None
        lock = self._lock_of_company(candidate, place)
        if lock is None:
            self._claimant.locks.mark_begun(place)  # whoever has it may have begun
            return None
        reach("claim-noted")
        return self._held(candidate, lock, ahead=True)

    def _lock_of_company(self, candidate: Process, place: int) -> Lock | None:
        """Take a place, if the machine has locks left: what is in hand needs no company to be settled."""
        try:
            return self._lock(candidate, place)
        except StorageNotReachable:
            self._several = False
            return None

    def _lock(self, candidate: Process, place: int) -> Lock | None:
        """Take a place: by itself if a child program is to be handed it, which must not keep the others held."""
        return self._claimant.locks.take(place) if self._is_isolated(candidate) else self._bundled(place)

    def _bundled(self, place: int) -> Bundle | None:
        bundle, is_taken = self._bundle or self._claimant.locks.bundle(), False
        try:
            is_taken = bundle.take(place)
        finally:
            if not is_taken and self._bundle is None:
                bundle.release()
        if not is_taken:
            return None
        self._bundle = bundle
        return bundle

    def _held(self, candidate: Process, lock: Lock, *, ahead: bool) -> Held:
        process = self._claimant.limited(candidate, self._now)
        is_plain = process.deadline_at is None
        return Held(before=candidate, process=process, lock=lock, ahead=ahead, in_hand=True, plain=is_plain)

    def _is_isolated(self, candidate: Process) -> bool:
        definition = self._claimant.registry.definition(candidate.code)
        step = None if definition is None else definition.step(candidate.step)
        return step is not None and step.isolated

    def _is_short(self, candidate: Process) -> bool:
        """Say whether a turn will be short as far as is known; after a crash or a kill nothing is."""
        if candidate.crashes or candidate.handled or candidate.kill_requested or candidate.timeout_at is not None:
            return False
        if candidate.status is ProcessStatus.FAILING:
            return False
        definition = self._claimant.registry.definition(candidate.code)
        if definition is None or definition.timeout is not None:
            return False
        step = definition.step(candidate.step)
        if step is not None and step.timeout is not None and not step.isolated:
            return False
        return self._pace.is_short(candidate.code, candidate.step)


def place_of_claim(candidate: Process) -> int:
    """Return the place that whoever claims this candidate next locks."""
    return process_place(candidate.number, candidate.token + 1)


def _deadline(now: datetime, limit: timedelta | None, timeout_at: datetime | None) -> datetime | None:
    moments = [moment for moment in (None if limit is None else now + limit, timeout_at) if moment is not None]
    return min(moments) + GRACE if moments else None


def make_claimant(
    registry: Registry, locks: Locks, clock: Clock, worker_id: str, channel: str = DEFAULT_CHANNEL
) -> WorkerClaimant:
    """Return the claimant of a worker for the codes that handlers of a channel serve."""
    return WorkerClaimant(registry, locks, clock, worker_id, registry.codes_for(channel))
