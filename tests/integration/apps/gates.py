"""Work that stands at a gate in the attempts its parameters name, until the test opens it: parameters
``{"folder", "gates": [1]}``. It leaves the sign ``reached-N`` and waits for ``open-N``, N its attempt.
"""

from __future__ import annotations

import ctypes
from datetime import timedelta
from typing import Any

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess, StepProcess
from tests.integration.apps import signs

jobs = JobBoy()

HELD_SECONDS = 3
"""How long the step ``hold_interpreter`` lets no other thread of its program execute Python."""


def stand_at_gate(process: StepProcess) -> dict[str, Any]:
    folder, attempt = process.parameters["folder"], process.attempt
    label = process.parameters.get("label", "")
    signs.leave(folder, f"reached-{label}{attempt}")
    if attempt in process.parameters.get("gates", []):
        signs.wait_for(folder, f"open-{label}{attempt}")
    return {"attempt": attempt}


in_thread = jobs.steps("gate-in-thread", timeout=timedelta(minutes=10))


@in_thread.step(name="gate")
def pass_gate(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return stand_at_gate(process)


isolated = jobs.steps("gate-isolated")


@isolated.step(name="gate", isolated=True)
def pass_gate_alone(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    return stand_at_gate(process)


@jobs.handler("gate-handler", status="starting")
def pass_gate_in_one_turn(process: HandledProcess) -> None:
    process.complete(stand_at_gate(process))


greedy = jobs.steps("greedy")


@greedy.step
def hold_interpreter(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Call into C without giving the interpreter lock back, as a long regular expression does."""
    signs.leave(process.parameters["folder"], "holding")
    ctypes.PyDLL(None).sleep(HELD_SECONDS)
    return {"attempt": process.attempt}
