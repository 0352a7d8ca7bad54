"""What SQLite's refusals mean, as our errors: one line each, saying what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from jobboy.errors import (
    ForeignDatabase,
    StorageBusy,
    StorageError,
    StorageForbidden,
    StorageFull,
    StorageNotReachable,
)
from jobboy.storage.driver import driver
from jobboy.storage.lock_holders import in_words, writers

BUSY = 5
"""SQLite's code for: another program has the lock."""
READ_ONLY = 8
"""SQLite's code for: this connection may not write, and would have to."""
INTERRUPTED = 9
"""SQLite's code for: the statement was ended from outside."""
IO_ERROR = 10
"""SQLite's code for: the system could not read or write."""
FULL = 13
"""SQLite's code for: there is no room left where it writes."""


class translated:
    """Turn what the driver raises inside into `StorageError`.

    A class, because every transaction is inside of one: a generator takes four times as long.

    Args:
        path: of the file.
    """

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise ours for one of the driver's."""
        if error is not None and isinstance(error, driver().Error):
            raise meaning(error, self._path) from error


def code_of(error: BaseException) -> int:
    """Return SQLite's primary result code of a driver's error, 0 when it has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def meaning(error: BaseException, path: Path) -> StorageError:
    """Return the error of ours that says what a driver's error means for this file."""
    match code_of(error):
        case 5 | 6:
            return StorageBusy(f"{path} is being written by {_writer(path)} for too long: try again, or end it")
        case 13:
            return StorageFull(f"the disk or quota of {path} is full: free some space, work goes on by itself then")
        case 8:
            return StorageForbidden(f"{path} cannot be written: give this user the right to write it and its folder")
        case 14:
            return StorageForbidden(
                f"{path} cannot be opened: check that it, and its folder, can be read and written"
            )
        case 10:
            return StorageNotReachable(
                f"{path} cannot be read or written ({error}): check the disk and its free space"
            )
        case 11:
            return StorageError(f"{path} is damaged ({error}): stop all programs and go back to a backup")
        case 26:
            return ForeignDatabase(str(path), "it is no SQLite file")
    return StorageError(f"{path}: the database refused: {error}")


def _writer(path: Path) -> str:
    who = in_words(writers(path))
    return f"another program ({who})" if who else "another program"


def file_error(error: OSError, path: Path) -> StorageError:
    """Return the error of ours for what the system said about the file itself."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"the disk or quota of {path} is full: free some space")
    if error.errno == errno.ENOENT and path.is_symlink():
        return StorageNotReachable(f"{path} leads to {os.path.realpath(path)}, which is not there: mend the link")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return StorageNotReachable(f"folder {path.parent} does not exist: create it, or give another database URL")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageForbidden(f"{path} cannot be made or opened: {error.strerror}")
    return StorageNotReachable(f"{path} cannot be made or opened: {error.strerror}")
