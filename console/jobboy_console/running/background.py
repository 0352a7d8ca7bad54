"""Calls that read or write the database, in threads; their answers come back as messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from jobboy_console.gateway import JobBoyError

_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass
class Landed(Message):
    """A call has ended; `result` is its answer or its error."""

    lane: Lane[Any]
    result: Any


def is_in_use(screen: Screen[Any]) -> bool:
    """Say whether a screen still has its parts: an answer can come after it was left, or while the console ends."""
    return screen.app.is_running and screen in screen.app.screen_stack


class Lane(Generic[Answer]):
    """A lane for one call at a time: of the calls asked for meanwhile only the last is made, after it.

    So a slow database is never asked faster than it answers, and the screen always ends with the latest.

    Args:
        node: the screen or widget whose threads and messages are used; it hands `Landed` to `land`.
        name: groups the threads.
        deliver: takes the answer, on the screen's thread.
        trouble: takes what went wrong, on the screen's thread.
    """

    def __init__(
        self,
        node: DOMNode,
        name: str,
        *,
        deliver: Callable[[Answer], object],
        trouble: Callable[[Exception], object],
    ) -> None:
        self._node = node
        self._name = name
        self._deliver = deliver
        self._trouble = trouble
        self._busy = False
        self._busy_since = 0.0
        self._next: Callable[[], Answer] | None = None

    @property
    def busy(self) -> bool:
        """Whether a call is under way."""
        return self._busy

    @property
    def busy_s(self) -> float:
        """For how many seconds the call under way has been; 0 when there is none."""
        return time.monotonic() - self._busy_since if self._busy else 0.0

    def ask(self, call: Callable[[], Answer]) -> None:
        """Make a call, at once or after the one under way; called on the screen's thread."""
        if self._busy:
            self._next = call
            return
        self._busy = True
        self._busy_since = time.monotonic()
        self._node.run_worker(partial(self._fly, call), group=self._name, thread=True, exit_on_error=False)

    def land(self, result: Any) -> None:
        """Take the result of the call under way, and make the next; called on the screen's thread."""
        self._busy = False
        waiting, self._next = self._next, None
        if waiting is not None:
            self.ask(waiting)
        if isinstance(result, Exception):
            self._trouble(result)
        else:
            self._deliver(result)

    def _fly(self, call: Callable[[], Answer]) -> None:
        result: Answer | Exception
        try:
            result = call()
        except JobBoyError as error:
            result = error
        except Exception as error:  # noqa: BLE001  # the console shows what went wrong and stays; the log has the whole
            _log.exception("%s", self._name)
            result = error
        self._node.post_message(Landed(self, result))
