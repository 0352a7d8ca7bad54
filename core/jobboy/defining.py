"""How an app says what its work is: pipelines, handlers, limits, schedules and services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from jobboy.engine import isolated
from jobboy.engine.definition_rules import check_count, check_function
from jobboy.engine.definitions import Backoff, ProcessLimits, backoff_of, check_name
from jobboy.engine.handlers import (
    DEFAULT_CHANNEL,
    DEFAULT_HANDLER_PRIORITY,
    FunctionHandler,
    Handler,
    PlainPerformer,
    Registration,
)
from jobboy.engine.pipeline import Pipeline
from jobboy.engine.registry import Registry
from jobboy.errors import InvalidDefinition
from jobboy.model.process import DEFAULT_RETENTION, CrashPolicy
from jobboy.model.status import ProcessStatus

if TYPE_CHECKING:
    from jobboy.model.schedules import MissedPolicy

Function = TypeVar("Function", bound=Callable[..., Any])


class Definitions:
    """The definitions of an app; nothing here opens a database.

    Args:
        allow: prefixes of modules that step specs may name classes of.
    """

    def __init__(self, allow: Sequence[str] = ()) -> None:
        self.registry = Registry()
        """Definitions and handlers."""
        self._allow = tuple(allow)
        self._services: dict[str, Callable[[], Any]] = {}
        isolated.remember(self.registry)

    def steps(
        self,
        code: str,
        *,
        timeout: timedelta | None = None,
        on_crash: CrashPolicy | str = CrashPolicy.RECOVER,
        retention: timedelta = DEFAULT_RETENTION,
        channel: str = DEFAULT_CHANNEL,
    ) -> Pipeline:
        """Define a pipeline: steps that run one after the other, added by its decorator ``step``.

        Args:
            code: name of the kind of work, once in an app.
            timeout: for the whole process from its first turn; time that it is paused does not count.
            on_crash: what happens when a holder dies; see `CrashPolicy`.
            retention: how long ended processes are kept.
            channel: only workers of this channel run it.

        Raises:
            InvalidDefinition: the code is taken, or cannot be typed, or a limit breaks a rule.
        """
        limits = ProcessLimits.of(check_name(code, "code"), timeout, retention, on_crash)
        pipeline = Pipeline.define(self.registry, code, _caller(), channel, self._allow, self._services)
        pipeline.definition.limit(limits)
        return pipeline

    def define(
        self,
        code: str,
        *,
        retries: int = 0,
        backoff: Backoff | timedelta | None = None,
        timeout: timedelta | None = None,
        on_crash: CrashPolicy | str = CrashPolicy.HOLD,
        retention: timedelta = DEFAULT_RETENTION,
    ) -> None:
        """Set the limits of a code whose work is done by plain handlers; without it the values above hold.

        Raises:
            InvalidDefinition: naming the limit and the rule it breaks.
        """
        limits = ProcessLimits.of(check_name(code, "code"), timeout, retention, on_crash)
        check_count(retries, f"retries of {code}")
        pause = backoff_of(backoff)
        definition = self.registry.define(code, _caller())
        definition.limit(limits)
        definition.retries, definition.backoff = retries, pause

    def handler(
        self,
        code: str,
        *,
        status: ProcessStatus | str | None = None,
        handled: bool = False,
        priority: int = DEFAULT_HANDLER_PRIORITY,
        channel: str = DEFAULT_CHANNEL,
    ) -> Callable[[Function], Function]:
        """Register a function that serves processes of a code in one status, or found handled.

        Args:
            code: of the processes.
            status: None for any.
            handled: True for processes whose worker died with them in hand.
            priority: lower is asked first.
            channel: only workers of this channel ask it.

        Raises:
            InvalidDefinition: the code cannot be typed, the status is one that ends a process, or the function is a
                generator or async.
        """
        wanted = None if status is None else ProcessStatus(status)
        if wanted is not None and not wanted.is_active:
            raise InvalidDefinition(
                f"handler of {code}", f"would never be asked: a process that is {wanted} has ended"
            )

        def register(function: Function) -> Function:
            handler = FunctionHandler(function, check_name(code, "code"), wanted, handled)
            state = f"{'handled ' if handled else ''}{wanted or 'any status'}"
            check_function(function, f"handler of {code}")
            name = getattr(function, "__name__", type(function).__name__)  # an object that can be called has none
            self._register(handler, code, priority, channel, f"{name} ({state})", function.__module__)
            return function

        return register

    def register(
        self,
        handler: Handler,
        *,
        code: str | None = None,
        priority: int = DEFAULT_HANDLER_PRIORITY,
        channel: str = DEFAULT_CHANNEL,
    ) -> None:
        """Register an object with ``supports(process)`` and ``handle(process)``.

        Args:
            handler: asked with the process as it was before it was handled.
            code: the only code it serves; None to let ``supports`` decide, which costs a question per process.
            priority: lower is asked first.
            channel: only workers of this channel ask it.

        Raises:
            InvalidDefinition: its ``handle`` is a generator or async.
        """
        name = type(handler).__name__
        check_function(handler.handle, f"handler {name}")
        self._register(handler, code, priority, channel, name, type(handler).__module__)

    def schedule(
        self,
        name: str,
        *,
        code: str,
        cron: str | None = None,
        timezone: str = "UTC",
        every: timedelta | None = None,
        missed: MissedPolicy | str = "one",
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        """Let processes of a code be started by themselves, by the cron text or at the interval that is given.

        Whichever worker of the app starts first makes the schedule, or brings it up to what is said here; a pause
        by an operator stays. Each process gets the parameters and ``due_at``, the time it was started for.

        Args:
            name: once in a database.
            code: of a definition of this app, or one that a worker of the database knows.
            cron: five fields such as ``0 3 * * mon-fri``, or ``@daily``.
            timezone: whose clock the cron text is about, such as ``Europe/Vienna``.
            every: interval of 1 second to 366 days, counted from when the schedule is made.
            missed: what becomes of due times at which no worker was there: ``skip`` them, start ``one`` process
                for the newest, or ``all`` of the newest hundred.
            parameters: a JSON object.

        Raises:
            InvalidValue: naming the field and the rule it breaks.
        """
        from jobboy.operations.schedules import make_plan  # time zones take long to load

        self.registry.schedule(
            make_plan(name, code, cron=cron, timezone=timezone, every=every, missed=missed, parameters=parameters)
        )

    def service(self, name: str, factory: Callable[[], Any]) -> None:
        """Name a service that step specs may ask for; the factory is called when the spec is built."""
        self._services[name] = factory

    def handlers(self) -> list[dict[str, Any]]:
        """Describe every handler in the order of asking: code, kind, priority, channel, steps."""
        described = []
        for one in self.registry.registrations():
            definition = self.registry.definition(one.code) if one.code else None
            steps = [step.name for step in definition.steps] if definition and one.is_pipeline else []
            kind = "pipeline" if one.is_pipeline else "handler"
            described.append(
                {
                    "code": one.code,
                    "kind": kind,
                    "name": one.label,
                    "priority": one.priority,
                    "channel": one.channel,
                    "steps": steps,
                }
            )
        return described

    def _register(
        self, handler: Handler, code: str | None, priority: int, channel: str, label: str, module: str
    ) -> None:
        if code is not None:
            self.registry.define(code, module)
        self.registry.register(
            Registration(
                performer=PlainPerformer(handler),
                priority=priority,
                channel=channel,
                code=code,
                label=label,
                is_for_handled=isinstance(handler, FunctionHandler) and handler.handled,
                is_for_unhandled=isinstance(handler, FunctionHandler) and not handler.handled,
            )
        )


def _caller() -> str:
    """Return the name of the module two calls up: where the definition stands."""
    name: str = sys._getframe(2).f_globals.get("__name__", "__main__")
    return name
