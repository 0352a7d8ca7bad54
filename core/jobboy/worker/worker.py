"""A worker: slots that iterate, woken by the bell, with APScheduler deciding when each part runs."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from queue import Empty, SimpleQueue
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.registry import Registry
from jobboy.engine.sweep import Sweeper, sweep_safely
from jobboy.errors import StorageError
from jobboy.model.process import ProcessSummary
from jobboy.model.workers import WorkerInfo
from jobboy.operations.door import Operations
from jobboy.ports import Bell, Clock, Held, Listener, Lock, Locks, ProcessRepository, StepRunner, worker_place
from jobboy.system import host, version
from jobboy.worker.limits import Limits
from jobboy.worker.live_logs import LiveLogs
from jobboy.worker.pools import Pool
from jobboy.worker.schema_watch import SchemaWatch
from jobboy.worker.settings import WorkerSettings
from jobboy.worker.slots import SLOTS, Slots
from jobboy.worker.steady import SteadySchedule
from jobboy.worker.ticks import Ticks

_log = logging.getLogger(__name__)

SWEEP_INTERVAL = 0.5  # seconds; a dead holder is promised to be seen within two, on a busy machine too
RETENTION_INTERVAL = 3600.0  # seconds
MAINTENANCE_INTERVAL = 60.0  # seconds
LISTEN_PAUSE = 1.0  # seconds between two looks at the clock; the bell and `interrupt` wake the listener at once
LOGS_INTERVAL = 1.0  # seconds between two looks at what turns in progress say
LIMITS_INTERVAL = 0.5  # seconds between two looks at the limits
LAST_WAIT = 1.5  # seconds after the grace, in which isolated steps are ended and released


class WorkerState(StrEnum):
    """What a worker is doing, for people."""

    NEW = "new"
    IDLE = "idle"
    WORKING = "working"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"


class Worker:
    """Iterates the processes of one database until it is stopped or a limit is reached.

    Its scheduled parts: *iterating* (a look every idle time, and at once when the bell rings; each free slot is a
    one-off of its own), *sweeping* for the stuck, *schedules* (a look when something is due next), *retention*, and
    *maintenance* of the files.

    Args:
        maker: makes the iterations.
        iterator: of the maker; watched for steps that are to be ended.
        repository, locks, bell, clock: of the database.
        operations: for retention and schedules.
        registry: the handlers; stuck processes are offered to those of the handled case. Its schedules are brought
            up to their definitions at the start.
        runner: of isolated steps; closed with the worker.
        worker_id: the id it claims with.
        settings: limits and slots.
        abandon: set when results that cannot be written are to be given up.
    """

    def __init__(
        self,
        *,
        maker: IterationMaker,
        iterator: ProcessIterator,
        repository: ProcessRepository,
        locks: Locks,
        bell: Bell,
        clock: Clock,
        operations: Operations,
        registry: Registry,
        runner: StepRunner,
        worker_id: str,
        settings: WorkerSettings,
        abandon: threading.Event,
    ) -> None:
        self.id = worker_id
        """``host:pid:random``, as written into what it holds."""
        self.settings = settings
        self._iterator = iterator
        self._repository, self._locks, self._clock = repository, locks, clock
        self._operations, self._registry, self._runner = operations, registry, runner
        self._abandon = abandon
        self._sweeper = Sweeper(repository, locks, clock, bell, actor=f"sweep:{worker_id}")
        self._bell = bell
        self._listener: Listener | None = None
        self._stopping = threading.Event()
        self._slot_count = 1 if settings.exclusive else settings.slots
        self._live_logs = LiveLogs(iterator, repository, clock)
        self._schema = SchemaWatch(repository, self._give_up)
        self._scheduler = self._make_scheduler()
        self._steady = SteadySchedule(self._scheduler)
        self._slots = Slots(
            maker,
            self._scheduler,
            count=self._slot_count,
            stopping=self._stopping,
            on_idle=self._went_idle,
            on_relieved=bell.ring,
        )
        self._ticks = Ticks(operations, self._scheduler, executor="house")
        self._ended = threading.Event()
        self._signals: list[int] = []
        # Not an event: a signal that comes while its own thread is inside the event's lock would wait for ever.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._alive: Lock | None = None
        self._info: WorkerInfo | None = None
        self._threads: list[threading.Thread] = []

    # --- its life ---

    @property
    def state(self) -> WorkerState:
        """What it is doing at this moment."""
        if self._info is None:
            return WorkerState.NEW
        if self._ended.is_set():
            return WorkerState.STOPPED
        if self._stopping.is_set():
            return WorkerState.STOPPING
        if self._iterator.in_hand():
            return WorkerState.WORKING
        return WorkerState.PAUSED if self._slots.rests else WorkerState.IDLE

    @property
    def busy(self) -> int:
        """How many processes are in its hands."""
        return len(self._iterator.in_hand())

    def start(self) -> None:
        """Begin to work in threads of this program; returns at once.

        Raises:
            StorageError: when the database cannot be written.
        """
        self._enlist()
        self._listener = listener = self._bell.listen()
        self._sweep()
        self._ticks.look()
        self._scheduler.start()
        listening = threading.Thread(target=self._listen, args=[listener], name="jobboy-listening", daemon=True)
        listening.start()
        self._threads.append(listening)
        self._slots.start()

    def stop(self, *, grace: float | None = None) -> bool:
        """Take nothing more in hand, let turns in progress end, then close; True when all of them ended.

        After `grace` seconds isolated steps are ended and their processes released. A step in a thread cannot be
        ended: when one remains the answer is False, its process stays held, and ends stuck with the program. Where a
        newer jobboy has upgraded the database nothing is waited for: no result may be written.
        """
        self._stopping.set()
        if self._schema.error is not None:
            grace = 0.0
        if self._listener is not None:
            self._listener.interrupt()
        if not self._slots.wait_until_free(self.settings.grace if grace is None else grace):
            self._abandon.set()  # before steps are ended: nothing that is left in hand may begin after them
            self._end_steps("its worker was stopped")
            self._slots.wait_until_free(LAST_WAIT)
        return self._close()

    def pause(self) -> None:
        """Let this worker alone take nothing more in hand; turns in progress are finished, schedules are followed."""
        _log.info("the worker is paused")
        self._slots.rest()

    def resume(self) -> None:
        """End the pause of this worker."""
        _log.info("the worker goes on")
        self._slots.go_on()

    def end(self, why: str) -> None:
        """Ask a worker that runs to end in order; returns at once, from any thread."""
        _log.info("the worker ends: %s", why)
        self._ask_to_end()

    def _give_up(self) -> None:
        """End at once: nothing may be written any more, and whoever can write finds what was in hand by its locks."""
        self._abandon.set()
        self._ask_to_end()

    def _program_ends(self) -> None:
        """Take nothing more in hand: the program waits for what is, and for nothing else."""
        self._scheduler.pause()
        self._ask_to_end()

    def _ask_to_end(self) -> None:
        self._stopping.set()
        self._wake.put(None)

    def run(self) -> int:
        """Work in this thread until a signal, a limit or idleness ends it; returns the exit code.

        The first SIGTERM or SIGINT lets turns in progress end, the second ends the program at once.

        Raises:
            StorageError: the database cannot be written at the start.
            NewerSchema: a newer jobboy has upgraded it meanwhile; what was in hand is found stuck and goes on there.
        """
        previous = {sign: signal.signal(sign, self._on_signal) for sign in (signal.SIGTERM, signal.SIGINT)}
        try:
            self.start()
            limits = Limits(self.settings)
            while not self._is_to_end():
                self._check(limits)
            self._tell_signal()
            complete = self._stop_or_give_way()
        finally:
            for sign, handler in previous.items():
                signal.signal(sign, handler)
        if not complete:
            _log.warning("a step is still running; its process will be found stuck")
            logging.shutdown()
            os._exit(130 if self._schema.error is None else 1)
        if self._schema.error is not None:
            raise self._schema.error
        return 130 if signal.SIGINT in self._signals else 0

    def _stop_or_give_way(self) -> bool:
        """Stop, and cut the grace short at the second signal."""
        done: list[bool] = []
        stopping = threading.Thread(target=lambda: done.append(self.stop()), name="jobboy-stopping", daemon=True)
        stopping.start()
        while stopping.is_alive():
            stopping.join(0.05)
            if len(self._signals) > 1:
                return False
        return bool(done and done[0])

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        self._wake.put(None)

    def _is_to_end(self) -> bool:
        """Wait for a while, or until somebody asks for the end, and say whether somebody did."""
        with suppress(Empty):
            self._wake.get(timeout=LIMITS_INTERVAL)
        if self._signals:
            self._stopping.set()
        return self._stopping.is_set()

    def _tell_signal(self) -> None:
        if self._signals:
            name = signal.Signals(self._signals[0]).name
            grace = self.settings.grace
            _log.info("%s: turns in progress are finished first, in %g s; a second signal ends at once", name, grace)

    def _check(self, limits: Limits) -> None:
        why = limits.reached()
        if why is not None:
            self.end(why)

    # --- joining and leaving ---

    def _enlist(self) -> None:
        self._repository.remember(
            [record for code in self._registry.codes() if (record := self._registry.record(code))]
        )
        self._operations.define_schedules(self._registry.schedules())
        codes = self._registry.codes_for(self.settings.channel)
        self._info = self._repository.add_worker(
            WorkerInfo(
                number=0,
                id=self.id,
                host=host(),
                pid=os.getpid(),
                slots=self._slot_count,
                codes=tuple(codes or ()),
                started_at=self._clock.now(),
                version=version(),
            )
        )
        self._alive = self._locks.take(worker_place(self._info.number))

    def _close(self) -> bool:
        complete = self._slots.all_free()
        self._ticks.stop()
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()  # waits for its thread, which a shutdown in mid-turn makes raise
            self._scheduler.shutdown(wait=complete)
        self._slots.close()
        for thread in self._threads:
            thread.join(1.0)
        if self._listener is not None:
            self._listener.close()
        self._runner.close()
        if complete and self._info is not None and self._schema.error is None:
            self._repository.end_worker(self._info.number, at=self._clock.now())
        if complete and self._alive is not None:
            self._alive.release()
        self._ended.set()
        return complete

    def _make_scheduler(self) -> BackgroundScheduler:
        sizes = {SLOTS: self._slot_count, "house": 3}
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={name: Pool(size, self._program_ends) for name, size in sizes.items()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        parts: list[tuple[str, Callable[[], None], float]] = [
            ("iterating", self._look, self.settings.idle_time),
            ("sweeping", self._sweep, SWEEP_INTERVAL),
            ("retention", self._prune, RETENTION_INTERVAL),
            ("maintenance", self._maintain, MAINTENANCE_INTERVAL),
            ("logs", self._live_logs.keep, LOGS_INTERVAL),
        ]
        for name, part, seconds in parts:
            first = datetime.now(UTC) + timedelta(seconds=min(seconds, 30.0))  # noqa: TID251  # APScheduler's clock
            scheduler.add_job(
                part, "interval", seconds=seconds, id=name, name=name, executor="house", next_run_time=first
            )
        return scheduler

    # --- iterating ---

    def _listen(self, listener: Listener) -> None:
        while not self._stopping.is_set():
            if listener.wait(LISTEN_PAUSE):
                self._slots.ring()
                self._ticks.ring()
                self._watch()
            self._steady.keep()

    def _look(self) -> None:
        self._slots.look()

    def _went_idle(self) -> None:
        if self.settings.until_idle:
            self._ask_to_end()

    # --- keeping house ---

    def _sweep(self) -> None:
        if not self._schema.is_ours():
            return
        sweep_safely(self._sweeper)
        try:
            self._sweeper.offer(self._registry, self.settings.channel)
        except StorageError as error:
            _log.warning("stuck processes are not offered now: %s", error)
        self._watch()

    def _watch(self) -> None:
        """End isolated steps whose process was killed or taken away by an operator."""
        watched = self._iterator.in_hand()
        if not watched:
            return
        try:
            rows = {row.number: row for row in self._repository.handled()}
        except StorageError as error:
            _log.warning("kills are not seen now: %s", error)
            return
        for held in watched:
            why = _order_to_end(held, rows.get(held.process.number))
            if why is not None and held in self._iterator.in_hand():
                self._runner.stop(held.process.number, held.process.token, why)

    def _end_steps(self, why: str) -> None:
        for held in self._iterator.in_hand():
            self._runner.stop(held.process.number, held.process.token, why)

    def _prune(self) -> None:
        try:
            self._operations.prune()
        except StorageError as error:
            _log.warning("retention waits: %s", error)

    def _maintain(self) -> None:
        try:
            self._repository.maintain()
        except StorageError as error:
            _log.warning("maintenance waits: %s", error)


def _order_to_end(held: Held, row: ProcessSummary | None) -> str | None:
    if row is None or row.token != held.process.token:
        return "its process was taken away by an operator"
    if row.kill_requested and not held.process.kill_requested:
        return "its process was killed by an operator"
    return None
