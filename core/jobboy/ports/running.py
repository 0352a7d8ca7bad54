"""What runs a step in a program of its own, and what it is told and tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from jobboy.model.process import Process
from jobboy.ports.locks import Lock


@dataclass(kw_only=True, slots=True)
class StepOrder:
    """Everything a program needs to run one attempt of a step of a pipeline."""

    code: str
    step: str
    process: Process
    """As claimed; a step may change its store and reports."""
    data: Mapping[str, Any]
    """Output of the step before, or the parameters."""
    timeout: timedelta | None
    """Time from now until it is ended; None for no limit."""
    timeout_of: str = "step"
    """Whose limit `timeout` is: ``step`` or ``process``."""
    memory_limit: int | None = None
    """Bytes of address space for isolated steps; beyond them Python raises MemoryError."""
    lock: Lock | None = None
    """The lock of the process, handed on to the program that runs the step."""


@dataclass(kw_only=True, slots=True)
class StepResult:
    """What a step that returned leaves behind."""

    output: Mapping[str, Any]
    """As returned; a `Document` when it was read and checked on its way from another program."""
    store: Mapping[str, Any] | None = None
    """The store as the step left it; None when it did not ask for the process."""
    reports: Mapping[str, Any] | None = None
    seconds: float | None = None
    """How long a program of its own took for it; None when it ran in this one."""


class StepRunner(Protocol):
    """Runs steps in programs of their own, so that their death is not the worker's."""

    def run(self, order: StepOrder) -> StepResult:
        """Run one attempt and wait for it; called by several threads at once, each with its own program.

        When it returns or raises, nothing of the step runs any more and nothing holds the order's lock but the
        order itself.

        Raises:
            StepTimedOut: it was ended at its limit.
            StepCrashed: its program died or was stopped; with the cause and its last lines of output.
            StepRaised: the step raised; with type, message and traceback as text.
        """

    def stop(self, number: int, token: int, why: str) -> bool:
        """End the step that runs for this claim of a process, from any thread; False when none does.

        Another attempt at the same step, which the same runner may have begun meanwhile, goes on.
        """

    def close(self) -> None:
        """End every program."""


class StepRaised(Exception):
    """An exception that a step raised in another program."""

    def __init__(self, type_name: str, message: str, traceback: str) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name = type_name
        self.message = message
        self.traceback = traceback
