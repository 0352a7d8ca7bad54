"""Performs one attempt of a step in the program and thread that asks."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
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
    return result_of(finish(answer, limit, late), step.name, handled)


def finish(answer: Any, limit: float | None = None, late: Callable[[], Exception] = TimeoutError) -> Any:
    """Return the answer of a function, or what it gives when it is a coroutine, which is run to its end.

    Args:
        answer: of the call.
        limit: seconds a coroutine has.
        late: makes the error for one that is not done by then.
    """
    if type(answer) is dict or not inspect.isawaitable(answer):
        return answer
    backstop = None if limit is None else limit + CLEAN_UP
    return _outside_of_loops(lambda: within(backstop, lambda: _run(answer, limit, late), late))


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


def _outside_of_loops(call: Callable[[], Any]) -> Any:
    """Call a function in this thread, or in another one where this one runs an event loop: none runs inside it."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return call()
    from concurrent.futures import ThreadPoolExecutor

    threads = ThreadPoolExecutor(1)
    try:
        return threads.submit(copy_context().run, call).result()
    finally:
        threads.shutdown(wait=False)


def _run(answer: Awaitable[Any], limit: float | None, late: Callable[[], Exception]) -> Any:
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
