"""A worker: slots that iterate, woken by the bell, with APScheduler deciding when each part runs."""

from __future__ import annotations

import logging
import os
import threading
from enum import StrEnum

from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.engine.registry import Registry
from jobboy.engine.sweep import Sweeper
from jobboy.operations.door import Operations
from jobboy.ports import Bell, Clock, Listener, Locks, ProcessRepository, StepRunner
from jobboy.worker.ending import Ending
from jobboy.worker.housekeeping import Housekeeping
from jobboy.worker.limits import Limits
from jobboy.worker.live_logs import LOGS_INTERVAL, LiveLogs
from jobboy.worker.membership import Membership
from jobboy.worker.parts import HOUSE, Part, make_scheduler, plan
from jobboy.worker.schema_watch import SchemaWatch
from jobboy.worker.settings import WorkerSettings
from jobboy.worker.signals import INTERRUPTED, Signals
from jobboy.worker.slots import Slots
from jobboy.worker.steady import SteadySchedule
from jobboy.worker.step_watch import StepWatch
from jobboy.worker.ticks import Ticks

_log = logging.getLogger(__name__)

LISTEN_PAUSE = 1.0  # seconds between two looks at the clock; the bell and `interrupt` wake the listener at once
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
    one-off of its own), *sweeping* for the stuck, *schedules* (a look when something is due next), *retention*,
    *maintenance* of the files, and *logs* of turns in progress.

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
        self._runner = runner
        self._abandon = abandon
        self._bell = bell
        self._listener: Listener | None = None
        self._listening: threading.Thread | None = None
        self._ending = Ending()
        self._ended = threading.Event()
        slots = 1 if settings.exclusive else settings.slots
        self._membership = Membership(
            worker_id,
            slots=slots,
            channel=settings.channel,
            registry=registry,
            repository=repository,
            locks=locks,
            clock=clock,
            operations=operations,
        )
        self._schema = SchemaWatch(repository, self._give_up)
        self._steps = StepWatch(iterator, repository, runner)
        self._house = Housekeeping(
            repository=repository,
            operations=operations,
            sweeper=Sweeper(repository, locks, clock, bell, actor=f"sweep:{worker_id}"),
            registry=registry,
            channel=settings.channel,
            schema=self._schema,
            steps=self._steps,
            ending=self._ending,
        )
        self._scheduler = make_scheduler(slots, self._program_ends)
        self._steady = SteadySchedule(self._scheduler)
        self._slots = Slots(
            maker,
            self._scheduler,
            count=slots,
            stopping=self._ending.asked,
            on_idle=self._went_idle,
            on_relieved=bell.ring,
        )
        self._ticks = Ticks(operations, self._scheduler, executor=HOUSE)
        logs = LiveLogs(iterator, repository, clock)
        plan(
            self._scheduler,
            [
                Part("iterating", self._slots.look, settings.idle_time),
                *self._house.parts(),
                Part("logs", logs.keep, LOGS_INTERVAL),
            ],
        )

    @property
    def state(self) -> WorkerState:
        """What it is doing at this moment."""
        if not self._membership.has_joined:
            return WorkerState.NEW
        if self._ended.is_set():
            return WorkerState.STOPPED
        if self._ending.asked.is_set():
            return WorkerState.STOPPING
        if self._iterator.in_hand():
            return WorkerState.WORKING
        return WorkerState.PAUSED if self._slots.rests else WorkerState.IDLE

    @property
    def is_running(self) -> bool:
        """Whether it has started and not stopped."""
        return self.state not in (WorkerState.NEW, WorkerState.STOPPED)

    @property
    def busy(self) -> int:
        """How many processes are in its hands."""
        return len(self._iterator.in_hand())

    # --- its life ---

    def run(self) -> int:
        """Work in this thread until a signal, a limit or idleness ends it; returns the exit code.

        The first SIGTERM or SIGINT lets turns in progress end, the second ends the program at once.

        Raises:
            StorageError: the database cannot be written at the start.
            NewerSchema: a newer jobboy has upgraded it meanwhile; what was in hand is found stuck and goes on there.
        """
        with Signals(self._ending.ask_from_signal) as signals:
            self.start()
            self._work_until_asked()
            if signals.first is not None:
                self._tell_signal(signals.first)
            complete = signals.cut_short(self.stop)
        if not complete:
            _log.warning("a step is still running; its process will be found stuck")
            logging.shutdown()
            os._exit(INTERRUPTED if self._schema.error is None else 1)
        if self._schema.error is not None:
            raise self._schema.error
        return signals.exit_code

    def start(self) -> None:
        """Begin to work in threads of this program; returns at once.

        Raises:
            StorageError: when the database cannot be written.
        """
        self._membership.join()
        self._listener = listener = self._bell.listen()
        self._house.sweep()
        self._ticks.look()
        self._scheduler.start()
        self._listening = threading.Thread(target=self._listen, args=[listener], name="jobboy-listening", daemon=True)
        self._listening.start()
        self._slots.start()

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
        self._ending.ask()

    def stop(self, *, grace: float | None = None) -> bool:
        """Take nothing more in hand, let turns in progress end, then close; True when all of them ended.

        After `grace` seconds isolated steps are ended and their processes released. A step in a thread cannot be
        ended: when one remains the answer is False, its process stays held, and ends stuck with the program. Where a
        newer jobboy has upgraded the database nothing is waited for: no result may be written.
        """
        self._ending.asked.set()
        if self._schema.error is not None:
            grace = 0.0
        if self._listener is not None:
            self._listener.interrupt()
        if not self._slots.wait_until_free(self.settings.grace if grace is None else grace):
            self._abandon.set()  # before steps are ended: nothing that is left in hand may begin after them
            self._steps.end_all("its worker was stopped")
            self._slots.wait_until_free(LAST_WAIT)
        complete = self._slots.all_free()
        if complete and self.settings.until_idle:
            self._house.finish()
        self._close(complete)
        return complete

    # --- while it works ---

    def _listen(self, listener: Listener) -> None:
        while not self._ending.asked.is_set():
            if listener.wait(LISTEN_PAUSE):
                self._slots.ring()
                self._ticks.ring()
                self._steps.look()
            self._steady.keep()

    def _work_until_asked(self) -> None:
        limits = Limits(self.settings)
        while not self._ending.wait(LIMITS_INTERVAL):
            why = limits.reached()
            if why is not None:
                self.end(why)

    def _went_idle(self) -> None:
        if self.settings.until_idle:
            self._ending.ask()

    def _give_up(self) -> None:
        """End at once: nothing may be written any more, and whoever can write finds what was in hand by its locks."""
        self._abandon.set()
        self._ending.ask()

    # --- its end ---

    def _program_ends(self) -> None:
        """Take nothing more in hand: the program waits for what is, and for nothing else."""
        self._scheduler.pause()
        self._ending.ask()

    def _tell_signal(self, name: str) -> None:
        grace = self.settings.grace
        _log.info("%s: turns in progress are finished first, in %g s; a second signal ends at once", name, grace)

    def _close(self, complete: bool) -> None:
        self._ticks.stop()
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()  # waits for its thread, which a shutdown in mid-turn makes raise
            self._scheduler.shutdown(wait=complete)
        self._slots.close()
        if self._listening is not None:
            self._listening.join(1.0)
        if self._listener is not None:
            self._listener.close()
        self._runner.close()
        if complete:
            self._membership.leave(tell=self._schema.error is None)
        self._ended.set()
