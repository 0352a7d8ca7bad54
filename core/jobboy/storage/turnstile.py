"""Who writes next, when several programs want to: nobody writes again while somebody waits.

SQLite lets whoever asks at the right moment write. A program that has just written asks at the best moment of all, so
it would go on for seconds while others look in vain. Here those who wait say so by a lock they share, and whoever
finds it held steps aside for a moment before asking. No order is kept: with a few programs chance is fair enough, and
a program that is stopped while it waits slows the others but does not block them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from jobboy.errors import StorageError
from jobboy.ports import WAITING_PLACE, Lock, Locks

SHORTEST, LONGEST = 0.0002, 0.001
"""Seconds between two tries to write."""

T = TypeVar("T")


class Turnstile:
    """In front of the write lock of one database.

    Args:
        locks: of the same database; None where nobody else is to be let past.
        seconds: how long to wait for other programs.
        is_busy: says of an error whether another program writes.
    """

    def __init__(self, locks: Locks | None, *, seconds: float, is_busy: Callable[[Exception], bool]) -> None:
        self._locks = locks
        self._seconds = seconds
        self._is_busy = is_busy

    def attempt(self, write: Callable[[], T]) -> T:
        """Repeat an attempt that another program's lock refuses, and let those past who wait already.

        Raises:
            Exception: what the attempt raised last, when the time was over or something else was wrong.
        """
        if self._locks is not None and self._locks.is_waited_at(WAITING_PLACE):
            _step_aside()
        try:
            return write()
        except Exception as error:
            if not self._is_busy(error):
                raise
        return self._wait(write)

    def _wait(self, write: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._seconds
        place = self._queue()
        try:
            while True:
                _step_aside()
                try:
                    return write()
                except Exception as error:
                    if not self._is_busy(error) or time.monotonic() > deadline:
                        raise
        finally:
            if place is not None:
                place.release()

    def _queue(self) -> Lock | None:
        """Say that somebody waits here; who cannot say so waits all the same."""
        try:
            return None if self._locks is None else self._locks.take(WAITING_PLACE, shared=True)
        except StorageError:
            return None


def _step_aside() -> None:
    time.sleep(random.uniform(SHORTEST, LONGEST))
