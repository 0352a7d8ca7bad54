"""Copies a database that others read and write meanwhile."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jobboy.storage.driver import connect, driver
from jobboy.storage.failures import FULL, code_of, meaning


def copy(path: Path, file: Path) -> None:
    """Copy a database, as it is at one moment, into an empty file.

    Nobody waits for it, but the write-ahead log cannot be emptied beyond that moment until it is done.

    Raises:
        StorageError: nothing useful is in the file.
    """
    try:
        with contextlib.closing(connect(path, read_only=True)) as reader:
            reader.execute("VACUUM INTO ?", (str(file),))
    except driver().Error as error:
        raise meaning(error, file if code_of(error) == FULL else path) from error
