"""When a worker is to end: somebody asked, from any thread or by a signal."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue


class Ending:
    """Asked for once, and never taken back."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        """Set from then on: nothing more is taken in hand."""
        # Not an event: a signal that comes while its own thread is inside the event's lock would wait for ever.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self.is_urgent = False
        """A signal asked for it: whoever sent it waits, and does not wait long."""

    def ask(self) -> None:
        """Ask for the end, from any thread."""
        self.asked.set()
        self._wake.put(None)

    def ask_from_signal(self) -> None:
        """Ask for the end from inside a signal: takes no lock, and is asked for as soon as `wait` hears of it."""
        self.is_urgent = True
        self._wake.put(None)

    def wait(self, seconds: float) -> bool:
        """Wait for so long, or until somebody asks for the end, and say whether somebody did."""
        if not self.asked.is_set():
            with suppress(Empty):
                self._wake.get(timeout=seconds)
                self.asked.set()
        return self.asked.is_set()
