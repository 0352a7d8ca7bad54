"""Performs one attempt of a step in the program and thread that asks."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jobboy.engine.deadline import within
from jobboy.engine.definitions import StepDefinition
from jobboy.engine.handled_process import StepProcess
from jobboy.errors import InvalidValue, StepTimedOut
from jobboy.model.documents import Document
from jobboy.ports import StepOrder, StepResult

CLEAN_UP = 1.0  # seconds that a cancelled coroutine has to tidy up after itself


def perform_here(step: StepDefinition, order: StepOrder) -> StepResult:
    """Run a step in this thread, ending it at its limit as far as Python can.

    A coroutine is cancelled at the limit, and ended `CLEAN_UP` later if it goes on. A function is ended as soon as
    it executes Python code; a call into C that does not return is not ended: such steps are to be isolated.

    Raises:
        StepTimedOut: at the limit, or when it returned after it.
    """
    handled = StepProcess(order.process) if step.wants_process else None
    limit = None if order.timeout is None else order.timeout.total_seconds()

    def late() -> StepTimedOut:
        return StepTimedOut(step.name, limit or 0.0, order.timeout_of)

    if limit is None:
        answer = call_step(step, order.data, handled)
    else:
        answer = within(limit, lambda: call_step(step, order.data, handled), late)
    if type(answer) is not dict and inspect.isawaitable(answer):
        awaitable, backstop = answer, None if limit is None else limit + CLEAN_UP
        answer = within(backstop, lambda: _run(awaitable, limit, late), late)
    return result_of(answer, step.name, handled)


def call_step(step: StepDefinition, data: Mapping[str, Any], process: StepProcess | None) -> Any:
    """Call the step with a copy of its data, and with the process when it asks for it."""
    copied = data.as_dict() if isinstance(data, Document) else dict(data)
    return step.perform(copied) if process is None else step.perform(copied, process)


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


def _run(answer: Awaitable[Any], limit: float | None, late: Callable[[], StepTimedOut]) -> Any:
    import asyncio  # costs more than all of the engine to load, and few steps need it

    async def awaited() -> Any:
        scope = asyncio.timeout(limit)
        try:
            async with scope:
                return await answer
        except TimeoutError:
            if scope.expired():
                raise late() from None
            raise  # one of the step's own

    return asyncio.run(awaited())
