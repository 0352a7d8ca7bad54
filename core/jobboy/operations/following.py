"""Follows one process to its end, iterating it here when nobody else would."""

from __future__ import annotations

import time
from datetime import timedelta

from jobboy.engine.iteration_maker import IterationMaker
from jobboy.model.process import Process
from jobboy.operations.door import Operations
from jobboy.ports import Listener

LOOK = 0.1  # seconds between two looks at a process that somebody else works on
WORKERS = 1.0  # seconds between two looks whether a worker has come or gone


def follow(
    operations: Operations,
    maker: IterationMaker,
    listener: Listener,
    process_id: str,
    code: str,
    timeout: timedelta | None,
) -> Process:
    """Return the process when it has ended or paused.

    Where no worker serves it, nobody else may look for dead holders either: it is swept here, as a worker would.

    Raises:
        TimeoutError: it is not done in time; it stays as it is and can be worked on.
    """
    end = None if timeout is None else time.monotonic() + timeout.total_seconds()
    served, looked = False, float("-inf")
    while True:
        process = operations.get(process_id)
        if not process.status.is_active or process.paused:
            return process
        if end is not None and time.monotonic() >= end:
            raise TimeoutError(f"{code} {process_id} was not done within {timeout}; it is {process.status}")
        if time.monotonic() - looked > WORKERS:
            served, looked = _is_served(operations, code), time.monotonic()
            if not served:
                operations.sweep()
        if served or not maker.work().has_worked:
            listener.wait(LOOK)


def _is_served(operations: Operations, code: str) -> bool:
    return any(worker.alive and (not worker.codes or code in worker.codes) for worker in operations.workers())
