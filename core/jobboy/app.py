"""JobBoy: the app a developer makes, with the definitions of its work and the verbs on its processes."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from jobboy import bootstrap
from jobboy.engine import isolated
from jobboy.engine.definition_rules import check_count, check_function
from jobboy.engine.definitions import Backoff, check_name
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
from jobboy.errors import InvalidValue
from jobboy.model.events import Event
from jobboy.model.process import DEFAULT_RETENTION, CrashPolicy, Process
from jobboy.model.status import ProcessStatus

if TYPE_CHECKING:
    from jobboy.engine.iteration_maker import IterationMaker
    from jobboy.model.schedules import MissedPolicy
    from jobboy.operations import Guardrail, Operations
    from jobboy.ports import Clock
    from jobboy.worker import Worker

APP_VARIABLE = "JOBBOY_APP"

Function = TypeVar("Function", bound=Callable[..., Any])


class JobBoy:
    """The definitions of an app, and the door to the processes of its database.

    Made at module level, so that workers and isolated steps find it by importing the module. Nothing is opened
    before the first verb; afterwards it can be used from many threads, and from a forked child, which opens the
    database anew.

    Args:
        database: URL; ``$JOBBOY_DATABASE_URL`` or ``sqlite:///jobboy.db`` when not given.
        durability: ``full`` survives power loss, ``normal`` is faster and survives crashes of programs only.
        allow: prefixes of modules that step specs may name classes of.
        guardrails: what whoever uses a verb through this app may not do, or must confirm; workers are not bound.
    """

    def __init__(
        self,
        database: str | None = None,
        *,
        durability: str = "full",
        allow: Sequence[str] = (),
        guardrails: Sequence[Guardrail] = (),
    ) -> None:
        self.registry = Registry()
        """Definitions and handlers."""
        self._database = database
        self._durability = durability
        self._allow = tuple(allow)
        self._guardrails = tuple(guardrails)
        self._clock: Clock | None = None
        self._services: dict[str, Callable[[], Any]] = {}
        self._opened: tuple[int, bootstrap.Adapters] | None = None
        self._own: tuple[bootstrap.Adapters, Operations] | None = None
        self._opening = threading.Lock()
        isolated.registries.add(self.registry)

    # --- definitions ---

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
        pipeline = Pipeline.define(
            self.registry, check_name(code, "code"), _caller(), channel, self._allow, self._services
        )
        pipeline.definition.limit(timeout=timeout, retention=retention, on_crash=on_crash)
        return pipeline

    def define(
        self,
        code: str,
        *,
        retries: int = 0,
        backoff: Backoff | None = None,
        timeout: timedelta | None = None,
        on_crash: CrashPolicy | str = CrashPolicy.HOLD,
        retention: timedelta = DEFAULT_RETENTION,
    ) -> None:
        """Set the limits of a code whose work is done by plain handlers; without it the values above hold.

        Raises:
            InvalidDefinition: naming the limit and the rule it breaks.
        """
        definition = self.registry.define(check_name(code, "code"), _caller())
        definition.limit(timeout=timeout, retention=retention, on_crash=on_crash)
        check_count(retries, f"retries of {code}")
        definition.retries, definition.backoff = retries, backoff or Backoff()

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
            InvalidDefinition: the code cannot be typed, or the function is a generator or async.
        """
        wanted = None if status is None else ProcessStatus(status)

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
                performer=PlainPerformer(handler), priority=priority, channel=channel, code=code, label=label
            )
        )

    # --- the database ---

    @property
    def database(self) -> str:
        """URL of the database; may be set before the first verb, or to leave for another one."""
        return self.registry.database or self._database or bootstrap.default_database()

    @database.setter
    def database(self, url: str | None) -> None:
        self.close()
        self._database, self.registry.database = url, None

    @property
    def clock(self) -> Clock | None:
        """Another source of the present, for tests; None for the system's. May be set as `database` may."""
        return self._clock

    @clock.setter
    def clock(self, clock: Clock | None) -> None:
        self.close()
        self._clock = clock

    def operations(
        self, actor: str | None = None, *, guardrails: Sequence[Guardrail] = (), read_only: bool = False
    ) -> Operations:
        """Return every verb and every list.

        Args:
            actor: who acts, ``operator:NAME@HOST`` or ``program:...``; the program itself when not given.
            guardrails: what holds beside the app's own.
            read_only: refuse every verb.
        """
        adapters = self._adapters()
        if actor is not None or guardrails or read_only:
            rails = (*self._guardrails, *guardrails)
            return bootstrap.open_operations(
                adapters, self.registry, actor=actor, guardrails=rails, read_only=read_only
            )
        if self._own is None or self._own[0] is not adapters:
            self._own = adapters, bootstrap.open_operations(adapters, self.registry, guardrails=self._guardrails)
        return self._own[1]

    def worker(self, **settings: Any) -> Worker:
        """Return a worker that is not started yet.

        Args:
            settings: of `jobboy.worker.WorkerSettings`.
        """
        from jobboy.worker import WorkerSettings  # APScheduler is loaded by workers only

        checked = WorkerSettings(**settings)  # before a database is made for it
        return bootstrap.make_worker(self._adapters(), self.registry, checked)

    @contextmanager
    def iteration_maker(self, *, channel: str = DEFAULT_CHANNEL, exclusive: bool = False) -> Iterator[IterationMaker]:
        """Give what makes iterations one by one: for tests, and for programs that decide themselves when to work.

        ``work()`` makes one iteration in this thread and returns an `IterationResponse`: go on at once, wait, or do
        anything else. What died with a process in hand before this is found; later deaths are by
        ``operations().sweep()``. Schedules and retention are the work of workers.

        Args:
            channel: only handlers of this channel work.
            exclusive: one iteration at a time on the whole database, as ``jobboy work --exclusive``.
        """
        self.operations().sweep()
        with bootstrap.open_maker(self._adapters(), self.registry, channel, exclusive=exclusive) as maker:
            yield maker

    def close(self) -> None:
        """Close the database if it is open; the next verb opens it again."""
        with self._opening:
            if self._opened is not None and self._opened[0] == os.getpid():
                self._opened[1].close()
            self._opened = None

    def _adapters(self) -> bootstrap.Adapters:
        with self._opening:
            if self._opened is None or self._opened[0] != os.getpid():
                adapters = bootstrap.open_adapters(self.database, durability=self._durability, clock=self._clock)
                self._opened = (os.getpid(), adapters)
            return self._opened[1]

    # --- the verbs one has at hand in a program ---

    def start(self, code: str, parameters: Mapping[str, Any] | None = None, **options: Any) -> str:
        """Start a process and return its id; see `Operations.start`."""
        return self.operations().start(code, parameters, **options)

    def start_many(self, orders: Sequence[tuple[str, Mapping[str, Any]]], **options: Any) -> list[str]:
        """Start several processes in one transaction; see `Operations.start_many`."""
        return self.operations().start_many(orders, **options)

    def execute(
        self,
        code: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        timeout: timedelta | None = None,
        confirmed: bool = False,
    ) -> Process:
        """Start a process and wait until it has ended or paused; returns it as it is then.

        When no worker of the database serves its code, the processes of that code are iterated here. `confirmed` says
        that somebody has confirmed it by hand, as guardrails may ask for.

        Raises:
            TimeoutError: it is not done in time; it stays and can be worked on.
        """
        return bootstrap.execute(
            self._adapters(),
            self.registry,
            code,
            {} if parameters is None else parameters,
            key=key,
            timeout=timeout,
            guardrails=self._guardrails,
            confirmed=confirmed,
        )

    def get(self, process_id: str) -> Process:
        """Return a process; see `Operations.get`."""
        return self.operations().get(process_id)

    def list(self, filter: str = "", *, limit: int = 100) -> Sequence[Process]:
        """Return the first processes of a filter such as ``failed code:nightly-* store.rows>100 sort:-updated``.

        Raises:
            InvalidFilter: saying what is wrong, where, and what was expected; see docs/reference/filter-language.md.
        """
        from jobboy.operations import parse_filter

        return self.operations().list(parse_filter(filter), limit=limit)

    def tail(self, process_id: str, **options: Any) -> Iterator[Event]:
        """Yield the events of a process as they come; see `Operations.tail`."""
        return self.operations().tail(process_id, **options)

    def history(self, process_id: str, **options: Any) -> Sequence[Event]:
        """Return the events of a process; see `Operations.history`."""
        return self.operations().history(process_id, **options)

    def recover(self, process_id: str, **options: Any) -> Process:
        """Release a stuck process; see `Operations.recover`."""
        return self.operations().recover(process_id, **options)

    def fail(self, process_id: str, **options: Any) -> Process:
        """Make a process failing or failed; see `Operations.fail`."""
        return self.operations().fail(process_id, **options)

    def kill(self, process_id: str, **options: Any) -> Process:
        """Ask for the end of a process; see `Operations.kill`."""
        return self.operations().kill(process_id, **options)

    def proceed(self, process_id: str, data: Mapping[str, Any] | None = None, **options: Any) -> Process:
        """Let a paused process go on; see `Operations.proceed`."""
        return self.operations().proceed(process_id, data, **options)

    def restart(self, process_id: str, **options: Any) -> Process:
        """Start an ended process anew; see `Operations.restart`."""
        return self.operations().restart(process_id, **options)


