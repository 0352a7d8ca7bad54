"""The slots of a worker: each picks and iterates in a thread of its own while there is something to do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from apscheduler.schedulers.base import BaseScheduler

from jobboy.engine.iteration_maker import IterationMaker
from jobboy.errors import StorageError
from jobboy.worker.lookout import Lookout

_log = logging.getLogger(__name__)

SLOTS = "slots"
"""Name of the scheduler's executor that has a thread for each slot."""
CHECK_PAUSE = 0.02  # seconds between two looks whether all slots are free, while stopping


class Slots:
    """Wakes as many slots as there is work for: a look takes one, and each that finds more wakes the next.

    Args:
        maker: makes the iterations.
        scheduler: carries each waking as a one-off on its executor `SLOTS`.
        count: how many slots there are.
        stopping: when set, nothing more is taken in hand.
        on_idle: called when the last busy slot found nothing to do.
        on_relieved: called when others may go on with what a long turn has held up, to wake other workers.
    """

    def __init__(
        self,
        maker: IterationMaker,
        scheduler: BaseScheduler,
        *,
        count: int,
        stopping: threading.Event,
        on_idle: Callable[[], None],
        on_relieved: Callable[[], None],
    ) -> None:
        self._maker = maker
        self._scheduler = scheduler
        self._count = count
        self._stopping = stopping
        self._on_idle = on_idle
        self._on_relieved = on_relieved
        self._resting = threading.Event()
        self._guard = threading.Lock()
        self._free = set(range(count))
        self._rings = 0
        self._lookout = Lookout(maker.relieve, self._look_after_relief)

    def start(self) -> None:
        """Begin to look after slots that are held up, and give one a first look."""
        self._lookout.start()
        self.look()

    def close(self) -> None:
        """End looking after slots."""
        self._lookout.close()

    def ring(self) -> None:
        """Say that there is something new: a slot that is about to give up looks again."""
        with self._guard:
            self._rings += 1
        self.look()

    def rest(self) -> None:
        """Take nothing more in hand until `go_on`; what is in hand is done."""
        self._resting.set()

    def go_on(self) -> None:
        """End a rest."""
        self._resting.clear()
        self.look()

    @property
    def rests(self) -> bool:
        """Whether nothing is taken in hand for now."""
        return self._resting.is_set()

    def look(self) -> None:
        """Give a free slot a look at what there is."""
        with self._guard:
            if not self._wanted() or not self._free:
                return
            slot = self._free.pop()
        # No id: the scheduler would drop a waking under the id of one it has not yet seen the end of.
        self._scheduler.add_job(self._iterate, args=[slot], name=f"iterating-{slot}", executor=SLOTS)

    def all_free(self) -> bool:
        """Say whether no slot has anything in hand."""
        with self._guard:
            return len(self._free) == self._count

    def wait_until_free(self, seconds: float) -> bool:
        """Wait until all slots are free, at most so long; True when they are."""
        end = time.monotonic() + seconds
        while not self.all_free() and time.monotonic() < end:
            time.sleep(CHECK_PAUSE)
        return self.all_free()

    def _look_after_relief(self) -> None:
        self.look()
        self._on_relieved()

    def _iterate(self, slot: int) -> None:
        idle = False
        try:
            idle = self._iterate_until_quiet()
        except StorageError as error:
            _log.warning("no work now: %s", error)  # not idle: there may be work that could not be seen
        finally:
            with self._guard:
                self._free.add(slot)
                idle = idle and len(self._free) == self._count
            if idle:
                self._on_idle()

    def _iterate_until_quiet(self) -> bool:
        """Iterate until a look that began after the last ring found nothing; False when it could not look."""
        while True:
            rings = self._rings
            response = self._maker.work_through(self._wanted, self.look, self._lookout.watch)
            if response.lock_held or not self._wanted():
                return False
            if not response.has_worked and rings == self._rings:
                return True

    def _wanted(self) -> bool:
        return not (self._stopping.is_set() or self._resting.is_set())
