"""Reads the change feed of a database as another program does, and remembers when each event was first to be seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from jobboy.model.events import Event
from jobboy.operations import Operations

LOOK_EVERY = 0.005


@dataclass(frozen=True)
class Seen:
    """An event, and when it was seen, on the clock that all programs of a machine share."""

    event: Event
    monotonic: float


class Watcher:
    """Follows every event of a database; begun and ended by `watching`."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._seen: list[Seen] = []
        self._over = threading.Event()

    def seen(self, process_id: str, *kinds: str) -> list[Seen]:
        """Return the events of one process of some kinds, in their order."""
        return [one for one in list(self._seen) if one.event.process_id == process_id and one.event.kind in kinds]

    def count(self, *kinds: str) -> int:
        """Return how many events of some kinds were seen."""
        return sum(one.event.kind in kinds for one in list(self._seen))

    def follow(self) -> None:
        """Read until `end`."""
        after = 0
        while not self._over.wait(LOOK_EVERY):
            for event in self._operations.feed(after=after):
                self._seen.append(Seen(event, time.monotonic()))
                after = event.seq

    def end(self) -> None:
        """Make `follow` return."""
        self._over.set()


@contextmanager
def watching(operations: Operations) -> Iterator[Watcher]:
    """Watch in a thread for as long as the block lasts."""
    watcher = Watcher(operations)
    thread = threading.Thread(target=watcher.follow, name="watching", daemon=True)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.end()
        thread.join()
