"""A pipeline: one step a turn, the output of one is the input of the next (second seed document)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, overload

from jobboy.engine.answers import answer_schema, check_schema
from jobboy.engine.definition_rules import check_count, check_function
from jobboy.engine.definitions import (
    Asking,
    Backoff,
    Definition,
    StepDefinition,
    backoff_of,
    by_position,
    check_name,
    wants_process,
    when_to_pause,
)
from jobboy.engine.handled_process import StepProcess
from jobboy.engine.handlers import Means, Registration
from jobboy.engine.registry import Registry
from jobboy.engine.specs import build_step
from jobboy.engine.steps import finish, perform_here
from jobboy.engine.turns import Turn, given_up, succeeded, with_reason
from jobboy.errors import InvalidDefinition, StepTimedOut
from jobboy.model.documents import Document, Parameters, ProcessStore, Reports
from jobboy.model.events import EventKind
from jobboy.model.process import CRASH_LIMIT, Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.ports import Held, StepOrder, StepResult

PIPELINE_PRIORITY = 1000
"""Handlers of one's own are asked before the pipeline."""

Function = TypeVar("Function", bound=Callable[..., Any])
Stage = TypeVar("Stage")
"""A function, or an object with ``execute``."""


@dataclass(frozen=True)
class Pipeline:
    """Adds steps to a definition; made by `JobBoy.steps`."""

    definition: Definition
    allowed: Sequence[str]
    services: Mapping[str, Callable[[], Any]]

    @classmethod
    def define(
        cls,
        registry: Registry,
        code: str,
        module: str,
        channel: str,
        allowed: Sequence[str],
        services: Mapping[str, Callable[[], Any]],
    ) -> Pipeline:
        """Register a pipeline under a code.

        Raises:
            InvalidDefinition: when the code has a pipeline already.
        """
        definition = registry.define(code, module)
        if definition.is_pipeline:
            raise InvalidDefinition(code, "has a pipeline already")
        definition.is_pipeline = True
        definition.module = module  # a handler of the code may have been registered before, somewhere else
        registration = Registration(
            performer=PipelinePerformer(definition),
            priority=PIPELINE_PRIORITY,
            channel=channel,
            code=code,
            label="pipeline",
            is_pipeline=True,
            is_for_unhandled=True,
        )
        registry.register(registration)
        return cls(definition, allowed, services)

    @overload
    def step(
        self,
        *,
        name: str | None = None,
        interrupts: bool | Asking = False,
        answer: Mapping[str, Any] | None = None,
        isolated: bool = False,
        retries: int = 0,
        backoff: Backoff | timedelta | None = None,
        timeout: timedelta | None = None,
        memory_limit: int | None = None,
    ) -> Callable[[Stage], Stage]: ...

    @overload
    def step(
        self,
        function: Stage,
        *,
        name: str | None = None,
        interrupts: bool | Asking = False,
        answer: Mapping[str, Any] | None = None,
        isolated: bool = False,
        retries: int = 0,
        backoff: Backoff | timedelta | None = None,
        timeout: timedelta | None = None,
        memory_limit: int | None = None,
    ) -> Stage: ...

    def step(
        self,
        function: Any = None,
        *,
        name: str | None = None,
        interrupts: bool | Asking = False,
        answer: Mapping[str, Any] | None = None,
        isolated: bool = False,
        retries: int = 0,
        backoff: Backoff | timedelta | None = None,
        timeout: timedelta | None = None,
        memory_limit: int | None = None,
    ) -> Any:
        """Add a function, or an object with ``execute``, as the next step; a decorator with or without arguments.

        Args:
            function: called with the output of the step before; with the process too when it asks for it.
            name: the function's own when not given.
            interrupts: pause when it returns; `proceed` goes on. A function is called with the output, and says
                whether to.
            answer: JSON schema of the object that `proceed` takes then; a step that has one pauses, unless
                `interrupts` is a function.
            isolated: run it in a program of its own, whose death harms nothing else.
            retries: how often it is repeated after it raised or timed out; deaths and stops of its program aside.
            backoff: how long to wait before that; a time doubles with each attempt.
            timeout: it is ended after this time.
            memory_limit: megabytes of address space of an isolated step.

        Raises:
            InvalidDefinition: the name is taken or cannot be typed, the schema cannot be one, a limit breaks a rule,
                the function is a generator, or `interrupts` is async.
        """
        if function is None:
            return partial(
                self.step,
                name=name,
                interrupts=interrupts,
                answer=answer,
                isolated=isolated,
                retries=retries,
                backoff=backoff,
                timeout=timeout,
                memory_limit=memory_limit,
            )
        perform = getattr(function, "execute", function)
        name = check_name(name or str(getattr(function, "__name__", "")), "step name")
        check_function(perform, f"step {name!r}", may_be_async=True)
        if memory_limit is not None:
            check_count(memory_limit, f"memory_limit of step {name!r}", least=1)
        schema = answer_schema(getattr(function, "answer", None) if answer is None else answer, name)
        perform = by_position(perform)
        step = StepDefinition(
            name=name,
            perform=perform,
            wants_process=wants_process(perform),
            interrupts=when_to_pause(interrupts or getattr(function, "interrupts", False), schema, name),
            answer=schema,
            isolated=isolated,
            retries=retries,
            backoff=backoff_of(backoff),
            timeout=timeout,
            memory_limit=None if memory_limit is None else memory_limit * 1_000_000,
        )
        self.definition.add_step(step)
        return function

    def add(self, *specs: Mapping[str, Any]) -> None:
        """Add steps described as data; see `jobboy.engine.specs.build_step`."""
        for spec in specs:
            self.definition.add_step(build_step(spec, allowed=self.allowed, services=self.services))

    def teardown(self, function: Function) -> Function:
        """Register a function that is called with the process when it is failing, before it is failed.

        Raises:
            InvalidDefinition: it is a generator.
        """
        check_function(function, f"teardown of {self.definition.code}", may_be_async=True)
        self.definition.teardown = function
        return function


