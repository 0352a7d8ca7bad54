"""The locks of one database, and the places that are locked."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

MANAGEMENT_PLACE = 0
"""The lock ``process-management``: held exclusively for a whole iteration, or shared by those who only pick."""
SCHEMA_PLACE = 1 << 61
"""Held while tables are created or migrated."""
WAITING_PLACE = SCHEMA_PLACE + 1
"""Held shared by each program that waits for its turn to write to the database."""
EMPTYING_PLACE = SCHEMA_PLACE + 2
"""Held by the program that empties the write-ahead log of the database."""
_WORKERS = 1 << 60


def process_place(number: int, token: int) -> int:
    """Return the place that the holder of this process locks while its claim has this token.

    A forced recovery raises the token, so the next claim locks another place and need not wait for a holder that
    was stopped; that holder's writes are fenced.
    """
    return 1 + (number << 20 | token % (1 << 20))


def worker_place(number: int) -> int:
    """Return the place that this worker locks while it lives."""
    return _WORKERS + number


class Lock(AbstractContextManager["Lock", None], Protocol):
    """A lock in hand: free again after `release`, or when every program that was handed it is dead.

    Leaving a ``with`` block releases it.
    """

    def fileno(self) -> int:
        """Return the descriptor that carries the lock; a child program that inherits it keeps the lock alive."""

    def release(self) -> None:
        """Give it up; a second call does nothing. A child program that was handed the descriptor keeps it held."""


class Bundle(Lock, Protocol):
    """Locks that are taken one by one and released together: a hand of processes has one.

    It is never handed to a child program; `fileno` refuses.
    """

    def take(self, place: int) -> bool:
        """Take the lock of a place too, at once; False when another holder is alive.

        Raises:
            StorageNotReachable: when it cannot be locked; what was taken before stays.
        """

    def __enter__(self) -> Bundle:
        """Return itself."""


class Locks(Protocol):
    """The operating system's locks of one database: they tell who is alive, with no clock and no heartbeat."""

    def take(self, place: int, *, shared: bool = False) -> Lock | None:
        """Take the lock of a place at once, or return None when another holder is alive.

        Two calls in the same program exclude each other like two programs do. A shared lock excludes only
        exclusive ones.
        """

    def wait_for(self, place: int, *, timeout: float) -> Lock:
        """Take the lock of a place, waiting for its holder.

        Raises:
            StorageBusy: when it was not free within `timeout` seconds.
        """

    def is_taken(self, place: int) -> bool:
        """Say whether anybody, this program included, holds the place exclusively; takes nothing itself."""

    def bundle(self) -> Bundle:
        """Return a holder of many locks that are released together."""

    def mark_ahead(self, place: int) -> bool:
        """Note, before a claim is written, that the work claimed under this place has not begun.

        The note survives the death of the program, not a restart of the machine. False when none can be kept: then
        nothing may be claimed ahead.
        """

    def mark_begun(self, place: int) -> None:
        """Take the note of `mark_ahead` back, before the work begins; does nothing when there is none."""

    def is_ahead(self, place: int) -> bool:
        """Say whether the work claimed under this place has surely not begun; False in any doubt."""

    def is_waited_at(self, place: int) -> bool:
        """Say whether anybody holds the place, shared or not; takes nothing itself."""

    def close(self) -> None:
        """Close what probing keeps open; locks in hand stay."""