def load_app(path: str) -> JobBoy:
    """Import ``module:object`` with the current folder on the path and return the `JobBoy` there.

    Raises:
        InvalidValue: the text is malformed, the module cannot be imported, or there is no JobBoy.
    """
    module_name, _, name = path.partition(":")
    if not name or not all(part.isidentifier() for part in module_name.split(".")):
        raise InvalidValue("app", f"must be MODULE:OBJECT, such as imports:jobs, not {path!r}")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if f"{module_name}.".startswith(f"{error.name}."):
            raise InvalidValue("app", f"there is no module {module_name!r} in {os.getcwd()} or installed") from error
        raise InvalidValue("app", f"{module_name!r} imports {error.name!r}, which is not installed") from error
    except Exception as error:  # somebody's module: it may raise anything, and is told as it is
        raise InvalidValue("app", f"importing {module_name!r} raised {_where(error)}") from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, JobBoy):
        raise InvalidValue("app", f"{module_name!r} has no JobBoy named {name!r}")
    return found


def _where(error: Exception) -> str:
    """Return type, message and place of an error in somebody's module, in one line."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg} ({error.filename}, line {error.lineno})"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}, line {last.lineno})"


def _caller() -> str:
    """Return the name of the module two calls up: where the definition stands."""
    name: str = sys._getframe(2).f_globals.get("__name__", "__main__")
    return name
