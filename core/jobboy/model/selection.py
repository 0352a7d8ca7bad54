"""Which processes a list shows, how it is paged, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from jobboy.model.process import ProcessSummary
from jobboy.model.status import ProcessStatus


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Conditions a process must meet, all of them; the default selects every process."""

    statuses: frozenset[ProcessStatus] = frozenset()
    """Any of these; empty for every status."""
    codes: frozenset[str] = frozenset()
    """Any of these; empty for every code."""
    handled: bool | None = None
    stuck: bool | None = None
    """Only True is asked for in practice: handled, and the holder is dead at this moment."""
    stalled: bool | None = None
    """Only True is asked for in practice: handled by a living holder that is past its limit at this moment."""
    paused: bool | None = None
    waiting: bool | None = None
    younger_than: timedelta | None = None
    """Started within this time before the moment of reading, by the time in their ids."""
    older_than: timedelta | None = None
    """Started before it."""

    @property
    def is_everything(self) -> bool:
        """True when no condition is set."""
        return self == Selection()


@dataclass(frozen=True)
class Page:
    """Some processes in a row, newest first, and whether there are more beyond either end.

    A page is asked for by the number of a process it begins after, so that it costs the same wherever it is.
    """

    rows: Sequence[ProcessSummary]
    has_more: bool
    """True when the direction that was read in goes on beyond the last row."""


@dataclass(frozen=True)
class Counts:
    """How many processes there are; kept in the writes, so reading them costs nothing that grows."""

    by_status: dict[ProcessStatus, int] = field(default_factory=dict)
    """Every status is a key."""
    handled: int = 0
    stuck: int = 0
    paused: int = 0
    waiting: int = 0

    @property
    def total(self) -> int:
        """All processes in the database."""
        return sum(self.by_status.values())
