"""Reading connections that threads borrow one after the other."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

KEPT = 5
"""Connections that stay open while nobody reads."""


class Readers:
    """Connections of one database; there are as many as threads that read at the same time.

    Nothing is ever open on one that is given back: each statement is a transaction of its own.

    Args:
        connect: opens one.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._guard = threading.Lock()
        self._idle: list[Any] = []

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[Any]:
        """Yield a connection nobody else has; the one that was given back last knows most of the file."""
        with self._guard:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect()
        try:
            yield connection
        finally:
            with self._guard:
                is_kept = len(self._idle) < KEPT
                if is_kept:
                    self._idle.append(connection)
            if not is_kept:
                connection.close()

    def close(self) -> None:
        """Close those that nobody has now."""
        with self._guard:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
