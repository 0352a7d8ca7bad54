"""Programs forked off one that has imported everything: at work after some 30 ms, so that thousands can be killed."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import sys
import time
from multiprocessing.process import BaseProcess
from typing import Any

from jobboy import JobBoy
from jobboy.errors import StorageError
from jobboy.storage import sqlite
from tests.integration.apps import signs
from tests.integration.worker_programs import PATIENCE, Site

LIFETIME = 600.0
"""Seconds after which a worker ends by itself: nothing is left behind when the program that forked it is killed."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [__name__, "jobboy.locks", "jobboy.runners", "jobboy.worker.worker", "tests.integration.apps.trails"]
)


def fork_worker(site: Site, *, busy_seconds: float = sqlite.BUSY_SECONDS, **settings: Any) -> BaseProcess:
    """Start a worker of a site in a program of its own; returns at once.

    Args:
        site: to work on.
        busy_seconds: how long its writes wait for other programs.
        settings: of `jobboy.worker.WorkerSettings`.
    """
    return _started(_work, site, {"timeout": LIFETIME, **settings}, busy_seconds)


def fork_sweeper(site: Site) -> BaseProcess:
    """Start a program that does nothing but sweep, as a console without a worker does.

    It leaves the sign ``stumbled-PID`` when the database refuses, and goes on.
    """
    return _started(_sweep, site, site.folder)


def kill(program: BaseProcess) -> None:
    """End a program with kill -9; it is gone when this returns."""
    program.kill()
    program.join(PATIENCE)


def end(program: BaseProcess) -> int | None:
    """Ask a program to end in order and return its exit code."""
    program.terminate()
    program.join(PATIENCE)
    return program.exitcode


def _started(act: Any, site: Site, *arguments: Any) -> BaseProcess:
    program = _context.Process(target=act, args=(site.app, site.database, *arguments), daemon=True)
    program.start()
    return program


def _jobs(app: str, database: str) -> JobBoy:
    module, _, name = app.partition(":")
    jobs = getattr(importlib.import_module(module), name)
    assert isinstance(jobs, JobBoy)
    jobs.database = database
    return jobs


def _work(app: str, database: str, settings: dict[str, Any], busy_seconds: float) -> None:
    logging.getLogger().addHandler(logging.NullHandler())  # it is disturbed on purpose: what counts is what it writes
    sqlite.BUSY_SECONDS = busy_seconds
    sys.exit(_jobs(app, database).worker(**settings).run())


def _sweep(app: str, database: str, folder: str) -> None:
    operations = _jobs(app, database).operations(f"operator:sweeper-{os.getpid()}@here")
    end = time.monotonic() + LIFETIME
    while time.monotonic() < end:
        try:
            operations.sweep()
        except StorageError:
            signs.leave(folder, f"stumbled-{os.getpid()}")
        time.sleep(0.001)
