"""How the work of one code is done: its steps, its limits, and what becomes of it when something dies."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from jobboy.engine.definition_rules import check_count, check_factor, check_function, check_time
from jobboy.errors import InvalidDefinition
from jobboy.model.documents import Document
from jobboy.model.process import DEFAULT_RETENTION, CrashPolicy
from jobboy.ports import DefinitionRecord

MAX_NAME = 200
LONGEST_BACKOFF = timedelta(hours=1)


@dataclass(frozen=True)
class Backoff:
    """How long to wait before an attempt is repeated: doubling, up to an hour."""

    first: timedelta = timedelta(seconds=1)
    """Wait before the second attempt."""
    factor: float = 2.0
    """By how much each wait is longer than the one before."""

    def __post_init__(self) -> None:
        check_time(self.first, "backoff", or_nothing=True)
        check_factor(self.factor, "backoff.factor")

    def after(self, attempt: int) -> timedelta:
        """Return the wait after this many attempts."""
        try:
            seconds = self.first.total_seconds() * self.factor ** (attempt - 1)
        except OverflowError:
            return LONGEST_BACKOFF
        return timedelta(seconds=min(seconds, LONGEST_BACKOFF.total_seconds()))


def backoff_of(given: Backoff | timedelta | None) -> Backoff:
    """Return what is waited between attempts, given as a whole, as the first wait alone, or not at all."""
    if isinstance(given, Backoff):
        return given
    return Backoff() if given is None else Backoff(given)


Asking = Callable[[dict[str, Any]], object]
"""Says of the output of a step whether somebody must answer before the process goes on."""


def when_to_pause(asked: object, schema: Document | None, step: str) -> bool | Asking:
    """Return when a step pauses: a condition as it is; otherwise a step that takes an answer pauses always.

    Raises:
        InvalidDefinition: the condition is async or a generator, so that its call would answer nothing.
    """
    if not callable(asked):
        return schema is not None or bool(asked)
    check_function(asked, f"interrupts of step {step!r}")
    return asked


@dataclass(frozen=True, kw_only=True)
class StepDefinition:
    """A stage of a pipeline."""

    name: str
    perform: Callable[..., Any]
    """Called with the data, and with the process when it asks for one."""
    wants_process: bool = False
    interrupts: bool | Asking = False
    """Whether the process pauses when the step has returned, or what says so of its output."""
    answer: Document | None = None
    """JSON schema of what is answered to that pause; None when any object will do."""
    isolated: bool = False
    """Runs in a program of its own."""
    retries: int = 0
    """How often it is repeated after it raised or timed out."""
    backoff: Backoff = Backoff()
    timeout: timedelta | None = None
    memory_limit: int | None = None
    """Bytes; for isolated steps."""

    def pauses(self, output: Document) -> bool:
        """Say whether the process pauses after this output; raises what the step's own condition raises."""
        return bool(self.interrupts(output.as_dict()) if callable(self.interrupts) else self.interrupts)

    def __post_init__(self) -> None:
        check_count(self.retries, f"retries of step {self.name!r}")
        if self.timeout is not None:
            check_time(self.timeout, f"timeout of step {self.name!r}")


@dataclass(frozen=True)
class ProcessLimits:
    """What holds for the whole of a process; made before its code is defined: what is refused defines nothing."""

    timeout: timedelta | None
    retention: timedelta
    on_crash: CrashPolicy

    @classmethod
    def of(cls, code: str, timeout: timedelta | None, retention: timedelta, on_crash: CrashPolicy | str) -> Self:
        """Return what was given for a code.

        Raises:
            InvalidDefinition: a time is none that can be waited for, or there is no such policy.
        """
        if timeout is not None:
            check_time(timeout, f"timeout of {code}")
        check_time(retention, f"retention of {code}", or_nothing=True)
        if on_crash not in list(CrashPolicy):
            raise InvalidDefinition(f"on_crash of {code}", f"must be recover, fail or hold, not {on_crash!r}")
        return cls(timeout, retention, CrashPolicy(on_crash))


@dataclass
class Definition:
    """Everything known about one code; filled by decorators while the app is imported, then only read."""

    code: str
    module: str
    """Module that defines it; a program that runs isolated steps imports it."""
    by_name: dict[str, StepDefinition] = field(default_factory=dict)
    """The steps of a pipeline, in order."""
    is_pipeline: bool = False
    teardown: Callable[..., Any] | None = None
    """Called once when a pipeline is failing."""
    timeout: timedelta | None = None
    """For the whole process, from its first turn; time that it is paused does not count."""
    retries: int = 0
    """How often a turn of a plain handler is repeated after it raised."""
    backoff: Backoff = Backoff()
    on_crash: CrashPolicy | None = None
    """None: recover for pipelines, hold for plain handlers."""
    retention: timedelta = DEFAULT_RETENTION

    def limit(self, limits: ProcessLimits) -> None:
        """Set what holds for the whole process."""
        self.timeout, self.retention, self.on_crash = limits.timeout, limits.retention, limits.on_crash

    @property
    def steps(self) -> Sequence[StepDefinition]:
        """The steps in order; none for plain handlers."""
        return tuple(self.by_name.values())

    def step(self, name: str | None) -> StepDefinition | None:
        """Return the step of this name, None when there is none."""
        return None if name is None else self.by_name.get(name)

    def position(self, name: str) -> int:
        """Return the place of a step, 0 for the first."""
        return list(self.by_name).index(name)

    def step_after(self, name: str) -> str | None:
        """Return the name of the next step, None after the last."""
        names = list(self.by_name)
        following = names.index(name) + 1
        return names[following] if following < len(names) else None

    def add_step(self, step: StepDefinition) -> None:
        """Put a step at the end.

        Raises:
            InvalidDefinition: when the name is taken.
        """
        if step.name in self.by_name:
            raise InvalidDefinition(f"{self.code}.{step.name}", "a pipeline has each step name once")
        self.by_name[step.name] = step

    def record(self) -> DefinitionRecord:
        """Return what others may know of it."""
        policy = self.on_crash or (CrashPolicy.RECOVER if self.is_pipeline else CrashPolicy.HOLD)
        return DefinitionRecord(code=self.code, steps=tuple(self.by_name), on_crash=policy, retention=self.retention)


def check_name(value: str, field_name: str) -> str:
    """Return a code or step name that can be typed, filtered by and shown.

    Raises:
        InvalidDefinition: for text that is empty, long, or has blanks, commas or control characters.
    """
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        raise InvalidDefinition(field_name, f"must be text of 1 to {MAX_NAME} characters")
    if not value.isprintable() or any(sign in value for sign in " ,"):
        raise InvalidDefinition(field_name, f"{value!r} must have no blanks, commas or control characters")
    return value


def by_position(perform: Callable[..., Any]) -> Callable[..., Any]:
    """Return a step function that takes the process after the data, also for one that has it elsewhere, by name."""
    try:
        parameters = list(inspect.signature(perform).parameters.values())
    except (TypeError, ValueError):  # as below
        return perform
    named = [p for p in parameters[1:] if p.name == "process" and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    if not named or (named[0] is parameters[1] and named[0].kind is not named[0].KEYWORD_ONLY):
        return perform
    return lambda data, process: perform(data, process=process)


def wants_process(perform: Callable[..., Any]) -> bool:
    """Say whether a step function asks for the process: by a parameter of that name, or by a second one."""
    try:
        parameters = inspect.signature(perform).parameters.values()
    except (TypeError, ValueError):  # some callables of C have no signature; they get the data alone
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    return len(required) >= 2 or any(p.name == "process" for p in positional)
