"""Which copy of SQLite this program uses, for every database file it touches.

Two copies of SQLite in one program drop each other's file locks, so the choice is made once and everybody, tests
included, connects through `connect`.
"""

from __future__ import annotations

import functools
import importlib
import logging
import os
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

_FIRST_SAFE = (3, 51, 3)
_BACKPORTS = {(3, 50): 7, (3, 44): 6}
"""Older versions that got the repair, and since which patch."""

log = logging.getLogger("jobboy.storage")


@functools.cache
def driver() -> ModuleType:
    """Return the driver: Python's own, or the ``pysqlite3`` wheel where that is too old.

    Without the wheel, Python's own is used and a warning is logged, once.
    """
    if is_safe(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        log.warning(
            "SQLite %s can damage a database that several programs write (fixed in 3.51.3): "
            "install the pysqlite3 package, or a newer Python",
            sqlite3.sqlite_version,
        )
        return sqlite3


def is_safe(version: tuple[int, int, int]) -> bool:
    """Say whether this SQLite is free of the race between writers and a WAL file that begins anew."""
    return version >= _FIRST_SAFE or version[2] >= _BACKPORTS.get(version[:2], 1 << 30)


def connect(path: Path, *, read_only: bool = False, untouched: bool = False, timeout: float = 10.0) -> Any:
    """Open a connection that begins no transaction by itself and never creates the file.

    Args:
        path: of the file, absolute.
        read_only: it can write neither now nor later.
        untouched: nobody has the file open, so that it is read without locks and nothing is made beside it.
        timeout: seconds SQLite itself waits for another program.
    """
    mode = "ro" if read_only or untouched else "rw"
    return driver().connect(
        f"file:{quote(os.fsencode(path))}?mode={mode}{'&immutable=1' if untouched else ''}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )


def copy_into(connection: Any, file: Path) -> None:
    """Write a copy of what a connection reads, as it is at one moment, into an empty file."""
    connection.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(file),))  # as bytes: names need not be UTF-8
