"""The operating system's locks and the bell of one database: who is alive, and who is to wake up."""

from __future__ import annotations

import sys
from pathlib import Path

from jobboy.errors import InvalidValue
from jobboy.locks.ahead import AheadNotes
from jobboy.locks.bell import FileBell
from jobboy.locks.flock import FlockLocks
from jobboy.locks.lock_file import LockFile, refuse_network_file_system
from jobboy.locks.ofd import OfdLocks
from jobboy.ports import Bell, Locks

__all__ = ["open_bell", "open_locks"]


def open_locks(path: Path, *, kind: str | None = None) -> Locks:
    """Open the locks of the database that `path` lies next to; the file is created when it is not there.

    Args:
        path: the lock file, ``jobboy.db.lock``; never removed, so that all programs lock the same file.
        kind: ``ofd`` (byte ranges of the one file, the default on Linux) or ``flock`` (one file a place in the
            folder ``jobboy.db.locks``, the default elsewhere). All programs of one database use the same kind.

    Raises:
        InvalidValue: for another kind.
        StorageError: on a network file system, where locks cannot tell who is alive.
        StorageNotReachable: when the file cannot be created or opened.
    """
    refuse_network_file_system(path.parent)
    notes = AheadNotes(path.with_suffix(".ahead"))
    chosen = kind or ("ofd" if sys.platform == "linux" else "flock")
    if chosen == "ofd":
        return OfdLocks(LockFile(path), notes)
    if chosen == "flock":
        return FlockLocks(path.with_name(f"{path.name}s"), notes)
    raise InvalidValue("kind", f"must be ofd or flock, not {chosen!r}")


def open_bell(path: Path) -> Bell:
    """Return the bell of the database that `path` lies next to; rung and heard by all its programs.

    Args:
        path: the lock file, created when it is not there.

    Raises:
        StorageNotReachable: when the file cannot be created or opened.
    """
    return FileBell(LockFile(path))
