"""The rooms behind the door: what people did, what turns said, and what the database looks like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.model.selection import Selection
from jobboy.operations import housekeeping
from jobboy.operations.context import Context
from jobboy.operations.results import Prunable


def _always(number: int) -> bool:
    return True


class House:
    """What is not about one process's state; each method may raise `StorageError`.

    Args:
        context: of the door it belongs to.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def audit(self, query: AuditQuery, *, before: int | None = None, limit: int = 100) -> AuditPage:
        """Return what people did below a number, newest first, to all processes and the database itself.

        An act is kept as long as its process. Of acts that are not all wanted a bounded number is looked at, so a
        page may hold few of them, or none, and still say where to go on.
        """
        return self._context.repository.audit(query, before=before, limit=limit)

    def prunable(
        self,
        selection: Selection,
        *,
        older_than: timedelta | None = None,
        goes_on: Callable[[int], bool] = _always,
    ) -> Prunable:
        """Find the ended, unhandled processes of a selection that ended `older_than` ago, or all; removes nothing.

        `goes_on` is told how many were found so far, again and again; False ends the search.
        """
        return housekeeping.prunable(self._context, selection, older_than=older_than, goes_on=goes_on)

    def prune(self, found: Prunable, *, goes_on: Callable[[int], bool] = _always) -> int:
        """Remove what `prunable` found, with steps and history, whatever their retention; returns how many.

        Batch by batch, each one transaction, which records who removed how many. What is handled by now stays.
        `goes_on` is told how many after each batch; False ends it there.

        Raises:
            Refused: read-only, or a guardrail forbids it.
        """
        return housekeeping.prune_found(self._context, found, goes_on)
