"""How far a long call in a thread has come, and the wish that it end."""

from __future__ import annotations

import threading


class Watch:
    """Shared by the thread that works and the screen that shows it; no call of it waits."""

    def __init__(self) -> None:
        self.done = 0
        """How many were looked at or carried out; written by the thread that works only."""
        self.total: int | None = None
        """How many there are; None while that is not known."""
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask that it end after the one at hand."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it is to end."""
        return self._stopped.is_set()
