"""The one place that joins the parts: a database URL becomes adapters, and adapters become operations."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobboy.engine import isolated
from jobboy.engine.claimants import make_claimant
from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.registry import Registry
from jobboy.errors import DatabaseMissing
from jobboy.model.process import Process
from jobboy.operations.context import Context, KnownDefinitions
from jobboy.operations.door import Operations
from jobboy.operations.following import follow
from jobboy.operations.guardrails import Guardrail
from jobboy.ports import Bell, Clock, Identifiers, Locks, ProcessRepository, StepOrder, StepRunner
from jobboy.system import SystemClock, SystemIdentifiers, host, user

if TYPE_CHECKING:
    from jobboy.worker import Worker, WorkerSettings

DEFAULT_DATABASE = "sqlite:///jobboy.db"
DATABASE_VARIABLE = "JOBBOY_DATABASE_URL"


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """What stands between the engine and the world, for one database."""

    repository: ProcessRepository
    locks: Locks
    bell: Bell
    clock: Clock
    identifiers: Identifiers
    database: str
    """The URL without a password."""
    address: str
    """The URL for programs that are in another folder."""

    def close(self) -> None:
        """Close what is open."""
        self.repository.close()
        self.bell.close()
        self.locks.close()


def default_database() -> str:
    """Return the URL in ``$JOBBOY_DATABASE_URL``, or ``jobboy.db`` in the current folder."""
    return os.environ.get(DATABASE_VARIABLE) or DEFAULT_DATABASE


def database_exists(database: str) -> bool:
    """Say whether a database is there, without opening or making it.

    Raises:
        InvalidValue: the URL is none.
        StorageError: it names a kind of database that is not served.
    """
    from jobboy.storage import database_path

    try:
        os.stat(database_path(database))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # it cannot be looked at: opening it tells why
        return True
    return True


def require_database(database: str, named_by: str | None = None, *, looks: bool = False) -> None:
    """Refuse to go on where a database is not there, instead of making it.

    Args:
        database: the URL.
        named_by: who says that it is this one; None for the app or the default.
        looks: refuse an older schema too, instead of upgrading it.

    Raises:
        DatabaseMissing: it is not there.
        OlderSchema: `looks`, and opening it would upgrade it.
        InvalidValue, StorageError: as for `database_exists`.
    """
    from jobboy.storage import database_path

    if database_exists(database):
        if looks:
            from jobboy.storage import schema

            schema.require_current(database_path(database))
        return
    of_itself = "the default" if database == default_database() else "the database of the app"
    raise DatabaseMissing(str(database_path(database)), named_by or of_itself)


def open_adapters(database: str, *, durability: str = "full", clock: Clock | None = None) -> Adapters:
    """Open a database, making it when it is not there.

    Args:
        database: a URL such as ``sqlite:///folder/jobboy.db``.
        durability: ``full`` survives power loss with everything acknowledged; ``normal`` may lose the last
            commits then, never to a crash of programs.
        clock: another source of the present, for tests.

    Raises:
        StorageError: when it cannot be reached or is not ours.
    """
    from jobboy.locks import open_bell, open_locks  # the engine is imported without them, and without SQLAlchemy
    from jobboy.runners.main_script import refuse_while_imported
    from jobboy.storage import database_path, display_url, open_repository, schema

    refuse_while_imported("open the database")
    path: Path = database_path(database)
    schema.refuse_others(path)  # before a lock file is left beside it
    lock_file = Path(f"{os.path.realpath(path)}.lock")  # programs that use a link to the file lock the same one
    present = clock or SystemClock()
    locks = open_locks(lock_file)
    try:
        repository = open_repository(database, durability=durability, clock=present, locks=locks)
    except Exception:
        locks.close()
        raise
    return Adapters(
        repository=repository,
        locks=locks,
        bell=open_bell(lock_file),
        clock=present,
        identifiers=SystemIdentifiers(clock),
        database=display_url(database),
        address=f"sqlite:///{path}",
    )


def open_operations(
    adapters: Adapters,
    definitions: KnownDefinitions,
    *,
    actor: str | None = None,
    guardrails: Sequence[Guardrail] = (),
    read_only: bool = False,
) -> Operations:
    """Return the use cases of a database.

    Args:
        adapters: of the database.
        definitions: what this program has code for.
        actor: who acts; ``program:NAME@HOST`` when not given.
        guardrails: what holds for whoever acts.
        read_only: refuse every verb.
    """
    return Operations(
        Context(
            repository=adapters.repository,
            locks=adapters.locks,
            bell=adapters.bell,
            clock=adapters.clock,
            identifiers=adapters.identifiers,
            definitions=definitions,
            actor=actor or f"program:{user()}",
            database=adapters.database,
            guardrails=tuple(guardrails),
            read_only=read_only,
        )
    )


def make_worker(adapters: Adapters, registry: Registry, settings: WorkerSettings) -> Worker:
    """Return a worker of a database that is not started yet."""
    from jobboy.worker.worker import Worker

    parts = _make_maker(adapters, registry, settings.channel, exclusive=settings.exclusive)
    return Worker(
        maker=parts.maker,
        iterator=parts.iterator,
        repository=adapters.repository,
        locks=adapters.locks,
        bell=adapters.bell,
        clock=adapters.clock,
        operations=open_operations(adapters, registry, actor=f"worker:{parts.worker_id}"),
        registry=registry,
        runner=parts.runner,
        worker_id=parts.worker_id,
        settings=settings,
        abandon=parts.abandon,
    )


def execute(
    adapters: Adapters,
    registry: Registry,
    code: str,
    parameters: Mapping[str, Any],
    *,
    key: str | None,
    timeout: timedelta | None,
    guardrails: Sequence[Guardrail] = (),
    confirmed: bool = False,
) -> Process:
    """Start a process and wait until it has ended or paused, iterating here when no worker serves it."""
    operations = open_operations(adapters, registry, guardrails=guardrails)
    with contextlib.closing(adapters.bell.listen()) as listener, open_maker(adapters, registry) as maker:
        process_id = operations.acting(confirmed=confirmed).start(code, parameters, key=key)
        return follow(operations, maker, listener, process_id, code, timeout)


@contextlib.contextmanager
def open_maker(
    adapters: Adapters, registry: Registry, channel: str = DEFAULT_CHANNEL, *, exclusive: bool = False
) -> Iterator[IterationMaker]:
    """Give an iteration maker of this program; on the way out the programs of its isolated steps are ended."""
    parts = _make_maker(adapters, registry, channel, exclusive=exclusive)
    try:
        yield parts.maker
    finally:
        parts.runner.close()


@dataclass(frozen=True)
class _Parts:
    worker_id: str
    runner: StepRunner
    iterator: ProcessIterator
    maker: IterationMaker
    abandon: threading.Event


def _make_maker(adapters: Adapters, registry: Registry, channel: str, *, exclusive: bool = False) -> _Parts:
    from jobboy.runners import ChildStepRunner, StepSource

    def source(order: StepOrder) -> StepSource:
        place = isolated.place_of(registry, order.code)
        return StepSource(registry.module_of(order.code), order.code, order.step, adapters.address, place)

    worker_id = adapters.identifiers.worker_id()
    runner = ChildStepRunner(host=host(), sources=source)
    iterator = ProcessIterator(registry, adapters.clock, runner, actor=f"worker:{worker_id}", channel=channel)
    claimant = make_claimant(registry, adapters.locks, adapters.clock, worker_id, channel)
    abandon = threading.Event()
    maker = IterationMaker(
        adapters.repository, adapters.locks, iterator, claimant, exclusive=exclusive, abandon=abandon
    )
    return _Parts(worker_id, runner, iterator, maker, abandon)
