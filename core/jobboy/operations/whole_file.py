"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobboy.errors import InvalidValue


@contextlib.contextmanager
def whole_file(name: str, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Give a file for its owner alone that gets its name, on disk, when the block ends well; else nothing stays.

    Raises:
        InvalidValue: it cannot be written, or there is one of this name and `overwrite` is not set.
    """
    with whole_path(name, overwrite=overwrite) as unfinished, unfinished.open("r+b") as file:
        yield file


@contextlib.contextmanager
def whole_path(name: str, *, overwrite: bool = False) -> Iterator[Path]:
    """Give an empty file as `whole_file` does, by its path: for what opens files itself."""
    path = _place(name, overwrite)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        try:
            yield unfinished
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _name(unfinished, path, overwrite)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _place(name: str, overwrite: bool) -> Path:
    if not name.strip() or "\0" in name:
        raise InvalidValue("output", "must be the name of a file")
    try:
        path = Path(name).expanduser().absolute()
    except RuntimeError as error:  # ~name of somebody who is not known here
        raise InvalidValue("output", f"{name} is no place: {error}") from error
    if path.exists() and not overwrite:
        raise InvalidValue("output", f"{path} exists already: choose another name")
    return path


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


def _cannot(path: Path, error: OSError) -> InvalidValue:
    if isinstance(error, FileExistsError):
        return InvalidValue("output", f"{path} exists already: choose another name")
    return InvalidValue("output", f"{path} cannot be written: {error.strerror}")
