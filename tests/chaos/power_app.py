"""The programs whose power is cut: each writes down what it was told is durable, at the moment it was told.

Usage: ``python -m tests.chaos.power_app starter|operator|opener``; the database is ``$JOBBOY_DATABASE_URL``. Lines:
``started ID``, ``recorded ID STEP``, ``answered ID``, ``seen SEQ`` (an event that a reader was shown).
"""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import cache
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import StepProcess
from jobboy.errors import Refused
from jobboy.model.selection import Selection

ACKS, DURABILITY = "JOBBOY_POWER_ACKS", "JOBBOY_POWER_DURABILITY"
STEPS = {"trail": ("a", "b", "c"), "asking": ("ask", "use")}
MOST_ACTIVE = 150
"""Processes that starters let wait for the workers, so that steps are cut too and not only starts."""

jobs = JobBoy(durability=os.environ.get(DURABILITY, "full"))
trail, asking = jobs.steps("trail"), jobs.steps("asking")


@trail.step
def a(data: dict[str, Any]) -> dict[str, Any]:
    return {"a": 1}


@trail.step
def b(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    acknowledge(f"recorded {process.id} a")
    process.store["b"] = "x" * 500
    return {**data, "b": 2}


@trail.step
def c(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    acknowledge(f"recorded {process.id} b")
    return {**data, "c": 3}


@asking.step(interrupts=True)
def ask(data: dict[str, Any]) -> dict[str, Any]:
    return {"question": "how many?"}


@asking.step
def use(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    acknowledge(f"recorded {process.id} ask")
    return {"used": data["answer"]}


def acknowledge(*lines: str) -> None:
    """Write down what is durable now; nothing where nobody asks for it."""
    if ACKS in os.environ:
        os.write(_acks(), "".join(f"{line}\n" for line in lines).encode())


@cache
def _acks() -> int:
    return os.open(os.environ[ACKS], os.O_WRONLY | os.O_APPEND)


def _start_one_by_one() -> None:
    """One thread of a starter; several share commits."""
    for number in range(1_000_000):
        acknowledge(f"started {jobs.start('asking' if number % 5 == 0 else 'trail')}")
        if number % 20 == 0:
            acknowledge(*(f"started {one}" for one in jobs.start_many([("trail", {"n": n}) for n in range(10)])))
            while _active() > MOST_ACTIVE:
                time.sleep(0.01)


def _active() -> int:
    counts = jobs.operations().overview().counts.by_status
    return sum(count for status, count in counts.items() if status.is_active)


def starter() -> None:
    """Start processes in several threads until the end."""
    for _ in range(2):
        threading.Thread(target=_start_one_by_one).start()


def operator() -> None:
    """Read everything that happens, and answer whoever asks, until the end."""
    operations, seen = jobs.operations(), 0
    while True:
        events = operations.feed(after=seen)
        if events:
            seen = events[-1].seq
            acknowledge(f"seen {seen}")
        for row in operations.page(Selection(paused=True), limit=5).rows:
            try:
                operations.proceed(row.id, {"answer": 1}, reason="because it asked")
            except Refused:  # its worker has only just paused it
                continue
            acknowledge(f"answered {row.id}")
        if not events:
            time.sleep(0.002)


def opener() -> None:
    """Open the database, start a few, and close it again, until the end: whoever closes it last empties its log."""
    while True:
        for _ in range(3):
            acknowledge(f"started {jobs.start('trail')}")
        jobs.close()


if __name__ == "__main__":
    from tests.chaos import power_app  # the app of the workers is the module, not this program

    getattr(power_app, sys.argv[1])()
