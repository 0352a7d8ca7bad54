"""The keeper of processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from jobboy.model.audit import AuditPage, AuditQuery
from jobboy.model.documents import Parameters
from jobboy.model.endings import Endings
from jobboy.model.events import Event, NewEvent
from jobboy.model.facts import DatabaseFacts
from jobboy.model.logs import TurnLog
from jobboy.model.ordering import Place
from jobboy.model.process import CrashPolicy, Process, ProcessSummary
from jobboy.model.selection import DEFAULT_LIMITS, Counted, Counts, Page, ScanLimits, Selection
from jobboy.model.steps import StepRecord
from jobboy.model.workers import WorkerInfo
from jobboy.ports.claims import Change, Claimant, HandClaimant, Held, Settlement
from jobboy.ports.schedules import ScheduleRepository


@dataclass(frozen=True, kw_only=True)
class DefinitionRecord:
    """What others may know of a definition without its code."""

    code: str
    steps: tuple[str, ...]
    """Names in order; empty for plain handlers."""
    on_crash: CrashPolicy
    retention: timedelta


@dataclass(frozen=True, eq=False)
class Pattern:
    """What processes have in common whenever they start; one object for all, so that what is made of it is kept."""

    process: Process
    """A new one without a key; its dates, its id and its parameters are of no interest."""


@dataclass(slots=True)
class Alike:
    """New processes that differ in id and parameters alone."""

    pattern: Pattern
    at: datetime
    """When they start."""
    wait_until: datetime | None
    """Nobody works on them before this moment."""
    own: list[tuple[str, Parameters]]
    """Id and parameters of each, at least one."""

    def processes(self) -> list[Process]:
        """Return them one by one, without numbers."""
        at = self.at
        one = self.pattern.process.changed(created_at=at, updated_at=at, turn_at=at, wait_until=self.wait_until)
        return [one.changed(id=process_id, parameters=parameters) for process_id, parameters in self.own]


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

        Raises:
            Refused: the one that is kept has another code; nothing is written.
        """

    def add_alike(self, several: Sequence[Alike], *, actor: str) -> None:
        """Keep new processes like `add`, in their order; many that are alike take far less time."""

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

    def put_in_turn(self, *, idle: timedelta) -> None:
        """Give candidates whose place in the queue is a moment still to come the place of now, oldest first.

        The clock was put back after they took it: whoever came later would be served before them until it is where
        it was. Looks at all candidates, so not to be done all the time.

        Args:
            idle: whoever began to wait at such a moment, for no longer than this, waits no more: that was to be asked
                again soon, not at some moment.
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

    def endings(self, since: datetime) -> Endings:
        """Count what ended since a moment, by minute; `Endings.since` is later when that is too much."""

    def handled(self) -> list[ProcessSummary]:
        """Return every handled process."""

    def steps(self, number: int) -> list[StepRecord]:
        """Return the recorded steps of a process in order."""

    def definition(self, code: str) -> DefinitionRecord | None:
        """Return what was last remembered of a definition."""

    def defined_codes(self) -> list[str]:
        """Return the codes of all remembered definitions, sorted."""

    def codes(self) -> list[str]:
        """Return the codes of all kept processes, sorted."""

    def events(
        self, *, number: int | None = None, after: int = 0, before: int | None = None, newest: bool = False,
        limit: int,
    ) -> list[Event]:  # fmt: skip
        """Return events of one process, or of all, with `after` < seq < `before`.

        In rising order; with `newest` the last ones of the range (still in rising order).
        """

    def audit(self, query: AuditQuery, *, before: int | None = None, limit: int) -> AuditPage:
        """Return what people did with seq < `before`, newest first: the wanted ones of a bounded number of acts.

        An act is an event of an operator, or one of a program but for what it starts. What operators did to a
        process, but for its start, is told with its id and code after it was removed too.
        """

    def last_seq(self) -> int:
        """Return the number of the newest event, 0 when there is none."""

    def logs(self, number: int, *, from_token: int = 0, limit: int) -> list[TurnLog]:
        """Return what the last turns of a process with at least this token said, in rising order."""

    def keep_log(self, number: int, log: TurnLog) -> None:
        """Keep what a turn in progress has said so far; the log that is settled with its result takes its place.

        Nothing is written when the token of the turn is no longer the process's.
        """

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

    def prune(
        self,
        *,
        now: datetime,
        record: Callable[[int], NewEvent],
        ended_before: datetime | None = None,
        limit: int = 500,
    ) -> int:
        """Remove up to `limit` ended, unhandled processes with their steps and events; return how many.

        Those whose retention is over at `now`, or with `ended_before` those that ended before it. One transaction,
        which takes fewer where their histories are long, but at least one if there is any.
        What operators did to one stays for `audit`, without documents, and beside it a line that it was removed.

        Args:
            now: the present.
            record: makes, of how many are removed, the event that is written with their removal; not called when
                nothing is removed.
            ended_before: in place of their retention.
            limit: at least 1.
        """

    def remove(self, numbers: Sequence[int], *, record: Callable[[int], NewEvent]) -> int:
        """Remove those of these that are ended and unhandled, like `prune`; return how many.

        One transaction, or several where their histories are long.
        """

    def record(self, event: NewEvent) -> None:
        """Write an event that concerns all processes."""

    def maintain(self) -> None:
        """Do what keeps the files small and quick; safe at any time."""

    def facts(self) -> DatabaseFacts:
        """Return what the database is and how large; costs as much as reading a few rows."""

    def copy_to(self, file: Path) -> None:
        """Copy the database, as it is at one moment, into an empty file; others read and write meanwhile."""

    def check(self) -> list[tuple[str, bool, str]]:
        """Examine the database: (what, is it well, in words) for each check."""

    def close(self) -> None:
        """Close all connections; the repository cannot be used after it."""
