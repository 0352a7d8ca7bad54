"""Ends isolated steps whose process was killed or taken away while they run."""

from __future__ import annotations

import logging

from jobboy.engine.process_iterator import ProcessIterator
from jobboy.errors import StorageError
from jobboy.model.process import ProcessSummary
from jobboy.ports import Held, ProcessRepository, StepRunner

_log = logging.getLogger(__name__)


class StepWatch:
    """Compares what a worker has in hand with what the database says of it.

    Args:
        iterator: of the worker.
        repository: the keeper of processes.
        runner: of isolated steps.
    """

    def __init__(self, iterator: ProcessIterator, repository: ProcessRepository, runner: StepRunner) -> None:
        self._iterator = iterator
        self._repository = repository
        self._runner = runner

    def look(self) -> None:
        """End the steps whose process was killed or taken away; reads nothing while none is in hand."""
        watched = self._iterator.in_hand()
        if not watched:
            return
        try:
            rows = {row.number: row for row in self._repository.handled()}
        except StorageError as error:
            _log.warning("kills are not seen now: %s", error)
            return
        for held in watched:
            why = _order_to_end(held, rows.get(held.process.number))
            if why is not None and held in self._iterator.in_hand():
                self._end(held, why)

    def end_all(self, why: str) -> None:
        """End every isolated step that runs."""
        for held in self._iterator.in_hand():
            self._end(held, why)

    def _end(self, held: Held, why: str) -> None:
        self._runner.stop(held.process.number, held.process.token, why)


def _order_to_end(held: Held, row: ProcessSummary | None) -> str | None:
    if row is None or row.token != held.process.token:
        return "its process was taken away by an operator"
    if row.kill_requested and not held.process.kill_requested:
        return "its process was killed by an operator"
    return None
