"""Other ways to run a step in a program of its own; neither keeps anything on disk."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from tests.benchmarks.payload import OUTPUT, PAYLOAD


def fork_each(_folder: Path, count: int) -> dict[str, float]:
    """Rate of steps with a fork for each, as RQ does it."""
    began = time.perf_counter()
    for _ in range(count):
        _forked()
    return {"steps": count / (time.perf_counter() - began)}


def _forked() -> object:
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sending, json.dumps(OUTPUT).encode())
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as answer:
        found: object = json.load(answer)
    os.waitpid(child, 0)
    return found


def pool(_folder: Path, count: int, *, workers: int, in_flight: int) -> dict[str, float]:
    """Rate of steps in the standard library's pool, with as many in flight as our worker has slots."""
    with ProcessPoolExecutor(workers) as executor:
        for _ in executor.map(_step, [PAYLOAD] * workers * 4):
            pass
        began = time.perf_counter()
        running: set[Future[dict[str, int]]] = set()
        for _ in range(count):
            if len(running) >= in_flight:
                running = wait(running, return_when=FIRST_COMPLETED).not_done
            running.add(executor.submit(_step, PAYLOAD))
        wait(running)
        return {"steps": count / (time.perf_counter() - began)}


def _step(_data: object) -> dict[str, int]:
    return OUTPUT
