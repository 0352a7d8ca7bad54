"""Which processes a list shows, how it is paged, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from jobboy.model.filter_language.conditions import Condition
from jobboy.model.ordering import NEWEST_FIRST, Order, Place
from jobboy.model.process import ProcessSummary
from jobboy.model.status import ProcessStatus


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Conditions a process must meet, all of them, and the order of the list; the default selects every process.

    All fields but `condition` and `order` are answered by indexes.
    """

    statuses: frozenset[ProcessStatus] = frozenset()
    """Any of these; empty for every status."""
    codes: frozenset[str] = frozenset()
    """Any of these; empty for every code."""
    handled: bool | None = None
    stuck: bool | None = None
    """Handled, and the holder is dead at this moment."""
    stalled: bool | None = None
    """Handled by a living holder that is past its limit at this moment."""
    paused: bool | None = None
    waiting: bool | None = None
    restarted: bool | None = None
    """A later process was started from it anew."""
    younger_than: timedelta | None = None
    """Started within this time before the moment of reading, by the time in their ids."""
    older_than: timedelta | None = None
    """Started before it."""
    created_from: datetime | None = None
    """Started at or after this moment, by the time in their ids."""
    created_until: datetime | None = None
    """Started before it."""
    condition: Condition | None = None
    """What else must hold; no index knows it, so each process the others select is looked at."""
    order: Order = NEWEST_FIRST

    @property
    def is_everything(self) -> bool:
        """True when no condition is set."""
        return replace(self, order=NEWEST_FIRST) == Selection()

    @property
    def is_scanned(self) -> bool:
        """True when no index answers it whole: pages and counts then say how far they looked."""
        return self.condition is not None or not self.order.is_by_number


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class ScanLimits:
    """How much may be looked at to answer what no index answers.

    A first small piece is always looked at to its end, whatever the limits, unless it is cancelled: whoever goes on
    from where a page stopped gets to the end.
    """

    rows: int | None = 200_000
    """Processes; None for all."""
    seconds: float | None = 1.0
    """None for as long as it takes."""
    is_cancelled: Callable[[], bool] = _never
    """Asked many times a second, from the thread that reads; True ends the look at once, with what was found."""


DEFAULT_LIMITS = ScanLimits()
UNLIMITED = ScanLimits(rows=None, seconds=None)


class ScanStop(StrEnum):
    """Why a look ended before it had seen all."""

    ROWS = "rows"
    TIME = "time"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Scan:
    """How far the answer to what no index answers has looked."""

    looked_at: int
    """Processes that were looked at."""
    of: int
    """How many there are to look at, at most."""
    stopped: ScanStop | None = None
    """None when it went as far as it was asked to."""

    def __str__(self) -> str:
        """Say it to people."""
        said = f"looked at {self.looked_at:,} of {max(self.of, self.looked_at):,}"
        return said if self.stopped is None else f"{said}, more may match"


@dataclass(frozen=True)
class Page:
    """Some processes in a row, in the order of the selection, and whether there are more beyond either end.

    A page is asked for by the place it begins after, so that it costs the same wherever it is.
    """

    rows: Sequence[ProcessSummary]
    has_more: bool
    """True when the direction that was read in goes on beyond `end`; after a look that stopped, when it may."""
    end: Place | None = None
    """Where to go on from, also when there are no rows; None when nothing was looked at."""
    scan: Scan | None = None
    """How far was looked; None when an index answered."""


@dataclass(frozen=True)
class Counted:
    """How many processes a selection has."""

    number: int
    is_floor: bool = False
    """True when there are so many or more: the limit was reached, or the look stopped."""
    scan: Scan | None = None
    """How far was looked; None when an index or a kept counter answered."""


@dataclass(frozen=True)
class Counts:
    """How many processes there are; kept in the writes, so reading them costs nothing that grows."""

    by_status: dict[ProcessStatus, int] = field(default_factory=dict)
    """Every status is a key."""
    handled: int = 0
    stuck: int = 0
    paused: int = 0
    waiting: int = 0
    restarted: int = 0
    """Of the failed ones: their successors tell by themselves how they fare."""

    @property
    def left_failed(self) -> int:
        """Failed processes that nobody restarted."""
        return self.by_status.get(ProcessStatus.FAILED, 0) - self.restarted

    @property
    def total(self) -> int:
        """All processes in the database."""
        return sum(self.by_status.values())
