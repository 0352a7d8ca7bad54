"""The app that is measured: work that does nothing, so that only the engine is left to measure."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from jobboy import JobBoy
from tests.benchmarks.payload import OUTPUT, STEPS, STORE

jobs = JobBoy()


def open_in(folder: Path) -> JobBoy:
    """Let the app work on a database in a folder."""
    jobs.database = f"sqlite:///{folder / 'jobboy.db'}"
    return jobs


def _do_nothing(_data: dict[str, Any]) -> dict[str, Any]:
    return OUTPUT


one = jobs.steps("one")
one.step(_do_nothing, name="only")

ten = jobs.steps("ten")
for position in range(STEPS):
    ten.step(_do_nothing, name=f"step-{position}")

isolated = jobs.steps("isolated")
isolated.step(_do_nothing, name="only", isolated=True)

wake = jobs.steps("wake")


@wake.step
def latency(data: dict[str, Any]) -> dict[str, Any]:
    """Return how long ago the process was started, by the clock that programs of one machine share."""
    return {"seconds": time.monotonic() - data["at"]}


@jobs.handler("long", status="starting")
def begin(process: Any) -> None:
    """Fill the store."""
    process.store["text"], process.store["n"] = STORE, 0
    process.run()


@jobs.handler("long", status="running")
def go_on(process: Any) -> None:
    """Count one iteration."""
    process.store["n"] += 1
    if process.store["n"] >= process.parameters["iterations"]:
        process.complete()
