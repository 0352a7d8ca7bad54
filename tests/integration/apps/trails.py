"""Pipelines of five steps, and plain handlers of five turns, whose every run leaves a note outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess, StepProcess
from tests.integration.apps import signs

jobs = JobBoy()

LENGTH = 5
NAMES = [f"step-{position}" for position in range(1, LENGTH + 1)]
ISOLATED = "step-3"

trail = jobs.steps("trail")


def _stage(name: str) -> Callable[..., dict[str, Any]]:
    def perform(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
        _leave_effect(process, name)
        return {"trail": [*data.get("trail", []), name]}

    return perform


for _name in NAMES:
    trail.step(_stage(_name), name=_name, isolated=_name == ISOLATED)

plain = jobs.steps("plain-trail")
quick = jobs.steps("quick-trail")
"""The same under a code of its own: workers learn how long the turns of a code take, and take short ones together."""

for _name in NAMES:
    plain.step(_stage(_name), name=_name)
    quick.step(_stage(_name), name=_name)

jobs.define("turns", on_crash="recover")


@jobs.handler("turns", status="starting")
def begin(process: HandledProcess) -> None:
    process.store["turns"] = 0
    process.run()


@jobs.handler("turns", status="running")
def turn(process: HandledProcess) -> None:
    _leave_effect(process, str(process.store["turns"]))
    process.store["turns"] += 1
    if process.store["turns"] == LENGTH:
        process.complete({"turns": process.store["turns"]})


asking = jobs.steps("asking")


@asking.step(interrupts=True)
def ask(data: dict[str, Any]) -> dict[str, Any]:
    return {"question": "how many?", "answer": None}


@asking.step
def use_answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"used": data["answer"]}


kept_for_a_day = jobs.steps("kept-for-a-day", retention=timedelta(days=1))


@kept_for_a_day.step
def finish(data: dict[str, Any]) -> dict[str, Any]:
    return {}


failing = jobs.steps("failing")


@failing.step
def raise_error(data: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(data.get("message", "this step always fails"))


def _leave_effect(process: StepProcess, name: str) -> None:
    """Write down before the work is done, as a real effect that may be repeated; then take some time.

    With the parameter `dies_in` the first attempt of what has that name goes on until its program is killed.
    """
    folder = process.parameters["folder"]
    signs.note(folder, "effects", id=process.id, name=name, attempt=process.attempt, key=process.idempotency_key)
    is_last = process.attempt == 1 and process.parameters.get("dies_in") == name
    time.sleep(signs.PATIENCE if is_last else process.parameters.get("pause", 0.0))
