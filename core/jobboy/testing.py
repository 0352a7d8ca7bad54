"""For tests of apps and of jobboy itself: a clock that stands still, and ids that can be foreseen."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from jobboy.model.identifiers import process_id

BEGINNING = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""Where a `FrozenClock` stands when it is not told otherwise: a Monday at noon."""


class FrozenClock:
    """A `jobboy.ports.Clock` that moves only when it is told to; may be read from any thread.

    Args:
        start: where it stands at first, aware UTC.
    """

    def __init__(self, start: datetime = BEGINNING) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    def advance(self, time: timedelta) -> datetime:
        """Move it on, or back with a negative time, and return the new present."""
        self._now += time
        return self._now


class FixedIdentifiers:
    """A source of `jobboy.ports.Identifiers` that gives the same ids in every run.

    The first process id ends in ``…0001``, the next in ``…0002``; they sort in the order they were given.

    Args:
        start: the time in the head of the ids, one millisecond later for each.
    """

    def __init__(self, start: datetime = BEGINNING) -> None:
        self._milliseconds = int(start.timestamp() * 1000)
        self._processes = itertools.count(1)
        self._workers = itertools.count(1)

    def process_id(self) -> str:
        """Return the next process id, a valid UUIDv7."""
        number = next(self._processes)
        return process_id(self._milliseconds + number, number.to_bytes(10, "big"))

    def process_ids(self, count: int) -> list[str]:
        """Return the next process ids."""
        return [self.process_id() for _ in range(count)]

    def worker_id(self) -> str:
        """Return the next worker id: ``test:1:00000001``, ``test:1:00000002``."""
        return f"test:1:{next(self._workers):08x}"
