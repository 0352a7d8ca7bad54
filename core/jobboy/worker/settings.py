"""How a worker works, and the limits it ends at."""

from __future__ import annotations

from dataclasses import dataclass

from jobboy.engine.handlers import DEFAULT_CHANNEL
from jobboy.errors import InvalidValue

MAX_SLOTS = 1000
MAX_IDLE_TIME = 86_400.0
"""Seconds; whoever looks less often cannot be told from one who hangs."""


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    """Settings of one worker.

    Raises:
        InvalidValue: when a number makes no sense.
    """

    slots: int = 4
    """How many processes are in its hands at most at the same time."""
    exclusive: bool = False
    """One iteration at a time on the whole machine; takes one slot."""
    timeout: float | None = None
    """Seconds after which it takes nothing more in hand and ends."""
    idle_time: float = 1.0
    """Seconds between two looks when nothing woke it."""
    memory_limit: float | None = None
    """Megabytes of resident memory at which it takes nothing more in hand and ends."""
    until_idle: bool = False
    """End when nothing can be iterated now; waiting, paused and held processes do not keep it."""
    channel: str = DEFAULT_CHANNEL
    """Only handlers of this channel work."""
    grace: float = 30.0
    """Seconds that turns in progress are given when it is asked to end; then isolated steps are ended."""

    def __post_init__(self) -> None:
        if not (isinstance(self.slots, int) and 1 <= self.slots <= MAX_SLOTS):
            raise InvalidValue("slots", f"must be from 1 to {MAX_SLOTS}")
        for name in ("timeout", "memory_limit"):
            value = getattr(self, name)
            if value is not None and not value > 0:  # so that NaN is refused too
                raise InvalidValue(name, "must be more than 0")
        if not 0 < self.idle_time <= MAX_IDLE_TIME:
            raise InvalidValue("idle_time", f"must be more than 0, up to {MAX_IDLE_TIME:,.0f} seconds")
        if not self.grace >= 0:
            raise InvalidValue("grace", "must not be negative")
