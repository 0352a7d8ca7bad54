"""Handlers: code that serves a process in a certain state, and the registry that finds the one to ask."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jobboy.engine.handled_process import HandledProcess
from jobboy.engine.turns import Turn, error_line, succeeded
from jobboy.errors import InvalidValue
from jobboy.model.events import EventKind
from jobboy.model.iteration import IterationResponse
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.ports import Held, StepRunner

DEFAULT_CHANNEL = "default"
DEFAULT_HANDLER_PRIORITY = 100


class Handler(Protocol):
    """What a handler class has."""

    def supports(self, process: Process) -> bool:
        """Say whether it serves this process, which is shown as it was before it was handled."""

    def handle(self, process: HandledProcess) -> IterationResponse | bool | None:
        """Do a part of the work; False, or a response that says so, means that nothing was done."""


@dataclass(frozen=True)
class Means:
    """What a turn is done with."""

    now: Callable[[], datetime]
    runner: StepRunner
    """Of isolated steps."""


class Performer(Protocol):
    """A handler, or a pipeline, as the iterator calls it."""

    def supports(self, process: Process) -> bool:
        """Say whether it serves this process."""

    def perform(self, held: Held, means: Means) -> Turn:
        """Do one turn."""


@dataclass(frozen=True)
class FunctionHandler:
    """A decorated function, with the state it is for."""

    function: Callable[[HandledProcess], Any]
    code: str
    status: ProcessStatus | None
    handled: bool

    def supports(self, process: Process) -> bool:
        """Say whether code, status and handled are the ones it was registered for."""
        fits = self.status is None or process.status is self.status
        return fits and process.code == self.code and process.handled is self.handled

    def handle(self, process: HandledProcess) -> Any:
        """Call the function."""
        return self.function(process)


@dataclass(frozen=True)
class PlainPerformer:
    """Gives a handler its process and turns what it did into a turn."""

    handler: Handler

    def supports(self, process: Process) -> bool:
        """Ask the handler."""
        return self.handler.supports(process)

    def perform(self, held: Held, means: Means) -> Turn:
        """Let the handler do its part; its moves, documents and waits are kept together."""
        process = HandledProcess(held.process, held.before, means.now())
        has_worked = _has_worked(_returned(self.handler.handle(process)))
        if not has_worked:
            return Turn(process=held.process, kind=EventKind.ITERATED, has_worked=False)
        if held.process.status is process.status is ProcessStatus.FAILING and not _goes_on(process):
            process.fail()  # a teardown that returned is done
        return Turn(process=_after(held.process, process, means.now()), kind=EventKind.ITERATED)


def _returned(answer: object) -> object:
    """Refuse the answer of a function that has not run yet, which no registration could see.

    Raises:
        InvalidValue: it is a coroutine or a generator.
    """
    if answer is None or type(answer) is bool:
        return answer
    if inspect.isawaitable(answer) or inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        if inspect.iscoroutine(answer):
            answer.close()  # else Python complains that nobody has waited for it
        raise InvalidValue("answer of the handler", f"is a {type(answer).__name__}, of which nothing has run")
    return answer


def _has_worked(answer: object) -> bool:
    if isinstance(answer, IterationResponse):
        return answer.has_worked
    return answer is not False


def _goes_on(process: HandledProcess) -> bool:
    return process.wants_another_turn or process.wanted_wait is not None


def _after(process: Process, handled: HandledProcess, now: datetime) -> Process:
    changes: dict[str, Any] = {
        "store": handled.store,
        "reports": handled.reports,
        "output": handled.output,
        "wait_until": handled.wanted_wait,
    }
    if handled.failure is not None:
        error = error_line({"type": None, "message": handled.failure})
        return process.moved(handled.status, now, error=error, crashes=0, **changes)
    if process.status is ProcessStatus.FAILING:  # what it fails of stays in sight
        return process.moved(handled.status, now, **changes)
    return succeeded(process, handled.status, now, **changes)


@dataclass(frozen=True)
class Registration:
    """A handler with its place in the order of asking."""

    performer: Performer
    priority: int
    channel: str
    code: str | None
    """None when only `supports` knows."""
    label: str
    """For `jobboy handlers`."""
    is_pipeline: bool = False
    is_for_handled: bool = False
    """It is asked for processes that are found handled, and for no others."""
    is_for_unhandled: bool = False
    """It serves processes that nobody holds, and no others."""
