"""Databases for programmes that need many: made once, then copied, which takes a tenth of the time."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jobboy import bootstrap


@contextmanager
def new_database() -> Iterator[Path]:
    """Give the file of an empty database in a folder of its own, which is removed with it."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        path = Path(folder, "chaos.db")
        shutil.copy(empty_database(), path)
        yield path


@cache
def empty_database() -> Path:
    """Return the file that is copied."""
    folder = tempfile.mkdtemp(prefix="chaos-empty-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder, "empty.db")
    bootstrap.open_adapters(f"sqlite:///{path}", durability="normal").close()
    return path
