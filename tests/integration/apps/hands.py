"""Short turns of which a few are not: parameters ``{"folder", "how": None, "sign"}``.

``how`` is ``kill -9`` (the program of the step dies in it), ``kill worker`` (the parent of that program dies, and
the step goes on) or ``wait`` (until ``sign`` is left).
"""

from __future__ import annotations

import os
import signal
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess, StepProcess
from tests.integration.apps import signs

jobs = JobBoy()

brief = jobs.steps("brief")


def _perform(process: StepProcess) -> None:
    folder, how = process.parameters["folder"], process.parameters.get("how")
    if how == "kill -9":
        signs.note(folder, "deaths", id=process.id, attempt=process.attempt)
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "kill worker":
        signs.note(folder, "deaths", id=process.id, attempt=process.attempt, pid=os.getpid())
        os.kill(os.getppid(), signal.SIGKILL)
        signs.wait_for(folder, "never")
    if how == "wait":
        signs.note(folder, "waits", id=process.id, attempt=process.attempt)
        signs.wait_for(folder, process.parameters["sign"])


@brief.step
def perform(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    _perform(process)
    return {"attempt": process.attempt}


isolated = jobs.steps("brief-isolated")
isolated.step(perform, isolated=True)

jobs.define("brief-handler", on_crash="hold")


@jobs.handler("brief-handler", status="starting")
def handle(process: HandledProcess) -> None:
    _perform(process)
    process.complete({"attempt": process.attempt})
