"""What one slot has in hand: processes claimed together, done one after the other, settled together."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import TypeVar

from jobboy.ports import Change, Held

T = TypeVar("T")


class Hand:
    """Processes in the order in which they are done; a lookout may take from it what a long turn holds up.

    Each process and each result is taken out by exactly one thread.

    Args:
        members: as claimed; none when there was nothing to claim.
        by: whoever claimed them.
    """

    def __init__(self, members: Sequence[Held], by: object = None) -> None:
        self._rest = deque(members)
        self._results: deque[Change] = deque()
        self.by = by
        """Whoever claimed them."""
        self.size = len(members)
        self.more = bool(members) and members[-1].more
        """Others were ready when these were picked."""
        self.turns = 0
        """How many turns were begun; a number that stays the same for long tells of a long turn."""
        self.current: Held | None = None
        """What is being done at this moment."""
        self.relieved = False
        """Nothing but the current one is in it any more; set under `guard`."""
        self.guard = threading.Lock()
        """Held while the next one is taken out, and by others from taking things out until these are settled: what
        could not be settled is put back before whoever does the hand believes that it is empty."""
        self._taken_at = time.monotonic()
        self._locks = {id(held.lock): held.lock for held in members}

    @property
    def needs_lookout(self) -> bool:
        """Whether a long turn could still hold anything up."""
        return not self.relieved and (self.current is not None or bool(self._rest))

    def next(self) -> Held | None:
        """Take out the next process to be begun, None when nothing is left."""
        with self.guard:
            if not self._rest:
                self.current = None
                return None
            self.turns += 1
            self.current = self._rest.popleft()
            return self.current

    def finish(self, result: Change) -> None:
        """Keep a result until the hand is settled."""
        self._results.append(result)

    def take_results(self) -> list[Change]:
        """Take out the results that are not settled yet."""
        return _emptied(self._results)

    def take_rest(self) -> list[Held]:
        """Take out what has not begun; under `guard`."""
        return _emptied(self._rest)

    def put_back(self, results: Sequence[Change], rest: Sequence[Held]) -> None:
        """Keep again what could not be settled or given back, in its old place; under `guard`."""
        self._results.extendleft(reversed(results))
        self._rest.extendleft(reversed(rest))

    def release(self) -> None:
        """Give up the locks, when all of it is settled or nothing of it can be."""
        for lock in self._locks.values():
            lock.release()

    def age(self) -> float:
        """Return for how many seconds this is in hand."""
        return time.monotonic() - self._taken_at


def _emptied(queue: deque[T]) -> list[T]:
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken
