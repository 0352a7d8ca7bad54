"""What a worker does for the database beside its work: sweeping, retention, and maintenance of the files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from jobboy.engine.process_iterator import IDLE
from jobboy.engine.registry import Registry
from jobboy.engine.sweep import Sweeper, sweep_safely
from jobboy.errors import StorageError
from jobboy.operations.door import Operations
from jobboy.ports import ProcessRepository
from jobboy.worker.ending import Ending
from jobboy.worker.parts import Part
from jobboy.worker.schema_watch import SchemaWatch
from jobboy.worker.step_watch import StepWatch

_log = logging.getLogger(__name__)

SWEEP_INTERVAL = 0.5  # seconds; a dead holder is promised to be seen within two, on a busy machine too
RETENTION_INTERVAL = 3600.0  # seconds
MAINTENANCE_INTERVAL = 60.0  # seconds
_LOOKED_BACK = 100
"""Events that a worker looks at when it begins: some may be told before it comes."""


class Housekeeping:
    """What cannot be done while the database does not answer is done at a later time.

    Args:
        repository, operations: of the database.
        sweeper: finds the stuck.
        registry: the handlers; stuck processes are offered to those of the handled case.
        channel: of the handlers that are asked.
        schema: says whether the database may still be written to.
        steps: of the worker; looked at with every sweep.
        ending: of the worker; what takes long is cut short by it.
    """

    def __init__(
        self,
        *,
        repository: ProcessRepository,
        operations: Operations,
        sweeper: Sweeper,
        registry: Registry,
        channel: str,
        schema: SchemaWatch,
        steps: StepWatch,
        ending: Ending,
    ) -> None:
        self._repository, self._operations = repository, operations
        self._sweeper = sweeper
        self._registry, self._channel = registry, channel
        self._schema = schema
        self._steps = steps
        self._ending = ending
        self._latest: datetime | None = None
        """What the clock showed at the last sweep."""
        self._has_pruned = False

    def parts(self) -> list[Part]:
        """Return what is done by the clock."""
        return [
            Part("sweeping", self.sweep, SWEEP_INTERVAL),
            Part("retention", lambda: self._prune(self._ending.asked.is_set), RETENTION_INTERVAL),
            Part("maintenance", self._maintain, MAINTENANCE_INTERVAL),
        ]

    def finish(self) -> None:
        """Do what a short life left no time for: where cron alone starts workers, nobody else would.

        A signal ends it after the batch at hand.
        """
        if not (self._has_pruned or self._ending.is_urgent) and self._schema.is_ours():
            self._prune(lambda: self._ending.is_urgent)

    def sweep(self) -> None:
        """Record dead holders, offer what they held to handlers of that case, and end steps that are to end."""
        if not self._schema.is_ours():
            return
        sweep_safely(self._sweeper)
        try:
            self._sweeper.offer(self._registry, self._channel)
        except StorageError as error:
            _log.warning("stuck processes are not offered now: %s", error)
        self._keep_turns()
        self._steps.look()

    def _keep_turns(self) -> None:
        """Let nobody wait in the queue for a clock that was put back since the last look, or while no worker was."""
        try:
            latest = self._latest or self._told_latest()
            now = self._operations.now()  # asked last: only a clock that was put back shows less
            if latest is not None and now < latest:
                self._repository.put_in_turn(idle=IDLE)
                _log.warning("the clock was put back: whoever was in the queue keeps being served first")
            self._latest = now
        except StorageError as error:
            _log.warning("the queue is not put in turn now: %s", error)

    def _told_latest(self) -> datetime | None:
        """Return the latest moment of the newest events: those after the clock was put back are not the latest."""
        return max((event.at for event in self._repository.events(newest=True, limit=_LOOKED_BACK)), default=None)

    def _prune(self, is_to_end: Callable[[], bool]) -> None:
        try:
            self._operations.prune(goes_on=lambda _removed: not is_to_end())
            self._has_pruned = not is_to_end()
        except StorageError as error:
            _log.warning("retention waits: %s", error)

    def _maintain(self) -> None:
        try:
            self._repository.maintain()
        except StorageError as error:
            _log.warning("maintenance waits: %s", error)
