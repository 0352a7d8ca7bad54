"""Copies a database that others read and write meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from jobboy.errors import StorageError, StorageNotReachable
from jobboy.model.selection import UNLIMITED
from jobboy.storage.driver import connect, copy_into, driver
from jobboy.storage.failures import FULL, IO_ERROR, code_of, meaning
from jobboy.storage.sqlite import SqliteDatabase
from jobboy.storage.watch import Watch


def copy(database: SqliteDatabase, file: Path) -> None:
    """Copy a database, as it is at one moment, into an empty file.

    Nobody waits for it, but the write-ahead log cannot be emptied beyond that moment until it is done. What a signal
    raises ends it at once.

    Raises:
        DatabaseReplaced: there is another file in its place.
        StorageError: nothing useful is in the file.
        OSError: no room is left for the file.
    """
    with database.read():  # refuses another file, and a fork; its own connection may not write, not even a copy
        try:
            with contextlib.closing(connect(database.path, read_only=True)) as reader, Watch(UNLIMITED).over(reader):
                copy_into(reader, file)
        except driver().Error as error:
            if code_of(error) == FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            raise _meaning(error, database.path, file.parent) from error


def _meaning(error: Exception, path: Path, folder: Path) -> StorageError:
    if code_of(error) == IO_ERROR:  # SQLite does not say of which of the two
        return StorageNotReachable(
            f"{path} cannot be read, or no copy of it written in {folder} ({error}): check disks and limits"
        )
    return meaning(error, path)
