"""What the engine asks of the world: small promises that adapters keep and one conformance suite checks.

What is made anew for every turn is not frozen: a frozen dataclass takes three times as long to make. It is not
changed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from jobboy.errors import Fenced
from jobboy.model.events import Event, NewEvent
from jobboy.model.ordering import Place
from jobboy.model.process import CrashPolicy, Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, Counted, Counts, Page, ScanLimits, Selection
from jobboy.model.steps import StepRecord
from jobboy.model.workers import WorkerInfo
from jobboy.schedule_port import ScheduleRepository

# --- time and identity -----------------------------------------------------------------------------------------


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """Return the present as aware UTC."""


class Identifiers(Protocol):
    """The one source of new names."""

    def process_id(self) -> str:
        """Return a new UUIDv7."""

    def worker_id(self) -> str:
        """Return ``host:pid:random``, new at each call."""


# --- locks -----------------------------------------------------------------------------------------------------

MANAGEMENT_PLACE = 0
"""The lock ``process-management``: held exclusively for a whole iteration, or shared by those who only pick."""
SCHEMA_PLACE = 1 << 61
"""Held while tables are created or migrated."""
WAITING_PLACE = SCHEMA_PLACE + 1
"""Held shared by each program that waits for its turn to write to the database."""
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


# --- waking ----------------------------------------------------------------------------------------------------


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


# --- running steps ---------------------------------------------------------------------------------------------


@dataclass(kw_only=True, slots=True)
class StepOrder:
    """Everything a program needs to run one attempt of a step of a pipeline."""

    code: str
    step: str
    process: Process
    """As claimed; a step may change its store and reports."""
    data: Mapping[str, Any]
    """Output of the step before, or the parameters."""
    timeout: timedelta | None
    """Time from now until it is ended; None for no limit."""
    timeout_of: str = "step"
    """Whose limit `timeout` is: ``step`` or ``process``."""
    memory_limit: int | None = None
    """Bytes of address space for isolated steps; beyond them Python raises MemoryError."""
    lock: Lock | None = None
    """The lock of the process, handed on to the program that runs the step."""


@dataclass(kw_only=True, slots=True)
class StepResult:
    """What a step that returned leaves behind."""

    output: dict[str, Any]
    store: dict[str, Any] | None = None
    """The store as the step left it; None when it did not ask for the process."""
    reports: dict[str, Any] | None = None


class StepRunner(Protocol):
    """Runs steps in programs of their own, so that their death is not the worker's."""

    def run(self, order: StepOrder) -> StepResult:
        """Run one attempt and wait for it; called by several threads at once, each with its own program.

        When it returns or raises, nothing of the step runs any more and nothing holds the order's lock but the
        order itself.

        Raises:
            StepTimedOut: it was ended at its limit.
            StepCrashed: its program died or was stopped; with the cause and its last lines of output.
            StepRaised: the step raised; with type, message and traceback as text.
        """

    def stop(self, number: int, why: str) -> bool:
        """End the step that runs for this process, from any thread; False when none does."""

    def close(self) -> None:
        """End every program."""


class StepRaised(Exception):
    """An exception that a step raised in another program."""

    def __init__(self, type_name: str, message: str, traceback: str) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name = type_name
        self.message = message
        self.traceback = traceback


# --- keeping ---------------------------------------------------------------------------------------------------


