"""The six statuses of a process and the moves between them (first seed document)."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from jobboy.errors import InvalidProcessStatus, StatusTransitionNotAllowed


class ProcessStatus(StrEnum):
    """Where a process is in its life; ``ProcessStatus("running")`` reads one from text.

    Raises:
        InvalidProcessStatus: for any other text; it is a ``ValueError`` too.
    """

    STARTING = "starting"
    RUNNING = "running"
    ENDING = "ending"
    COMPLETED = "completed"
    FAILING = "failing"
    FAILED = "failed"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise InvalidProcessStatus(value)

    def change(self, to: ProcessStatus) -> ProcessStatus:
        """Return `to` if a process may go there from here; staying is always allowed.

        Raises:
            StatusTransitionNotAllowed: naming both statuses; it is a ``ValueError`` too.
        """
        if not self.can_change(to):
            raise StatusTransitionNotAllowed(self.value, to.value)
        return to

    def can_change(self, to: ProcessStatus) -> bool:
        """Say whether `change` would accept `to`."""
        return to is self or to in MOVES[self]

    @property
    def is_active(self) -> bool:
        """True until the process is completed or failed."""
        return self not in _ENDED

    @property
    def is_evolving(self) -> bool:
        """True while begun work is to be brought to its end: running, ending, failing."""
        return self in _EVOLVING


_ENDED = (ProcessStatus.COMPLETED, ProcessStatus.FAILED)
_EVOLVING = (ProcessStatus.RUNNING, ProcessStatus.ENDING, ProcessStatus.FAILING)
MOVES: dict[ProcessStatus, frozenset[ProcessStatus]] = {
    ProcessStatus.STARTING: frozenset(
        {
            ProcessStatus.RUNNING,
            ProcessStatus.ENDING,
            ProcessStatus.COMPLETED,
            ProcessStatus.FAILING,
            ProcessStatus.FAILED,
        }
    ),
    ProcessStatus.RUNNING: frozenset(
        {ProcessStatus.ENDING, ProcessStatus.COMPLETED, ProcessStatus.FAILING, ProcessStatus.FAILED}
    ),
    ProcessStatus.ENDING: frozenset({ProcessStatus.COMPLETED, ProcessStatus.FAILING, ProcessStatus.FAILED}),
    ProcessStatus.FAILING: frozenset({ProcessStatus.FAILED}),
    ProcessStatus.COMPLETED: frozenset(),
    ProcessStatus.FAILED: frozenset(),
}
"""The whole table: from each status, where else a process may go. Nothing returns to starting."""
