"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobboy.errors import InvalidValue, JobBoyError, StorageFull

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OF_DATABASE = re.compile(r"(-wal|-shm|-journal|\.ahead|\.locks?)?")
"""What follows the name of a database in the names of its own files."""


@contextlib.contextmanager
def whole_file(name: str, *, overwrite: bool = False, database: str | None = None) -> Iterator[IO[bytes]]:
    """Give a file for its owner alone that gets its name, on disk, when the block ends well; else nothing stays.

    Args:
        name: of the file.
        overwrite: replace one that is there.
        database: URL of the one that is written from, none of whose own files is replaced or made.

    Raises:
        InvalidValue: it cannot be written, there is one of this name and `overwrite` is not set, or the name belongs
            to the database.
        StorageFull: no room is left for it.
    """
    with whole_path(name, overwrite=overwrite, database=database) as unfinished, unfinished.open("r+b") as file:
        yield file


@contextlib.contextmanager
def whole_path(
    name: str, *, overwrite: bool = False, database: str | None = None, field: str = "output"
) -> Iterator[Path]:
    """Give an empty file as `whole_file` does, by its path: for what opens files itself.

    What is wrong with the name is said of `field`.
    """
    path = _place(name, field)
    _refuse_files_of(database, path, field)
    if path.exists() and not overwrite:
        raise _exists(path, field)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _cannot(path, field, error) from error
    try:
        try:
            yield unfinished
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _name(unfinished, path, overwrite)
    except FileExistsError as error:
        raise _exists(path, field) from error
    except OSError as error:
        raise _cannot(path, field, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _place(name: str, field: str) -> Path:
    if not name.strip() or "\0" in name:
        raise InvalidValue(field, "must be the name of a file")
    try:
        return Path(name).expanduser().absolute()
    except RuntimeError as error:  # ~name of somebody who is not known here
        raise InvalidValue(field, f"{name} is no place: {error}") from error


def _refuse_files_of(database: str | None, path: Path, field: str) -> None:
    """Refuse the database, and names that SQLite or a lock gives to files beside it, also where there are none."""
    _, is_file, place = (database or "").partition("sqlite:///")
    for known in {os.path.abspath(place), os.path.realpath(place)} if is_file else ():
        folder, name = os.path.split(known)
        is_beside = os.path.realpath(path.parent) == os.path.realpath(folder)
        if is_beside and path.name.startswith(name) and _OF_DATABASE.fullmatch(path.name, len(name)):
            raise InvalidValue(field, f"{path} belongs to the database {known}: choose another name")


def _name(unfinished: Path, path: Path, overwrite: bool) -> None:
    """Give the file its name; another one that came meanwhile is not touched."""
    if overwrite:
        os.replace(unfinished, path)
        return
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.rename(unfinished, path)


def _exists(path: Path, field: str) -> InvalidValue:
    return InvalidValue(field, f"{path} exists already: choose another name")


def _cannot(path: Path, field: str, error: OSError) -> JobBoyError:
    if error.errno in _NO_ROOM:  # nothing is wrong with the name
        return StorageFull(f"{path} cannot be written: {error.strerror}: free some space")
    return InvalidValue(field, f"{path} cannot be written: {error.strerror}")
