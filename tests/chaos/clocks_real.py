"""F7 with a real worker: the clock of its machine is set while it watches over the processes of others."""

from __future__ import annotations

import mmap
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from jobboy import JobBoy, bootstrap
from jobboy.bootstrap import Adapters
from jobboy.engine.claimants import make_claimant
from jobboy.engine.handled_process import HandledProcess
from jobboy.ports import Held, worker_place
from tests.chaos import shims
from tests.chaos.databases import new_database

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds after which a dead holder counts as never seen."""
_ERROR = struct.Struct("=q")

jobs = JobBoy()
"""Its code is not known to the worker, which watches over it all the same."""


@jobs.handler("held", status="starting")
def hold(process: HandledProcess) -> None:
    """Never called: the process is claimed and left."""


def seconds_until_seen(jumps: Sequence[timedelta]) -> list[float]:
    """Set a worker's clock, let a holder die, and return how long the worker took to see it, for each jump.

    A holder that lives is left alone through all of them.

    Raises:
        AssertionError: the living one was not left alone.
        NoCompiler: nothing can be set here.
    """
    with new_database() as path, closing(bootstrap.open_adapters(f"sqlite:///{path}")) as adapters:
        living = _claimed(adapters)
        with _worker_with_clock(path, adapters) as clock, living.lock:
            found = [_seen_after(adapters, clock, jump) for jump in jumps]
            kept = adapters.repository.get(living.process.id)
            assert kept is not None
            assert kept.handled
            assert (kept.stuck, kept.token) == (False, living.process.token)
            return found


def _seen_after(adapters: Adapters, clock: mmap.mmap, jump: timedelta) -> float:
    held = _claimed(adapters)
    clock[:] = _ERROR.pack(_ERROR.unpack(clock[:])[0] + int(jump.total_seconds() * 1e9))
    time.sleep(1.0)  # so that what it does at intervals has come once by the new clock
    held.lock.release()
    died = time.monotonic()
    _await(lambda: _is_recorded_as_stuck(adapters, held))
    return time.monotonic() - died


def _is_recorded_as_stuck(adapters: Adapters, held: Held) -> bool:
    process = adapters.repository.get(held.process.id)
    return process is not None and process.stuck


def _claimed(adapters: Adapters) -> Held:
    bootstrap.open_operations(adapters, jobs.registry).start("held")
    claimant = make_claimant(jobs.registry, adapters.locks, adapters.clock, "test:1:0000000a")
    held = adapters.repository.claim(claimant)
    assert held is not None
    return held


def _await(look: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return seen


@contextmanager
def _worker_with_clock(path: Path, adapters: Adapters) -> Iterator[mmap.mmap]:
    """Run a worker of another app; gives the error of its clock, eight bytes of nanoseconds."""
    shim, error = shims.build(Path(__file__).with_name("clock_jump.c"), path.parent), path.with_name("clock-error")
    error.write_bytes(_ERROR.pack(0))
    environment = {
        **os.environ,
        "LD_PRELOAD": str(shim),
        "JOBBOY_CLOCK_ERROR": str(error),
        "JOBBOY_DATABASE_URL": f"sqlite:///{path}",
        "JOBBOY_APP": "tests.chaos.power_app:jobs",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "jobboy", "work"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(
            lambda: any(adapters.locks.is_taken(worker_place(one.number)) for one in adapters.repository.workers())
        )
        with error.open("r+b") as file, mmap.mmap(file.fileno(), _ERROR.size) as clock:
            yield clock
    finally:
        worker.kill()
        worker.wait()
