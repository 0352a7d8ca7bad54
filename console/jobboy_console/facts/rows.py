"""Rows of processes: what a list asks for, what it is answered, and which of them a verb is meant for.

Texts in here are as they come from the database unless a field says that it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jobboy_console.facts.acts import Act
from jobboy_console.facts.views import View
from jobboy_console.looks.states import State

SortValue = datetime | int | str | None
"""What a list is sorted by besides numbers."""


@dataclass(frozen=True, slots=True)
class RowKey:
    """The place of a process in a list, which stays one when the process changes or goes."""

    section: int
    """Of the view, counted from 0."""
    number: int
    """Of the process."""
    value: SortValue = None
    """Of the field the list is sorted by; None when it goes by number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A process as a list shows it."""

    key: RowKey
    id: str
    short_id: str
    code: str
    status: str
    state: State
    step: str | None
    attempt: int
    holder: str | None
    note: str
    """What one would ask next: the error, who holds it, what it waits for."""
    since: datetime
    """When it came into the state it is in, as far as is known."""
    updated_at: datetime
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    handled_at: datetime | None = None
    wait_until: datetime | None = None
    priority: int = 100
    crashes: int = 0
    generation: int = 1
    given_key: str | None = None
    """The idempotency key it was started with."""
    token: int
    acts: frozenset[Act] = frozenset()
    """What can be done to it now, with force or without."""
    values: tuple[tuple[str, str], ...] = ()
    """Paths into its documents that the view shows, each with its value as short JSON, safe."""


@dataclass(frozen=True, kw_only=True)
class RowsRequest:
    """Rows around a place in a view."""

    view: View
    anchor: RowKey | None = None
    """The first row at or after this key is the middle; None for the beginning of the list."""
    from_end: bool = False
    """Read the end of the list instead."""
    index: int = 0
    """Position the anchor is believed to have."""
    before: int = 0
    after: int = 100
    thorough: bool = False
    """Look as long as it takes, where no index answers."""
    at_once: bool = False
    """Read and count only what indexes answer, so that the first rows are there sooner."""
    kept: tuple[Row, ...] = ()
    """Rows that were found before the place to go on from."""
    go_on: RowKey | None = None
    """Where a look stopped that is gone on with; the anchor then means nothing."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """How far was looked where no index answers."""

    looked_at: int
    of: int
    stopped: str = ""
    """Why it ended early: ``rows``, ``time`` or ``cancelled``; empty when it went as far as it was asked to."""
    is_sorted: bool = False
    """True when the first of the list may be among those that were not looked at."""
    goes_on_from: RowKey | None = None
    """Where to go on; None when one must begin anew, or it is done."""
    is_under_way: bool = False
    """True in an answer that comes before the last one."""


@dataclass(frozen=True)
class Selection:
    """The processes a verb is meant for."""

    ids: tuple[str, ...]
    """Marked ones, or the one under the cursor; up to a limit when `filter` has more."""
    filter: str | None = None
    """Has all of them, in the filter language, when they were marked by what they match; else None."""
    total: int = 0
    """How many were meant when they were marked."""
    total_is_floor: bool = False
    """True when there were `total` or more."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Neighbouring rows of a view, complete between the first and the last."""

    request: RowsRequest
    rows: tuple[Row, ...]
    first_index: int
    """Position of the first row; exact at both ends of the list, believed in between."""
    at_start: bool
    at_end: bool
    total: int
    total_is_floor: bool
    """True when there are `total` or more."""
    looked: Looked | None = None
    """None when indexes answered."""
    took_s: float = 0.0
    """How long it took to read, in seconds."""

    @property
    def leaves_out(self) -> bool:
        """Whether something was not read or counted that is to be read at leisure: the total is but a guess."""
        return self.request.at_once and self.total_is_floor

    @property
    def breaks_off(self) -> bool:
        """Whether there may be rows that were asked for and not read: they are to be read next."""
        return self.leaves_out and len(self.rows) < self.request.after


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Processes that one key marks."""

    rows: tuple[Row, ...]
    """All of them, or up to a limit the first ones."""
    filter: str
    """What they match."""
    total: int
    total_is_floor: bool
    is_whole: bool
    """True when `rows` has all that was asked for."""
    is_range: bool = False
    """All between two rows were asked for, not all that match."""


@dataclass(frozen=True, kw_only=True)
class News:
    """How many processes have come into a list since it was last shown from its beginning."""

    view: View
    number: int
    is_floor: bool