@dataclass(frozen=True)
class PipelinePerformer:
    """Serves the processes of one pipeline, in every active status."""

    definition: Definition

    def supports(self, process: Process) -> bool:
        """Say yes to every active process of its code that is not handled.

        After a crash the registry shows it as released when its policy is to recover; held, it is not for a
        pipeline to take up.
        """
        return process.code == self.definition.code and process.status.is_active and not process.handled

    def perform(self, held: Held, means: Means) -> Turn:
        """Run the step at hand and move on, or tear down."""
        process = held.process
        if process.status is ProcessStatus.FAILING:
            return self._tear_down(process, means.now)
        if process.step is None:
            return self._without_step(process, means.now())
        step = self.definition.step(process.step)
        if step is None:
            return self._lost(process, means.now())
        if step.answer is not None:
            check_schema(step.answer, step.name)
        result = self._run(step, held, means)
        return self._recorded(step, process, result, means.now())

    def _without_step(self, process: Process, now: datetime) -> Turn:
        """Take the first step next, if none was ever done; else nothing is left but to end.

        Whoever started the process may have known the code without its steps.
        """
        first = next(iter(self.definition.by_name), None)
        if first is None or process.output is not None:
            return Turn(process=process.moved(ProcessStatus.COMPLETED, now), kind=EventKind.ITERATED)
        return Turn(process=process.changed(step=first, attempt=0, crashes=0), kind=EventKind.ITERATED)

    def _run(self, step: StepDefinition, held: Held, means: Means) -> StepResult:
        process = held.process
        timeout, limit_of = step.timeout, "step"
        if process.timeout_at is not None:
            timeout, limit_of = time_left(step, process.timeout_at - means.now())
        if timeout is not None and timeout <= timedelta(0):
            raise StepTimedOut(step.name, 0, limit_of)
        order = StepOrder(
            code=process.code,
            step=step.name,
            process=process,
            data=process.parameters if process.output is None else process.output,
            timeout=timeout,
            timeout_of=limit_of,
            memory_limit=step.memory_limit,
            lock=held.lock,
        )
        return means.runner.run(order) if step.isolated or _is_suspect(process) else perform_here(step, order)

    def _recorded(self, step: StepDefinition, process: Process, result: StepResult, now: datetime) -> Turn:
        output = _output(result, step.name)
        following = self.definition.step_after(step.name)
        pauses = bool(step.interrupts) and step.pauses(output)
        changes: dict[str, Any] = {"output": output, "step": following, "paused": pauses}
        if pauses and step.answer is not None:
            changes["answer_schema"] = step.answer
        ends = following is None and not pauses
        to = ProcessStatus.COMPLETED if ends else process.status
        after = succeeded(_with_documents(process, result), to, now, **changes)
        record = StepRecord(
            position=self.definition.position(step.name),
            name=step.name,
            status=StepStatus.COMPLETED,
            attempts=process.attempt,
            output=output,
            started_at=process.handled_at,
            ended_at=now,
        )
        return Turn(process=after, kind=EventKind.STEP_COMPLETED, steps=(record,), seconds=result.seconds)

    def _tear_down(self, process: Process, now: Callable[[], datetime]) -> Turn:
        after = process
        if self.definition.teardown is not None:
            handled = StepProcess(process)
            finish(self.definition.teardown(handled))
            after = after.changed(store=handled.store, reports=handled.reports)
        return Turn(process=after.moved(ProcessStatus.FAILED, now()), kind=EventKind.FAILED)

    def _lost(self, process: Process, now: datetime) -> Turn:
        known = ", ".join(step.name for step in self.definition.steps)
        message = f"the definition of {process.code!r} no longer has the step {process.step!r}; it has {known}"
        reason = {"type": "StepNotFound", "message": message, "traceback": None}
        return Turn(process=given_up(with_reason(process, reason), now), kind=EventKind.FAILED)


