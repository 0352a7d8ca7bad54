"""Stretches of our own code that the time limit of a step must not break off, because other threads wait for them.

A limit ends Python code by an exception between any two of its bytecodes, see `jobboy.engine.deadline`. A step may be
inside jobboy just then, where it writes for others too; there the exception waits until the stretch is over.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading


class LimitReached(BaseException):
    """Raised inside a thread at its limit; not an Exception, so that ``except Exception`` does not swallow it."""


_guard = threading.Lock()
_sheltered: dict[int, int] = {}
"""Stretches that each thread is in, one inside the other."""
_due: set[int] = set()
"""Threads whose limit was reached in such a stretch, or in one of the modules below."""
_DELICATE = frozenset({"logging", "importlib._bootstrap"})
"""Modules of Python that take locks which an exception between two bytecodes would leave taken."""


def raise_in(thread: int) -> bool:
    """Raise `LimitReached` in a thread, as soon as it executes Python code that is not sheltered.

    Returns False while it executes code that must not be broken off: then `raise_again` is to be called soon.
    """
    with _guard:
        _due.add(thread)
        return _raised(thread)


def raise_again(thread: int) -> bool:
    """Do the same a little later, unless it was raised meanwhile."""
    with _guard:
        return thread not in _due or _raised(thread)


def _raised(thread: int) -> bool:
    if thread in _sheltered:
        return True
    frame = sys._current_frames().get(thread)
    if frame is not None and frame.f_globals.get("__name__") in _DELICATE:
        return False
    _due.discard(thread)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(LimitReached))
    return True


def raise_here() -> None:
    """Raise `LimitReached` if this thread is due: called where nothing is left behind, from code that is delicate."""
    thread = threading.get_ident()
    if thread in _due and thread not in _sheltered:
        with _guard:
            _due.discard(thread)
        raise LimitReached


def forget() -> None:
    """Drop what `raise_in` has asked for in this thread and could not be raised.

    What was raised comes when this is called, at the latest. It is never taken back: Python 3.11 keeps the sign of
    what is taken back for ever, and with it every traced call of the program loops.
    """
    with _guard:
        _due.discard(threading.get_ident())


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
