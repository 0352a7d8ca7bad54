"""Keeps processes in an SQL database: SQLite now, with room for others beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobboy.ports import Clock, Locks
from jobboy.storage.urls import database_path, display_url

if TYPE_CHECKING:
    from jobboy.storage.repository import SqlProcessRepository

__all__ = ["database_path", "display_url", "open_repository"]


def open_repository(
    url: str, *, durability: str = "full", clock: Clock, locks: Locks | None = None
) -> SqlProcessRepository:
    """Open the repository of a database; a file that is not there, or is older than this program, is made ready.

    Any number of programs may open a new file at once: one of them makes the tables, the others wait for it.

    Args:
        url: such as ``sqlite:///jobboy.db``.
        durability: ``full``, what was written survives a loss of power; ``normal``, it survives the death of
            programs, and a loss of power may take the last moments.
        clock: tells whose waiting is over.
        locks: the locks of the same database; they keep programs from upgrading it at the same time.

    Raises:
        InvalidValue: the URL or the durability cannot be used.
        NewerSchema, ForeignDatabase: as their names say; the file is left as it is.
        StorageNotReachable: the file cannot be opened or made.
    """
    from jobboy.storage.repository import SqlProcessRepository
    from jobboy.storage.sqlite import SqliteDatabase

    return SqlProcessRepository(SqliteDatabase(database_path(url), durability=durability, locks=locks), clock=clock)