def _is_suspect(process: Process) -> bool:
    """Say whether one more crash is the last: the step then runs in a program of its own.

    A worker that dies takes all it has in hand with it, the guilty step and its neighbours. Alone, only the one
    that crashes again is given up.
    """
    return process.crashes >= CRASH_LIMIT - 1


def time_left(step: StepDefinition, left: timedelta) -> tuple[timedelta | None, str]:
    """Return the shorter of the step's own limit and what its process has left, and whose it is."""
    if step.timeout is None or left < step.timeout:
        return left, "process"
    return step.timeout, "step"


def failed_step(definition: Definition, process: Process, after: Process, now: datetime) -> tuple[StepRecord, ...]:
    """Return the record of an attempt that failed, none when the process was not at a step."""
    if process.step is None or definition.step(process.step) is None:
        return ()
    return (
        StepRecord(
            position=definition.position(process.step),
            name=process.step,
            status=StepStatus.FAILED,
            attempts=process.attempt,
            error=after.error,
            started_at=process.handled_at,
            ended_at=now,
        ),
    )


def merged(output: Mapping[str, Any] | None, data: Mapping[str, Any]) -> Parameters:
    """Merge an answer over the output of the step that paused; keys of the answer win, at the top level only.

    Raises:
        InvalidValue: when the two together break a rule of JSON.
    """
    document = Parameters({**(output or {}), **data}, field="data")
    _ = document.text  # every rule of JSON is checked here, before anything is written
    return document


def _output(result: StepResult, step: str) -> Parameters:
    if isinstance(result.output, Parameters):
        return result.output
    return Parameters(result.output, field=f"output of step {step!r}")


def _with_documents(process: Process, result: StepResult) -> Process:
    store, reports = result.store, result.reports
    if store is not None:
        process = process.changed(store=store if isinstance(store, Document) else ProcessStore(store))
    if reports is not None:
        process = process.changed(reports=reports if isinstance(reports, Document) else Reports(reports))
    return process
