"""JobBoy: the app a developer makes, with the definitions of its work and the verbs on its processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from jobboy import bootstrap
from jobboy.defining import Definitions
from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.errors import Refused
from jobboy.model.events import Event
from jobboy.model.process import Process

if TYPE_CHECKING:
    from jobboy.engine.iteration_maker import IterationMaker
    from jobboy.operations import Guardrail, Operations
    from jobboy.ports import Clock
    from jobboy.worker import Worker


class JobBoy(Definitions):
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
        super().__init__(allow)
        self._database = database
        self._durability = durability
        self._guardrails = tuple(guardrails)
        self._clock: Clock | None = None
        self._opened: tuple[int, bootstrap.Adapters] | None = None
        self._own: tuple[bootstrap.Adapters, Operations] | None = None
        self._opening = threading.Lock()
        self._workers: WeakSet[Worker] = WeakSet()

    # --- the database ---

    @property
    def database(self) -> str:
        """URL of the database; may be set before the first verb, or to leave for another one as by `close`."""
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
        worker = bootstrap.make_worker(self._adapters(), self.registry, checked)
        self._workers.add(worker)
        return worker

    @contextmanager
    def iteration_maker(self, *, channel: str = DEFAULT_CHANNEL, exclusive: bool = False) -> Iterator[IterationMaker]:
        """Give what makes iterations one by one: for tests, and for programs that decide themselves when to work.

        ``work()`` makes one iteration in this thread and returns an `IterationResponse`: go on at once, wait, or do
        anything else. What died with a process in hand before this is found; what dies later, by
        ``operations().sweep()``. Schedules and retention are the work of workers.

        Args:
            channel: only handlers of this channel work.
            exclusive: one iteration at a time on the whole database, as ``jobboy work --exclusive``.
        """
        self.operations().sweep()
        with bootstrap.open_maker(self._adapters(), self.registry, channel, exclusive=exclusive) as maker:
            yield maker

    def close(self) -> None:
        """Close the database if it is open; the next verb opens it again.

        Raises:
            Refused: a worker of this app is running, which needs the database: stop it first. Nothing is closed.
        """
        with self._opening:
            if self._opened is not None and self._opened[0] == os.getpid():
                if any(worker.is_running for worker in list(self._workers)):
                    raise Refused(
                        "close", self._opened[1].database, "a worker of this program uses it: stop it first"
                    )
                self._opened[1].close()
            self._opened = None

    def _adapters(self) -> bootstrap.Adapters:
        with self._opening:
            if self._opened is None or self._opened[0] != os.getpid():
                # A fork may be in another folder, as daemons are: it goes on with the database of its parent.
                database = self.database if self._opened is None else self._opened[1].address
                adapters = bootstrap.open_adapters(database, durability=self._durability, clock=self._clock)
                self._opened = (os.getpid(), adapters)
                self._workers = WeakSet()  # in a fork, those of the parent
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
