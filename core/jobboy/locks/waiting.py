"""Waiting for a lock by trying again, which needs no signal and ends when it should."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from jobboy.errors import StorageBusy
from jobboy.ports import Lock

_SHORTEST = 0.001
_LONGEST = 0.005


def wait_for(take: Callable[[], Lock | None], name: str, timeout: float) -> Lock:
    """Try to take a lock until it is free; the first try is at once.

    Raises:
        StorageBusy: when it was not free within `timeout` seconds; `name` says which lock.
    """
    for _ in pauses(timeout):
        lock = take()
        if lock is not None:
            return lock
    raise StorageBusy(f"{name} was not free within {timeout:g} s: another program holds it")


def pauses(timeout: float) -> Iterator[None]:
    """Yield once at once, then again after pauses of 1 to 5 ms, the last time when `timeout` seconds are over."""
    until = time.monotonic() + timeout
    pause = _SHORTEST
    yield
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST)
        yield
