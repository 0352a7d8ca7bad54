"""Short turns of which a few are not: parameters ``{"folder", "how": None, "sign"}``.

``how`` is ``kill -9`` (the worker dies in the step) or ``wait`` (until ``sign`` is left).
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
    if how == "wait":
        signs.note(folder, "waits", id=process.id, attempt=process.attempt)
        signs.wait_for(folder, process.parameters["sign"])


@brief.step
def perform(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    _perform(process)
    return {"attempt": process.attempt}


jobs.define("brief-handler", on_crash="hold")


@jobs.handler("brief-handler", status="starting")
def handle(process: HandledProcess) -> None:
    _perform(process)
    process.complete({"attempt": process.attempt})
