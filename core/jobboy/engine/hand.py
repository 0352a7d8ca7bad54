"""What one slot has in hand: processes claimed together, done one after the other, settled together."""

from __future__ import annotations

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
        members: at least one, as claimed.
    """

    def __init__(self, members: Sequence[Held]) -> None:
        self._rest = deque(members)
        self._results: deque[Change] = deque()
        self.size = len(members)
        self.more = bool(members) and members[-1].more
        """Others were ready when these were picked."""
        self.turns = 0
        """How many turns were begun; a number that stays the same for long tells of a long turn."""
        self.current: Held | None = None
        """What is being done at this moment."""
        self._taken_at = time.monotonic()
        self._locks = {id(held.lock): held.lock for held in members}

    def next(self) -> Held | None:
        """Take out the next process to be begun, None when nothing is left."""
        try:
            held = self._rest.popleft()
        except IndexError:
            self.current = None
            return None
        self.turns += 1
        self.current = held
        return held

    def finish(self, result: Change) -> None:
        """Keep a result until the hand is settled."""
        self._results.append(result)

    def take_results(self) -> list[Change]:
        """Take out the results that are not settled yet."""
        return _emptied(self._results)

    def take_rest(self) -> list[Held]:
        """Take out what has not begun."""
        return _emptied(self._rest)

    def put_back(self, results: Sequence[Change], rest: Sequence[Held]) -> None:
        """Keep again what could not be settled or given back."""
        self._results.extend(results)
        self._rest.extend(rest)

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
        try:
            taken.append(queue.popleft())
        except IndexError:  # another thread has just taken the last one
            break
    return taken
