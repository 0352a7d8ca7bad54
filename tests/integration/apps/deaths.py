"""Steps and handlers that kill the program they run in: parameters ``{"folder", "how", "attempts": 1}``.

They die in their first `attempts` attempts and succeed afterwards.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess, StepProcess
from tests.integration.apps import signs

jobs = JobBoy()

ALWAYS = 1_000_000
"""For the parameter `attempts`: it never succeeds."""
MEMORY_LIMIT = 600
"""Megabytes the step of ``dying-isolated`` may use."""


def _use_all_memory() -> None:
    """Ask for memory without touching it: filling it takes seconds on a busy machine."""
    blocks = []
    while True:
        blocks.append(bytes(50_000_000))


def _kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


HOW: dict[str, Callable[[], object]] = {
    "segmentation fault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "exit 0": lambda: os._exit(0),
    "exit 7": lambda: os._exit(7),
    "kill -9": _kill_itself,
    "out of memory": _use_all_memory,
    "timeout": lambda: time.sleep(signs.PATIENCE),
}


def die(process: StepProcess) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder, how = process.parameters["folder"], process.parameters["how"]
    signs.note(folder, "attempts", id=process.id, attempt=process.attempt)
    if process.attempt <= process.parameters.get("attempts", 1):
        print(f"last words before {how}", flush=True)  # noqa: T201  # what the runner is to keep
        HOW[how]()
    return {"survived": process.attempt}


dying = jobs.steps("dying")


@dying.step(name="die")
def die_in_thread(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return die(process)


dying_held = jobs.steps("dying-held", on_crash="hold")


@dying_held.step(name="die")
def die_in_thread_and_be_held(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return die(process)


dying_isolated = jobs.steps("dying-isolated", on_crash="fail")


@dying_isolated.step(name="die", isolated=True, memory_limit=MEMORY_LIMIT)
def die_alone(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return die(process)


lasting_isolated = jobs.steps("lasting-isolated", on_crash="fail")


@lasting_isolated.step(name="die", isolated=True, timeout=timedelta(seconds=1))
def last_too_long(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return die(process)


poison = jobs.steps("poison")


@poison.step(name="die", isolated=True)
def die_alone_and_be_tried_again(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return die(process)


@poison.teardown
def tear_down(process: StepProcess) -> None:
    process.store["torn_down"] = True


neighbour = jobs.steps("neighbour")


@neighbour.step
def live_beside(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Be in hand for as long as the test wants, as something innocent beside what dies."""
    signs.note(process.parameters["folder"], "neighbours", id=process.id, attempt=process.attempt)
    signs.wait_for(process.parameters["folder"], "neighbour-may-end")
    return {"attempt": process.attempt}


@jobs.handler("held-unknown", status="starting")
def die_and_wait_for_an_operator(process: HandledProcess) -> None:
    process.complete(die(process))


@jobs.handler("held-known", status="starting")
def die_and_be_found(process: HandledProcess) -> None:
    process.complete(die(process))


@jobs.handler("held-known", handled=True)
def find_it_held(process: HandledProcess) -> None:
    process.store["was_stuck"] = process.was_stuck
    process.store["cause"] = (process.stuck_cause or {}).get("kind")
    process.complete({"found": True})