@dataclass(kw_only=True, slots=True)
class Change:
    """One process as it shall become, written only if its token is still the one that was seen."""

    process: Process
    seen_token: int
    events: tuple[NewEvent, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    """Records to write; a step that is already recorded as completed is never written again."""
    actor: str | None = None
    """Who makes a change that has no event, to be told when it is fenced."""
    successor: Process | None = None
    """A new process that starts in the same transaction, with its event ``started`` by the first event's actor."""
    claimed: Process | None = None
    """As the claim has written it: then only what differs from it is written. None writes every field."""


@dataclass(kw_only=True, slots=True)
class Held:
    """A process in the hands of this program."""

    before: Process
    """As it was when it was picked: what `supports` sees."""
    process: Process
    """As claimed: handled, with a new token."""
    lock: Lock
    more: bool = False
    """Others were ready when it was picked; set by the repository."""
    ahead: bool = False
    """Claimed together with another one and ahead of need: its work is marked as not begun until it begins."""
    plain: bool = False
    """`process` is `before` by the rule of `Process.claimed` alone: one statement can write a hand of them."""
    claimed: Process | None = None
    """As the claim was written, where the beginning of the work has moved it on since; None: as `process`."""


class Claimant(Protocol):
    """Decides about one candidate after the other; called inside the repository's transaction, so it is quick."""

    @property
    def codes(self) -> Sequence[str] | None:
        """Only processes of these codes are offered; None for any."""

    def claim(self, candidate: Process) -> Held | None:
        """Take the process's lock and return how it shall look when claimed, or None to leave it."""


class HandClaimant(Claimant, Protocol):
    """A claimant that takes several in hand at once."""

    @property
    def limit(self) -> int:
        """How many it takes at once, at least 1; asked again when the first is claimed."""

    def wants(self, candidate: Process, in_hand: int) -> bool:
        """Say whether to go on with this candidate, so many being claimed already; False ends the offering."""

    def claim_ahead(self, candidate: Process) -> Held | None:
        """Claim like `claim`, a candidate whose work begins only after that of others in the same hand."""


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of several results that were written in one transaction."""

    held: list[Held]
    """The next claims, in the order of iteration."""
    fenced: list[Fenced]
    """For each result that was refused because its token is an old one; the attempts are recorded."""


@dataclass(frozen=True, kw_only=True)
class DefinitionRecord:
    """What others may know of a definition without its code."""

    code: str
    steps: tuple[str, ...]
    """Names in order; empty for plain handlers."""
    on_crash: CrashPolicy
    retention: timedelta


@dataclass(frozen=True, kw_only=True)
class WorkPause:
    """All work is paused."""

    at: datetime
    actor: str
    reason: str | None


class ProcessRepository(ScheduleRepository, Protocol):
    """The keeper of processes. Every method that writes is one transaction, durable when it returns.

    Called from many threads and programs at once. Every method may raise StorageError.
    """

    # starting

    def add(self, processes: Sequence[Process], *, actor: str) -> list[Process]:
        """Keep new processes, all or none, each with its event ``started``; numbers are given here.

        A process whose `key` is already kept is not written: the kept one is returned in its place.
        """

    # iterating

    def claim(self, claimant: Claimant) -> Held | None:
        """Offer candidates in the order of iteration until the claimant takes one; write and return it.

        A candidate is of the claimant's codes and has a rank: by rank, then priority, then longest in its
        queue. Waiting ones become candidates when their moment has come. Nothing is offered while all work is
        paused. Two claimants never get the same process.
        """

    def settle(self, change: Change, *, claimant: Claimant | None = None) -> Held | None:
        """Write the result of a turn and, with a claimant, its next claim in the same transaction.

        Results handed in by several threads at once are committed together; none returns before the commit.
        Every field is written but `killed_at`: a kill that was asked for meanwhile stays, and gives the released
        process the rank of a killed one.

        Raises:
            Fenced: when the token is no longer the one that was seen; nothing of the change is written,
                the attempt is recorded as an event, and nothing is claimed.
        """

    def claim_hand(self, claimant: HandClaimant) -> list[Held]:
        """Claim several in one transaction, in the order of iteration: the first, then as many as are wanted.

        The order has no gaps but those the claimant leaves: it ends at the first candidate that is not wanted.
        """

    def settle_hand(self, changes: Sequence[Change], *, claimant: HandClaimant | None = None) -> Settlement:
        """Write the results of several turns and, with a claimant, its next hand in one transaction.

        Each result is judged like by `settle`; one that is fenced harms none of the others.
        """

    def change(self, number: int, decide: Callable[[Process], Change | None]) -> Process | None:
        """Load a process, decide and write in one transaction; returns it as written.

        `decide` gets the process as it is now and may raise to leave all as it is, or return None for the same.
        The result is None when there is no such process or nothing was decided.
        """

    # reading

    def get(self, process_id: str) -> Process | None:
        """Return the process with exactly this id."""

    def load(self, numbers: Sequence[int]) -> list[Process]:
        """Return these processes with their documents, in the given order; removed ones are left out."""

    def find(self, part: str, *, limit: int) -> list[str]:
        """Return ids that contain this text, newest first; at most `limit`."""

    def page(
        self,
        selection: Selection,
        *,
        below: Place | int | None = None,
        above: Place | int | None = None,
        limit: int,
        limits: ScanLimits = DEFAULT_LIMITS,
    ) -> Page:
        """Return summaries in the order of the selection: the first, or those next after or before a place.

        A number is a place in a list that goes by number. What no index answers is looked for as far as `limits`
        allow, and `Page.scan` says how far that was; it can be cancelled from any thread. `stuck` and `stalled` are
        not judged here: asked for, they select all handled ones, and their opposites everything.
        """

    def count(self, selection: Selection, *, limit: int = 10_000) -> int:
        """Count; where no kept counter answers, stop at `limit`, which then means "that many or more"."""

    def counted(self, selection: Selection, *, limit: int = 10_000, limits: ScanLimits = DEFAULT_LIMITS) -> Counted:
        """Count like `count` and say whether there may be more."""

    def counts(self) -> Counts:
        """Return the kept counters; `Counts.stuck` counts what sweeps have recorded."""

    def handled(self) -> list[ProcessSummary]:
        """Return every handled process."""

    def steps(self, number: int) -> list[StepRecord]:
        """Return the recorded steps of a process in order."""

    def definition(self, code: str) -> DefinitionRecord | None:
        """Return what was last remembered of a definition."""

    def codes(self) -> list[str]:
        """Return the codes of all kept processes, sorted."""

    def events(
        self, *, number: int | None = None, after: int = 0, before: int | None = None, newest: bool = False,
        limit: int,
    ) -> list[Event]:  # fmt: skip
        """Return events of one process, or of all, with `after` < seq < `before`.

        In rising order; with `newest` the last ones of the range (still in rising order).
        """

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""

    def stamp(self) -> int:
        """Return a number that is another one after any commit by any program; costs microseconds."""

    # workers and control

    def remember(self, definitions: Sequence[DefinitionRecord]) -> None:
        """Keep what others may know of these definitions, in place of what was kept under their codes."""

    def add_worker(self, worker: WorkerInfo) -> WorkerInfo:
        """Keep a worker and give it its number."""

    def end_worker(self, number: int, *, at: datetime) -> None:
        """Record that a worker ended in order."""

    def workers(self, *, limit: int = 200) -> list[WorkerInfo]:
        """Return workers, newest first; neither `alive` nor `holds` are filled in."""

    def forget_workers(self, numbers: Sequence[int]) -> None:
        """Remove dead workers' rows; the history keeps what they did."""

    def work_pause(self) -> WorkPause | None:
        """Return since when and why all work is paused, None when it is not."""

    def set_work_pause(self, pause: WorkPause | None, event: NewEvent) -> bool:
        """Pause or resume all work, with its event; False, and nothing written, when it was so already."""

    # keeping house

    def prunable(self, *, now: datetime, ended_before: datetime | None = None) -> int:
        """Count what `prune` would remove."""

    def prune(self, *, now: datetime, ended_before: datetime | None = None, limit: int = 500) -> int:
        """Remove up to `limit` ended, unhandled processes with their steps and events; return how many.

        Those whose retention is over at `now`, or with `ended_before` those that ended before it.
        """

    def record(self, event: NewEvent) -> None:
        """Write an event that concerns all processes."""

    def maintain(self) -> None:
        """Do what keeps the files small and quick; safe at any time."""

    def check(self) -> list[tuple[str, bool, str]]:
        """Examine the database: (what, is it well, in words) for each check."""

    def close(self) -> None:
        """Close all connections; the repository cannot be used after it."""
