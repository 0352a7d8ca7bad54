"""Ends Python code of a thread at a moment, by raising inside it.

``PyThreadState_SetAsyncExc`` delivers an exception between two bytecodes of another thread. Code that stays inside
one call into C is reached when that call returns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from jobboy.sheltering import LimitReached, forget, raise_again, raise_in

_LOOK_EVERY = 0.001
"""Seconds between looks at a thread that is where nothing may be raised."""

T = TypeVar("T")


def within(limit: float | None, call: Callable[[], T], error: Callable[[], Exception]) -> T:
    """Call a function in this thread and return its answer, giving it `limit` seconds at most; None for ever.

    Raises:
        Exception: what `error` makes, in place of whatever the call did after the limit.
    """
    if limit is None:
        return call()
    watch = _Watch(limit)
    try:  # everything after the start is in here: it may be reached anywhere
        try:
            watch.start()
            answer = call()
        finally:
            watch.stop()
    except LimitReached:
        if not watch.fired:  # it is that of a step around this one
            watch.stop()  # it may have come in the middle of that
            raise
        raise error() from None
    if watch.fired:
        raise error()
    return answer


class _Watch:
    def __init__(self, limit: float) -> None:
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._over = False
        self.fired = False
        self._timer = threading.Timer(limit, self._fire)
        self._timer.daemon = True

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        with self._lock:
            self._over = True
        self._timer.cancel()
        if self.fired:  # come or not, it must not reach code after the call
            forget()

    def _fire(self) -> None:
        with self._lock:
            if self._over:
                return
            self.fired = True
            is_raised = raise_in(self._thread)
        while not is_raised:
            time.sleep(_LOOK_EVERY)
            with self._lock:
                is_raised = self._over or raise_again(self._thread)
