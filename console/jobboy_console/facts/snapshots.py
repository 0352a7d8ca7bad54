"""What the console knows at one moment: plain frozen values, made by the gateway, shown by everything else.

Texts in here are as they come from the database unless a field says that it is safe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobboy_console.facts.changes import ValueChange
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


class Act(StrEnum):
    """What an operator can do to processes; the words are the ones of the command line."""

    RECOVER = "recover"
    FAIL = "fail"
    KILL = "kill"
    PROCEED = "proceed"
    RESTART = "restart"


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


@dataclass(frozen=True, kw_only=True)
class WorkState:
    """Whether work is done, and by whom."""

    paused_by: str | None
    """Who paused all work, and why; None when it is not paused."""
    workers_alive: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """The figures above every list."""

    counts: dict[str, int]
    """For every status, and for handled, stuck, paused and waiting."""
    total: int
    work: WorkState


@dataclass(frozen=True, kw_only=True)
class PastEndings:
    """What ended in the last minutes, and the counters of the same moment."""

    at: datetime
    since: int
    """First minute that is counted, in minutes since 1970 UTC."""
    minutes: dict[int, tuple[int, int]]
    """How many were completed and how many failed, by minute."""
    completed: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """A step of a process."""

    name: str
    status: str
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None
    error: str | None
    output: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """A line of a history."""

    seq: int
    at: datetime
    kind: str
    actor: str
    reason: str | None
    step: str | None
    attempt: int | None
    cause: str = ""
    """How a program died, when it tells of that; not safe."""
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorReport:
    """Why a process failed, as its reports keep it."""

    type: str
    message: str
    traceback: str

    @property
    def headline(self) -> str:
        """Type and message; not safe."""
        return ": ".join(text for text in (self.type, self.message) if text)


@dataclass(frozen=True, kw_only=True)
class ProcessSnapshot:
    """Everything about one process."""

    row: Row
    facts: tuple[tuple[str, str], ...]
    """Names and values of what the head of the screen says."""
    explanation: str
    """In words: what happens next, or what it needs."""
    parameters: dict[str, Any]
    store: dict[str, Any]
    reports: dict[str, Any]
    output: dict[str, Any] | None
    error: ErrorReport | None
    last_lines: tuple[str, ...]
    """What the program that died last had printed last; empty when none died or nothing is known."""
    last_words: str
    """The line of them that says most."""
    steps: tuple[StepLine, ...]
    events: tuple[EventLine, ...]
    """The newest ones, in rising order."""
    cut: bool = False
    """True when there are older events than these that were asked for too."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a verb would do to a process now, or why it is refused."""

    act: Act
    allowed: bool
    needs_force: bool
    text: str
    """Not safe."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A process in sentences that are not safe: its state, why, what happens next, and what one can do."""

    state: str
    why: tuple[str, ...]
    next: tuple[str, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """A version of a document, and the event that made it; the oldest one was made by none that is known."""

    index: int
    event: EventLine | None
    changes: tuple[ValueChange, ...] = ()
    """What the event changed in the document."""


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """One version, and how it differs from another."""

    index: int
    base: int
    values: dict[str, Any]
    """With `LeftOut` for what the history did not keep."""
    changes: tuple[ValueChange, ...]
    """From the base to this one."""


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """A step from which an ended process might be restarted."""

    step: str
    why_not: str | None
    """None when it can."""
    ended_here: bool
    """It is the step at which the process ended."""


@dataclass(frozen=True, kw_only=True)
class PlanItem:
    """One process of a plan, as it was when the plan was made."""

    row: Row
    allowed: bool
    why_not: str | None
    needs_force: bool
    """True when force would make it allowed."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A verb and the processes it is meant for, judged one by one."""

    act: Act
    items: tuple[PlanItem, ...]
    database: str
    now: datetime
    starting_points: tuple[StartingPoint, ...] = ()
    """For the restart of one process: its steps in order."""
    filter: str | None = None
    """What all of them match, when they were found by it; None when they were chosen one by one."""
    is_cut: bool = False
    """True when more match than one decision is for."""
    asks: str = ""
    """Why a guardrail asks that it be confirmed by hand; empty when none does. Not safe."""
    protected: str = ""
    """Name of the profile, when it is a protected one."""

    def eligible(self, *, force: bool) -> list[PlanItem]:
        """The ones the verb applies to."""
        return [item for item in self.items if item.allowed or (force and item.needs_force)]

    def skipped(self, *, force: bool) -> list[PlanItem]:
        """The others."""
        return [item for item in self.items if not item.allowed and not (force and item.needs_force)]

    @property
    def can_be_forced(self) -> bool:
        """True when force would change who is eligible."""
        return any(item.needs_force for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the operator said in a dialog."""

    reason: str | None
    force: bool = False
    now: bool = False
    """For fail: at once, without teardown."""
    data: dict[str, Any] = field(default_factory=dict)
    """For proceed."""
    from_step: str | None = None
    """For restart: where it begins; None for the beginning."""
    confirmed: bool = False
    """The number or the code was typed."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one process of a plan."""

    row: Row
    ok: bool
    text: str
    """What happened, or why it was refused."""
    begun: bool = True
    """False when it was stopped before."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """What a process was paused with, and what it is now if it is paused no more."""

    row: Row
    paused: bool
    state: str
    """What state it is in, in words that are not safe."""
    changed_by: str
    """Who changed it last, not safe; empty when nobody is known."""
    output: dict[str, Any]
    """What the paused step returned; an answer is merged over it."""
    schema: dict[str, Any] | None
    """JSON schema of the answer; None when any object will do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A value of an answer that breaks a rule of its schema."""

    keys: tuple[str | int, ...]
    """Where it is, or is missing; none for the whole answer."""
    path: str
    """The same as one reads it; not safe."""
    rule: str
    """What is asked of it, as the end of a sentence that begins with the path; not safe."""

    @property
    def sentence(self) -> str:
        """Path and rule; not safe."""
        return f"{self.path}: {self.rule}"
