"""Opens a demo: a database with real processes in it, and more to come for as long as it is open."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobboy.bootstrap import open_adapters, open_operations
from jobboy.demo.app import jobs
from jobboy.demo.programs import APP, worker_program
from jobboy.demo.supply import Supply
from jobboy.operations import Operations
from jobboy.storage import database_path

PACE = 5.0  # seconds
SLOTS = "3"


@dataclass(frozen=True)
class Demo:
    """A demo that is open."""

    database: str
    """URL of its database, absolute."""
    folder: Path
    """Where its processes keep their files; only its owner may look into it."""
    operations: Operations
    """Every verb and every list on its database."""
    app: str = APP
    """``MODULE:OBJECT``, what a worker of it is started with."""


@contextmanager
def open_demo(database: str | None = None, *, worker: bool = False, pace: float = PACE) -> Iterator[Demo]:
    """Open a demo; the first processes are there when the context is entered, one more is left stuck soon after.

    When the context is left every program it started has ended. A temporary database is removed then; one that was
    named stays, with its files beside it, and is gone on with the next time.

    Args:
        database: URL; None for a temporary one.
        worker: run a worker too, as a program of its own.
        pace: seconds between two new processes.

    Raises:
        StorageError: the database cannot be used.
    """
    with ExitStack() as closing:
        file, folder = _places(database, closing)
        url = f"sqlite:///{file}"
        adapters = open_adapters(url)
        closing.callback(adapters.close)
        operations = open_operations(adapters, jobs.registry)
        supply = Supply(operations, url, folder, pace=pace)
        supply.start_first()
        if worker:
            closing.enter_context(worker_program(url, folder, "--slots", SLOTS))
        closing.enter_context(_running(supply))
        yield Demo(url, folder, operations)


def _places(database: str | None, closing: ExitStack) -> tuple[Path, Path]:
    """Return the file of the database and the folder for all other files."""
    if database is None:
        # A worker of somebody else may still be writing its last lines there when it is removed.
        temporary = tempfile.TemporaryDirectory(prefix="jobboy-demo-", ignore_cleanup_errors=True)
        folder = Path(closing.enter_context(temporary))
        return folder / "demo.db", folder
    file = database_path(database)
    folder = file.with_name(f"{file.stem}-files")
    folder.mkdir(mode=0o700, exist_ok=True)
    return file, folder


@contextmanager
def _running(supply: Supply) -> Iterator[None]:
    thread = threading.Thread(target=supply.run, name="jobboy-demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        supply.end()
        thread.join()
