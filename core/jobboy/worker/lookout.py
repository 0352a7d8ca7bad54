"""Looks after the slot that has several processes in hand, so that a long turn holds up none of the others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from jobboy.engine.hand import Hand

_log = logging.getLogger(__name__)

LONG_TURN = 0.005
"""Seconds between two looks; a turn that is seen twice is long."""
STAYS_UP = 200
"""Looks without anything to see before it sleeps until it is called: waking it takes longer than looking."""


class Lookout:
    """A thread of its own, because the slot it looks after is busy.

    Args:
        relieve: takes from a hand what a long turn holds up.
        on_relieved: called then, to wake other slots.
    """

    def __init__(self, relieve: Callable[[Hand], None], on_relieved: Callable[[], None]) -> None:
        self._relieve = relieve
        self._on_relieved = on_relieved
        self._hand: Hand | None = None
        self._called = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="jobboy-lookout", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def watch(self, hand: Hand) -> None:
        """Look after this hand from now on, in place of the one before it."""
        self._hand = hand
        if not self._called.is_set():
            self._called.set()

    def close(self) -> None:
        """End, after what it is at."""
        self._ended.set()
        self._called.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _look(self) -> None:
        while not self._ended.is_set():
            self._called.wait()
            self._look_while_called()

    def _look_while_called(self) -> None:
        quiet, last, turns = 0, self._hand, 0
        while quiet < STAYS_UP and not self._ended.wait(LONG_TURN):
            hand = self._hand
            if hand is None or hand.current is None:
                quiet += 1
            elif hand is last and hand.turns == turns:
                self._take_over(hand)
            else:
                quiet, last, turns = 0, hand, hand.turns
        self._called.clear()
        if self._hand is not last:  # it was called between the last look and the clearing
            self._called.set()

    def _take_over(self, hand: Hand) -> None:
        try:
            self._relieve(hand)
        except Exception:  # noqa: BLE001  # whatever it is, slots go on, and the next look tries again
            _log.exception("a hand that is held up could not be relieved")
        else:
            if self._hand is hand:
                self._hand = None
            self._on_relieved()
