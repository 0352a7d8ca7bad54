"""Time, identity and waking: what tells a program when, who, and that there is something new."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""


class Identifiers(Protocol):
    """The one source of new names."""

    def process_id(self) -> str:
        """Return a new UUIDv7."""

    def process_ids(self, count: int) -> list[str]:
        """Return so many new UUIDv7 of one moment."""

    def worker_id(self) -> str:
        """Return ``host:pid:random``, new at each call."""


class Listener(Protocol):
    """Hears the bell of one database from any program on this machine."""

    def wait(self, timeout: float) -> bool:
        """Sleep until the bell rings, at most `timeout` seconds; True when it rang since the last call."""

    def interrupt(self) -> None:
        """Make a `wait` in another thread return at once."""

    def close(self) -> None:
        """Stop listening."""


class Bell(Protocol):
    """Tells all programs that there is something new to pick up; a ring nobody hears is lost."""

    def ring(self) -> None:
        """Wake every listener, in this and other programs. Never fails: a worker that was not woken looks soon."""

    def listen(self) -> Listener:
        """Begin to hear rings from now on."""

    def close(self) -> None:
        """Close what ringing keeps open; listeners stay."""
