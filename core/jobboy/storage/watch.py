"""Ends statements that take too long, or that nobody waits for any more, while they run."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from jobboy.model.selection import ScanLimits, ScanStop
from jobboy.storage.driver import driver
from jobboy.storage.failures import INTERRUPTED, code_of

_EVERY = 2000
"""Instructions of SQLite's machine between two looks at the clock: well below a millisecond."""


class Watch:
    """Looks at one reading connection while it works.

    Args:
        limits: what it keeps; the time begins now.
    """

    def __init__(self, limits: ScanLimits) -> None:
        self.stopped: ScanStop | None = None
        """Why the reading was ended; None while it goes on."""
        self._limits = limits
        self._deadline = None if limits.seconds is None else time.monotonic() + limits.seconds
        self._keeps_time = False
        self._raised: BaseException | None = None

    def keep_time(self) -> None:
        """Begin to end statements when the time is over; before it only a cancellation does."""
        self._keeps_time = True

    def is_over(self) -> bool:
        """Say whether the reading shall end, and remember why."""
        if self._limits.is_cancelled():
            self.stopped = ScanStop.CANCELLED
        elif self._keeps_time and self._deadline is not None and time.monotonic() > self._deadline:
            self.stopped = ScanStop.TIME
        return self.stopped is not None

    @contextlib.contextmanager
    def over(self, connection: Any) -> Iterator[None]:
        """Watch a connection of the driver; a statement that was ended here leaves the block without an error.

        Raises:
            KeyboardInterrupt: the driver calls Python while a statement runs, and swallows what that raises. When a
                statement was interrupted and nobody asked for it, it was the key.
        """
        connection.set_progress_handler(self._look, _EVERY)
        try:
            yield
        except driver().OperationalError as error:
            if code_of(error) != INTERRUPTED:
                raise
            if self.stopped is None:
                raise self._raised or KeyboardInterrupt from error
        finally:
            connection.set_progress_handler(None, _EVERY)

    def _look(self) -> bool:
        try:
            return self.is_over()
        except BaseException as error:  # noqa: BLE001  # raised anew where the driver cannot swallow it
            self._raised = error
            return True
