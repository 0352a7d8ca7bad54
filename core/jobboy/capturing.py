"""Catches what the code of a turn logs and prints while it runs; never breaks it, and costs next to nothing unused.

Records are caught where `logging` makes them, for the thread and the coroutines of the turn only. No handler is added
to anybody's logger, so an app sets up its own log as if nobody listened; what a logger's level keeps out is not made
and not caught.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from jobboy.model.logs import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES
from jobboy.sheltering import raise_here

FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s"
"""As every caught record is written; times are UTC."""
_current: ContextVar[Capture | None] = ContextVar("jobboy_capture", default=None)
_guard = threading.Lock()
_is_listening = False


class Capture:
    """What one turn says; catches records while its ``with`` block runs in this thread.

    Lines may be added and read by several threads.
    """

    # Here and not in __init__: every turn makes one, and few say anything.
    _lines: deque[str] | None = None
    _characters = 0
    _outer: Token[Capture | None] | None = None
    left_out = 0
    """Lines before those that are kept."""
    source: Callable[[], str] | None = None
    """Where what its program has printed so far can be read, while one runs for it."""

    def __enter__(self) -> Capture:
        """Begin to catch."""
        self._outer = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Catch no more."""
        if self._outer is not None:
            _current.reset(self._outer)

    def add(self, text: str) -> None:
        """Keep lines; the first ones give way when there are too many.

        Takes no lock: a turn may be ended between any two bytecodes, and whoever comes next would wait for ever.
        """
        lines = self._lines
        if lines is None:
            lines = self._lines = deque()
        for line in text.split("\n"):
            kept = line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
            lines.append(kept)
            self._characters += len(kept) + 1
        while len(lines) > 1 and (len(lines) > MOST_LINES or self._characters > MOST_CHARACTERS):
            self._characters -= len(lines.popleft()) + 1
            self.left_out += 1

    def text(self) -> str | None:
        """Return what is kept, None when nothing was said."""
        return None if self._lines is None else "\n".join(tuple(self._lines))

    def printed(self, text: str) -> None:
        """Keep what a program of the turn printed, once it has ended or answered."""
        if text.strip():
            self.add(text.rstrip("\n"))


def current() -> Capture | None:
    """Return the capture of the turn that runs in this thread, None outside of one."""
    return _current.get()


def listen() -> None:
    """Begin to hear what `logging` makes in this program; a second call does nothing."""
    global _is_listening
    with _guard:
        if _is_listening:
            return
        _is_listening = True
    make = logging.getLogRecordFactory()

    def heard(*args: Any, **kwargs: Any) -> logging.LogRecord:
        raise_here()  # a step that does nothing but log is elsewhere too seldom to be ended there
        record = make(*args, **kwargs)
        capture = _current.get()
        if capture is not None:
            _hear(capture, record)
        return record

    logging.setLogRecordFactory(heard)


def log_to_output() -> None:
    """Print what is logged to standard error, unless the app has a log of its own; for programs of one step."""
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(FORMAT))
    root.addHandler(handler)
    if root.level == logging.WARNING:  # as Python sets it
        root.setLevel(logging.INFO)


class _Formatter(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return time.strftime("%H:%M:%S", time.gmtime(record.created))


_formatter = _Formatter(FORMAT)


def _hear(capture: Capture, record: logging.LogRecord) -> None:
    try:
        capture.add(_formatter.format(copy.copy(record)))
    except Exception as error:  # noqa: BLE001  # arguments are user code: what cannot be written must not end the step
        capture.add(f"a record of {record.name} could not be written: {type(error).__name__}")
