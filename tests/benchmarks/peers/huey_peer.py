"""Huey on SQLite: WAL, its ``fsync`` on, one worker thread, as its documentation shows it.

It removes a task from the queue before it executes it: one that is killed meanwhile is lost.
"""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.payload import OUTPUT, PAYLOAD, STEPS
from tests.benchmarks.programs import READY, serving, wait_until
from tests.benchmarks.sampling import gaps, in_milliseconds

LONGEST = 1800.0  # seconds


class _App:
    """A queue in a folder, with the tasks that are measured."""

    def __init__(self, folder: Path) -> None:
        huey: Any = importlib.import_module("huey")
        self.queue = huey.SqliteHuey("benchmark", filename=str(folder / "huey.db"), fsync=True)
        self.only = self.queue.task(name="only")(lambda _data: OUTPUT)
        self.latency = self.queue.task(name="latency")(lambda at: time.monotonic() - at)

    def results(self) -> int:
        return int(self.queue.result_count())


def enqueue(folder: Path, count: int) -> dict[str, float]:
    """Rate of enqueuing one by one."""
    app = _App(folder)
    began = time.perf_counter()
    for _ in range(count):
        app.only(PAYLOAD)
    return {"one by one": count / (time.perf_counter() - began)}


def execute(folder: Path, count: int) -> dict[str, float]:
    """Rate of tasks executed, with their results kept."""
    app = _App(folder)
    for _ in range(count):
        app.only(PAYLOAD)
    return {"steps": _consume(app, count)}


def execute_ten(folder: Path, count: int) -> dict[str, float]:
    """Rate of tasks in pipelines of ten, the result of one the argument of the next."""
    app = _App(folder)
    for _ in range(count):
        pipeline = app.only.s(PAYLOAD)
        for _ in range(STEPS - 1):
            pipeline = pipeline.then(app.only)
        app.queue.enqueue(pipeline)
    return {"steps": _consume(app, count * STEPS)}


def _consume(app: _App, count: int) -> float:
    """Let the consumer work until there are so many results, and return its rate."""
    consumer = app.queue.create_consumer()
    began = time.perf_counter()
    consumer.start()
    wait_until(lambda: app.results() >= count, LONGEST)
    rate = count / (time.perf_counter() - began)
    consumer.stop(graceful=True)
    return rate


def serve(folder: Path, _count: int) -> dict[str, float]:
    """Run the consumer until it is ended."""
    consumer = _App(folder).queue.create_consumer()
    (folder / READY).touch()
    consumer.run()
    return {}


def wake(folder: Path, count: int) -> dict[str, float]:
    """Time from enqueuing to the first line of the task, in an idle consumer of another program."""
    app = _App(folder)
    with serving("peers.huey_peer:serve", folder):
        waited = []
        for gap in gaps(count):
            time.sleep(gap)
            waited.append(app.latency(time.monotonic())(blocking=True, timeout=30))
    return in_milliseconds(waited)
