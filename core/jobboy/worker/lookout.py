"""Looks after slots that have several processes in hand, so that a long turn holds up none of the others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from jobboy.engine.hand import Hand
from jobboy.errors import StorageError

_log = logging.getLogger(__name__)

LONG_TURN = 0.005
"""Seconds between two looks; a turn that is seen twice is long."""
STAYS_UP = 200
"""Looks without anything to see before it sleeps until it is called: waking it takes longer than looking."""
LONGEST_PAUSE = 2.0
"""Seconds between two tries to relieve what cannot be written."""


class Lookout:
    """A thread of its own, because the slots it looks after are busy.

    Args:
        relieve: takes from a hand what a long turn holds up; False when no turn is in progress.
        on_relieved: called then, to wake other slots.
    """

    def __init__(self, relieve: Callable[[Hand], bool], on_relieved: Callable[[], None]) -> None:
        self._relieve = relieve
        self._on_relieved = on_relieved
        self._hands: dict[int, Hand] = {}
        self._called = threading.Event()
        self._ended = threading.Event()
        self._pause = LONG_TURN
        self._thread = threading.Thread(target=self._look, name="jobboy-lookout", daemon=True)

    @property
    def sleeps(self) -> bool:
        """Whether it has seen nothing for long and waits to be called."""
        return not self._called.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def watch(self, hand: Hand) -> None:
        """Look after this hand from now on, in place of the one that the same thread had before."""
        self._hands[threading.get_ident()] = hand
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
        quiet = 0
        seen: dict[Hand, int] = {}
        while quiet < STAYS_UP and not self._ended.wait(LONG_TURN):
            hands = self._in_danger()
            quiet = 0 if hands else quiet + 1
            for hand in hands:
                if seen.get(hand) == hand.turns:
                    self._take_over(hand)
            seen = {hand: hand.turns for hand in hands}
        self._called.clear()
        if self._in_danger():  # it was called between the last look and the clearing
            self._called.set()

    def _in_danger(self) -> list[Hand]:
        return [hand for hand in list(self._hands.values()) if hand.needs_lookout]

    def _take_over(self, hand: Hand) -> None:
        try:
            if self._relieve(hand):
                self._on_relieved()
            self._pause = LONG_TURN
        except StorageError as error:
            _log.warning("what a long turn holds up waits: %s", error)
            self._wait()
        except Exception:  # noqa: BLE001  # whatever it is, slots go on, and a later look tries again
            _log.exception("a hand that is held up could not be relieved")
            self._wait()

    def _wait(self) -> None:
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._ended.wait(self._pause)
