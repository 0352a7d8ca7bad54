"""Keeps what long turns say while they go on, so that others can read along and a killed worker leaves it behind."""

from __future__ import annotations

import logging

from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.turn_logs import log_so_far
from jobboy.errors import StorageError
from jobboy.ports import Clock, ProcessRepository

_log = logging.getLogger(__name__)

LOGS_INTERVAL = 1.0  # seconds between two looks at what turns in progress say


class LiveLogs:
    """Writes the logs of turns in progress, each only when it has grown.

    Args:
        iterator: of the worker.
        repository: the keeper of processes.
        clock: the present.
    """

    def __init__(self, iterator: ProcessIterator, repository: ProcessRepository, clock: Clock) -> None:
        self._iterator = iterator
        self._repository = repository
        self._clock = clock
        self._kept: dict[tuple[int, int], tuple[int, str]] = {}

    def keep(self) -> None:
        """Write what is new; a turn that ends meanwhile writes the whole of it with its result."""
        saying = self._iterator.saying()
        holds = {(process.number, process.token) for process, _ in saying}
        self._kept = {hold: kept for hold, kept in self._kept.items() if hold in holds}
        for process, capture in saying:
            log = log_so_far(process, capture, self._clock.now())
            hold = process.number, process.token
            if log is None or self._kept.get(hold) == (log.left_out, log.text):
                continue
            try:
                self._repository.keep_log(process.number, log)
            except StorageError as error:
                _log.warning("logs of turns in progress are not kept now: %s", error)
                return
            self._kept[hold] = log.left_out, log.text
