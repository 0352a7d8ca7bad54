"""Watches the database from a thread of its own and tells the screen when to look again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from jobboy_console.gateway import Gateway

POLL_S = 0.25
"""Between two looks at the stamp; also the shortest time between two refreshes."""
SWEEP_S = 1.0
LOOK_ANYWAY_S = 5.0
"""A dead holder changes nothing in the database, so everything is read again that often."""
LONGEST_WAIT_S = 5.0
"""Between two attempts to reach a database that is gone."""


@dataclass
class Changed(Message):
    """Something was committed, by whomever."""


@dataclass
class Lost(Message):
    """The database cannot be read now."""

    why: str
    retry_s: float


@dataclass
class Found(Message):
    """The database can be read again."""


class Feed:
    """A thread that polls the stamp; it never ends by itself, whatever happens to the database.

    Args:
        gateway: what is watched.
        post: takes a message to the screen; safe from any thread.
        sweeps: asked once a second whether to look for the stuck, which a console with a worker leaves to it.
    """

    def __init__(self, gateway: Gateway, post: Callable[[Message], object], *, sweeps: Callable[[], bool]) -> None:
        self._gateway = gateway
        self._post = post
        self._sweeps = sweeps
        self._stopping = threading.Event()
        self._seen: int | None = None
        self._lost = 0
        self._idle_s = 0.0
        self._unswept_s = 0.0
        self._thread = threading.Thread(target=self._watch, name="console-feed", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it, at most two seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _watch(self) -> None:
        pause = POLL_S
        while not self._stopping.wait(pause):
            pause = self.look(pause)

    def look(self, passed_s: float) -> float:
        """Look once and return how long to wait until the next look, in seconds."""
        try:
            stamp = self._gateway.stamp()  # before anything is written: it tells whether this may be written to
            self._sweep(passed_s)
        except Exception as error:  # noqa: BLE001  # a feed that ended would leave a screen that never changes
            self._lost += 1
            retry_s = float(min(POLL_S * 2**self._lost, LONGEST_WAIT_S))
            self._post(Lost(str(error) or type(error).__name__, retry_s))
            return retry_s
        if self._lost:
            self._lost, self._seen = 0, None
            self._post(Found())
        self._tell(stamp, passed_s)
        return POLL_S

    def _tell(self, stamp: int, passed_s: float) -> None:
        self._idle_s += passed_s
        if stamp != self._seen or self._idle_s >= LOOK_ANYWAY_S:
            self._seen, self._idle_s = stamp, 0.0
            self._post(Changed())

    def _sweep(self, passed_s: float) -> None:
        self._unswept_s += passed_s
        if self._unswept_s >= SWEEP_S:
            self._unswept_s = 0.0
            if self._sweeps():
                self._gateway.sweep()
