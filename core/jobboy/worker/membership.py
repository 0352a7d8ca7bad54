"""How a worker joins those that work on a database, and leaves them."""

from __future__ import annotations

import logging
import os

from jobboy.engine.registry import Registry
from jobboy.errors import StorageError
from jobboy.model.workers import WorkerInfo
from jobboy.operations.door import Operations
from jobboy.ports import Clock, Lock, Locks, ProcessRepository, worker_place
from jobboy.system import host, version

_log = logging.getLogger(__name__)


class Membership:
    """A row that says what the worker is, and a lock that shows it alive.

    Args:
        worker_id: the id it claims with.
        slots: how many it has.
        channel: whose codes it tells.
        registry: its definitions and schedules; the database's are brought up to them.
        repository, locks, clock, operations: of the database.
    """

    def __init__(
        self,
        worker_id: str,
        *,
        slots: int,
        channel: str,
        registry: Registry,
        repository: ProcessRepository,
        locks: Locks,
        clock: Clock,
        operations: Operations,
    ) -> None:
        self._worker_id, self._slots, self._channel = worker_id, slots, channel
        self._registry = registry
        self._repository, self._locks, self._clock = repository, locks, clock
        self._operations = operations
        self._info: WorkerInfo | None = None
        self._alive: Lock | None = None

    @property
    def has_joined(self) -> bool:
        """Whether it has ever joined."""
        return self._info is not None

    def join(self) -> None:
        """Leave the definitions for others, bring schedules up to theirs, and be alive.

        Raises:
            StorageError: the database cannot be written.
        """
        self._repository.remember(
            [record for code in self._registry.codes() if (record := self._registry.record(code))]
        )
        self._operations.define_schedules(self._registry.schedules())
        self._info = self._repository.add_worker(self._describe())
        self._alive = self._locks.take(worker_place(self._info.number))

    def leave(self, *, tell: bool) -> None:
        """Be alive no longer; that it ended in order is not written where the database cannot be had any more.

        Args:
            tell: write that it has ended in order; False where nothing may be written.
        """
        try:
            if tell and self._info is not None:
                self._repository.end_worker(self._info.number, at=self._clock.now())
        except StorageError as error:
            _log.warning("the worker ends, and cannot tell it: %s", error)
        if self._alive is not None:
            self._alive.release()

    def _describe(self) -> WorkerInfo:
        return WorkerInfo(
            number=0,
            id=self._worker_id,
            host=host(),
            pid=os.getpid(),
            slots=self._slots,
            codes=tuple(self._registry.codes_for(self._channel) or ()),
            started_at=self._clock.now(),
            version=version(),
        )
