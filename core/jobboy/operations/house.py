"""The rooms behind the door: what people did, what turns said, and what the database looks like."""

from __future__ import annotations

from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.operations.context import Context


class House:
    """Reads about a database that are not about one process's state; each may raise `StorageError`.

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
