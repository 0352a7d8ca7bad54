"""How long turns take, and what follows: how many a slot takes in hand at once, and how many slots are needed.

Turns that take microseconds are done fastest by one thread, many for each commit: threads of Python would only wait
for each other. Turns that take longer are each given a slot of their own. Nobody has to say which are which.
"""

from __future__ import annotations

import threading

SHORT = 0.001
"""Seconds; turns of a code at one step that take less on the average are done one after the other by one slot."""
LARGEST_HAND = 64
"""Processes in one hand; twice as many would save a few percent and make results wait twice as long."""
LARGEST_ISOLATED_HAND = 16
"""Processes in a hand of isolated steps: each keeps a file open, and there may be such a hand for every slot."""
HAND_TIME = 0.01
"""Seconds a hand is meant to take: nobody's result waits much longer for the commit it shares."""
_WEIGHT = 0.25  # of the newest turn in the average


class HandSize:
    """How many are taken in hand at once; doubled while hands are done in time, up to the largest allowed."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.limit = 1

    def took(self, count: int, seconds: float) -> None:
        """Learn how long a hand took; one that was smaller than allowed tells nothing by being quick."""
        if seconds > HAND_TIME:
            self.limit = max(1, self.limit // 2)
        elif count == self.limit and seconds < HAND_TIME / 2:
            self.limit = min(self._largest, self.limit * 2)


class Pace:
    """What the slots of one worker have learned; called from all of them."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._averages: dict[tuple[str, str | None], float] = {}
        self._leader: object = None
        self._someone_gave_way = False
        self.here = HandSize(LARGEST_HAND)
        """Of the slot that leads."""
        self.elsewhere = HandSize(LARGEST_ISOLATED_HAND)
        """Of slots whose steps are done in child programs: the way there must not make the others' hands smaller."""

    def took(self, code: str, step: str | None, seconds: float) -> None:
        """Learn how long a turn at a step took; two slots that learn at once may forget one of the two."""
        turn = code, step
        average = self._averages.get(turn, seconds)
        self._averages[turn] = average + (seconds - average) * _WEIGHT

    def is_short(self, code: str, step: str | None) -> bool:
        """Say whether turns at a step are so short that one slot serves all of them; False for unknown ones."""
        return self._averages.get((code, step), SHORT) < SHORT

    def lead(self, slot: object) -> bool:
        """Let a slot serve what is short, unless another one does; then that one will look again."""
        with self._guard:
            if self._leader is None or self._leader is slot:
                self._leader = slot
                return True
            self._someone_gave_way = True
            return False

    def stop_leading(self, slot: object) -> bool:
        """Let others lead; True when somebody gave way meanwhile, so that whoever stops has to look once more.

        A leader that was deposed learns it too while nobody else leads, so that no look is lost.
        """
        with self._guard:
            if self._leader not in (None, slot):
                return False
            self._leader = None
            gave_way, self._someone_gave_way = self._someone_gave_way, False
            return gave_way

    def depose(self, slot: object) -> None:
        """Let others lead, because this slot is held up by a turn that was not short."""
        with self._guard:
            if self._leader is slot:
                self._leader = None
