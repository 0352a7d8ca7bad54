"""Performs one attempt of a step in the program and thread that asks."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from jobboy.engine.deadline import deadline
from jobboy.engine.definitions import StepDefinition
from jobboy.engine.handled_process import StepProcess
from jobboy.errors import InvalidValue, StepTimedOut
from jobboy.ports import StepOrder, StepResult


def perform_here(step: StepDefinition, order: StepOrder) -> StepResult:
    """Run a step in this thread, ending it at its limit as far as Python can.

    A coroutine is cancelled at the limit. A function gets `StepTimedOut` raised inside it as soon as it executes
    Python code; a call into C that does not return is not ended: such steps are to be isolated.

    Raises:
        StepTimedOut: at the limit, or when it returned after it.
    """
    handled = StepProcess(order.process)
    limit = None if order.timeout is None else order.timeout.total_seconds()
    with deadline(limit, lambda: StepTimedOut(step.name, limit or 0.0, order.timeout_of)):
        answer = call_step(step, order.data, handled)
        if inspect.isawaitable(answer):
            answer = asyncio.run(_awaited(answer))
    return result_of(answer, step.name, handled if step.wants_process else None)


def call_step(step: StepDefinition, data: Mapping[str, Any], process: StepProcess) -> Any:
    """Call the step with a copy of its data, and with the process when it asks for it."""
    copied = data.as_dict() if hasattr(data, "as_dict") else dict(data)
    return step.perform(copied, process) if step.wants_process else step.perform(copied)


def result_of(answer: object, step: str, process: StepProcess | None) -> StepResult:
    """Check what a step returned; None counts as an empty object.

    Raises:
        InvalidValue: for anything but a JSON object.
    """
    output = {} if answer is None else answer
    if not isinstance(output, dict):
        raise InvalidValue(f"output of step {step!r}", f"must be a JSON object (dict), not {type(answer).__name__}")
    if process is None:
        return StepResult(output=output)
    return StepResult(output=output, store=dict(process.store), reports=dict(process.reports))


async def _awaited(answer: Any) -> Any:
    return await answer
