"""Stretches of our own code that the time limit of a step must not break off, because other threads wait for them.

A limit ends Python code by an exception between any two of its bytecodes, see `jobboy.engine.deadline`. A step may be
inside jobboy just then, where it writes for others too; there the exception waits until the stretch is over.
"""

from __future__ import annotations

import ctypes
import os
import threading


class LimitReached(BaseException):
    """Raised inside a thread at its limit; not an Exception, so that ``except Exception`` does not swallow it."""


_guard = threading.Lock()
_sheltered: dict[int, int] = {}
"""Stretches that each thread is in, one inside the other."""
_due: set[int] = set()
"""Threads whose limit was reached in such a stretch."""


def raise_in(thread: int) -> None:
    """Raise `LimitReached` in a thread, as soon as it executes Python code that is not sheltered."""
    with _guard:
        if thread in _sheltered:
            _due.add(thread)
        else:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(LimitReached))


def forget(thread: int) -> None:
    """Take back what `raise_in` has asked for and was not raised yet."""
    with _guard:
        _due.discard(thread)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)


class Shelter:
    """A ``with`` block that no limit breaks off; one that was reached meanwhile is raised at its end."""

    def __enter__(self) -> None:
        """Begin a stretch."""
        thread = threading.get_ident()
        with _guard:
            _sheltered[thread] = _sheltered.get(thread, 0) + 1
        try:
            threading.get_ident()  # what was asked for before this stretch is raised here, by any call
        except BaseException:
            _leave(thread)
            raise

    def __exit__(self, *_: object) -> None:
        """End it."""
        thread = threading.get_ident()
        if _leave(thread):
            raise LimitReached


def _begin_anew() -> None:
    """Leave to its parent what a forked program has of other threads: none of them is in it."""
    global _guard
    _guard = threading.Lock()
    _sheltered.clear()
    _due.clear()


os.register_at_fork(after_in_child=_begin_anew)


def _leave(thread: int) -> bool:
    with _guard:
        depth = _sheltered[thread] - 1
        if depth:
            _sheltered[thread] = depth
            return False
        del _sheltered[thread]
        is_due = thread in _due
        _due.discard(thread)
        return is_due
