"""The real clock, the real source of randomness, and the names of this machine, program and person."""

from __future__ import annotations

import getpass
import os
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jobboy.model import identifiers

if TYPE_CHECKING:
    from jobboy.ports import Clock


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""
        return datetime.now(UTC)  # noqa: TID251  # this is the Clock the others are asked to ask


class SystemIdentifiers:
    """Ids from the time and the system's random source.

    Args:
        clock: whose present is in the head of process ids, by which lists tell their age; None for the system's.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock

    def process_id(self) -> str:
        """Return a new UUIDv7."""
        return self.process_ids(1)[0]

    def process_ids(self, count: int) -> list[str]:
        """Return so many new UUIDv7 of one moment; the system is asked for all their random bytes at once."""
        moment = time.time_ns() // 1_000_000 if self._clock is None else round(self._clock.now().timestamp() * 1000)
        return identifiers.process_ids(moment, os.urandom(10 * count))

    def worker_id(self) -> str:
        """Return ``host:pid:random``."""
        return f"{host()}:{os.getpid()}:{os.urandom(4).hex()}"


def host() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


def version() -> str:
    """Return the version of jobboy."""
    from importlib import metadata  # only those who ask for it pay for its import

    return metadata.version("jobboy-console")


def user() -> str:
    """Return ``name@host`` of whoever runs this program; the number stands in where there is no name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in many containers
        name = str(os.getuid())
    return f"{name}@{host()}"
