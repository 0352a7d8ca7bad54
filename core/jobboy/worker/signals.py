"""The signals that end a worker: the first in order, the second at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

ENDING = (signal.SIGTERM, signal.SIGINT)
INTERRUPTED = 130
"""Exit code of a program that was interrupted."""
CHECK_PAUSE = 0.05  # seconds between two looks for a second signal


class Signals:
    """Heard while it is entered, which only the main thread of a program can do.

    Args:
        on_signal: called in the main thread between any two of its instructions, so it must take no lock.
    """

    def __init__(self, on_signal: Callable[[], None]) -> None:
        self._on_signal = on_signal
        self._heard: list[int] = []
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._hear) for number in ENDING}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @property
    def first(self) -> str | None:
        """Name of the first signal, None while there was none."""
        return signal.Signals(self._heard[0]).name if self._heard else None

    @property
    def exit_code(self) -> int:
        """What the program ends with after its end in order."""
        return INTERRUPTED if signal.SIGINT in self._heard else 0

    def cut_short(self, stop: Callable[[], bool]) -> bool:
        """Stop, and return what that says; False at once when a second signal comes meanwhile."""
        answers: list[bool] = []
        stopping = threading.Thread(target=lambda: answers.append(stop()), name="jobboy-stopping", daemon=True)
        stopping.start()
        while stopping.is_alive():
            stopping.join(CHECK_PAUSE)
            if len(self._heard) > 1:
                return False
        return bool(answers and answers[0])

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        self._heard.append(number)
        self._on_signal()
