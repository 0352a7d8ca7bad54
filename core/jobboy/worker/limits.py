"""What a worker has used of its time and memory."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from jobboy.worker.settings import WorkerSettings


class Limits:
    """Measures from the moment it is made.

    Args:
        settings: the limits.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._begun = time.monotonic()

    def reached(self) -> str | None:
        """Return which limit is reached, in words, None when none is."""
        timeout, memory = self._settings.timeout, self._settings.memory_limit
        if timeout is not None and time.monotonic() - self._begun >= timeout:
            return f"its time of {timeout:g} s is over"
        if memory is not None and resident_megabytes() >= memory:
            return f"it uses more than {memory:g} MB of memory"
        return None


def resident_megabytes() -> float:
    """Return the resident memory of this program; its peak where the present figure is not to be had."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        pages = int(statistics.read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
