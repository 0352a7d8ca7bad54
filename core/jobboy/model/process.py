"""A process as it was at one moment: frozen, with every date and mark, and the rules that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from jobboy.model.documents import Document, Parameters, ProcessStore, Reports
from jobboy.model.identifiers import short_id
from jobboy.model.status import ProcessStatus

DEFAULT_PRIORITY = 100
DEFAULT_RETENTION = timedelta(days=90)
CRASH_LIMIT = 3
"""Crashes in one step after which a process is given up: the step itself must be what kills its programs."""


class CrashPolicy(StrEnum):
    """What happens to a process whose holder died.

    ``recover``: the next free worker goes on from the last recorded step, at most `CRASH_LIMIT` times in one step.
    ``fail``: it becomes failing. ``hold``: it waits for a registered handler of the handled case, or for an operator.
    """

    RECOVER = "recover"
    FAIL = "fail"
    HOLD = "hold"


class Rank(StrEnum):
    """Groups of processes in the order in which they are iterated; see `ProcessSummary.rank`."""

    STUCK = "0"
    KILLED = "1"
    FAILING = "2"
    ENDING = "3"
    RUNNING = "4"
    STARTING = "5"


_RANK_OF_STATUS = {
    ProcessStatus.FAILING: Rank.FAILING,
    ProcessStatus.ENDING: Rank.ENDING,
    ProcessStatus.RUNNING: Rank.RUNNING,
    ProcessStatus.STARTING: Rank.STARTING,
}


@dataclass(frozen=True, kw_only=True)
class ProcessSummary:
    """A process without its documents: what lists show.

    All dates are aware UTC.
    """

    number: int
    """Given by the repository at start, counting up; names the byte a holder locks."""
    id: str
    """UUIDv7, given at start."""
    code: str
    """Name of the kind of work; never changes."""
    status: ProcessStatus
    priority: int = DEFAULT_PRIORITY
    """Lower is iterated first among processes of the same rank; given at start."""
    handled: bool = False
    """True from the claim until the commit that releases it, and on while its holder is dead."""
    handled_at: datetime | None = None
    """Moment of the claim; None when not handled."""
    handled_by: str | None = None
    """Id of the worker that claimed it: ``host:pid:random``; None when not handled."""
    stuck: bool = False
    """Handled, and the holder is certainly dead. Recorded by a sweep; readers see the truth of the moment."""
    stuck_cause: dict[str, Any] | None = None
    """How the last holder or step program died; stays until the step after it is recorded. ``stops`` in it counts the
    attempts of the step that ended with their worker, which use up no retry."""
    rescuable: bool = False
    """Stuck, and a worker may take it over: its crash policy says so, or a handler of the handled case is known."""
    paused: bool = False
    """Interrupted on purpose by a step; waits for `proceed`."""
    wait_until: datetime | None = None
    """Not iterated before this moment; cleared by the next turn."""
    step: str | None = None
    """Name of the step that runs or runs next; None for plain handlers and when no step is left."""
    attempt: int = 0
    """How often the current step, or plain turn, has been begun: 0 before the first time, then 1. Teardowns
    do not count, so that a failed process shows which attempt was its last."""
    crashes: int = 0
    """How often a program died in the current step; 0 again when a step is recorded."""
    on_crash: CrashPolicy = CrashPolicy.HOLD
    """Policy of its definition, copied at start so that a sweep needs no code."""
    error: str | None = None
    """Type and message of the last error, in one line; None again when a step or turn succeeds after it."""
    created_at: datetime
    updated_at: datetime
    """Every change that is kept, whoever makes it."""
    turn_at: datetime
    """Place in the queue of its rank: the moment it was last put at the end of it."""
    started_at: datetime | None = None
    """The first time work moved it out of starting."""
    ended_at: datetime | None = None
    """When it became completed or failed."""
    killed_at: datetime | None = None
    """When its kill was asked for; written by `kill` alone, so that no holder's commit can lose it."""
    timeout_at: datetime | None = None
    """After this moment the next turn makes it failing: no wait lasts longer; moved on by the time it was paused."""
    deadline_at: datetime | None = None
    """A holder that is alive after this moment has stalled; None when nothing limits the turn."""
    retention: timedelta = DEFAULT_RETENTION
    """How long it is kept after its end; from its definition, copied at start."""
    expires_at: datetime | None = None
    """Retention may remove it after this moment; None while active."""
    token: int = 0
    """Rises on every claim and every operator action; a write with an older one is fenced."""
    key: str | None = None
    """Idempotency key given at start, unique among all processes; None when none was given."""
    generation: int = 1
    """1 for a process that was started, one more for each restart."""
    previous_id: str | None = None
    """The process this one is a restart of."""
    restarted_as: str | None = None
    """The last restart of it, which tells by itself how it fares; written by `restart` alone."""

    @property
    def short_id(self) -> str:
        """The random tail of the id, for people."""
        return short_id(self.id)

    @property
    def is_waiting(self) -> bool:
        """True while `wait_until` is set on an unhandled active process; the clock decides when that ends."""
        return self.wait_until is not None and not self.handled and not self.paused and self.status.is_active

    @property
    def restarted(self) -> bool:
        """True once a later process was started from it anew: what went wrong here is its successor's to tell."""
        return self.restarted_as is not None

    @property
    def kill_requested(self) -> bool:
        """True from the kill until the turn that begins the teardown."""
        return self.killed_at is not None and self.status.is_active and self.status is not ProcessStatus.FAILING

    @property
    def rank(self) -> Rank | None:
        """The group it is iterated with, None when it is no candidate: ended, held, paused or waiting.

        Stuck ones first, then kill requests, then what was begun, then what was not.
        """
        if not self.status.is_active:
            return None
        if self.handled:
            return Rank.STUCK if self.stuck and self.rescuable else None
        if self.kill_requested:
            return Rank.KILLED
        if self.paused or self.wait_until is not None:
            return None
        return _RANK_OF_STATUS[self.status]

    @classmethod
    def of_values(cls, values: dict[str, Any]) -> Self:
        """Return a process that takes over the given fields, unchecked: all of them, none else.

        A frozen dataclass sets each field by a call; with forty of them that takes longer than reading the row.
        """
        process = object.__new__(cls)
        object.__setattr__(process, "__dict__", values)
        return process

    def changed(self, **changes: Any) -> Self:
        """Copy with some fields replaced, unchecked; moves of status go through `moved`.

        Every turn makes several copies: `dataclasses.replace` would take most of its time.
        """
        fields = self.__dict__.copy()
        fields.update(changes)
        if len(fields) != len(self.__dict__):
            raise TypeError(f"a process has no {', '.join(sorted(changes.keys() - self.__dict__.keys()))}")
        return self.of_values(fields)

    def claimed(self, by: str, now: datetime) -> Self:
        """Copy in the hands of a worker, under a new token; an attempt begins, unless it is a teardown."""
        return self.changed(
            token=self.token + 1,
            attempt=self.attempt + (self.status is not ProcessStatus.FAILING),
            handled=True,
            handled_at=now,
            handled_by=by,
            stuck=False,
            rescuable=False,
            deadline_at=None,
            updated_at=now,
        )

    def moved(self, to: ProcessStatus, now: datetime, **others: Any) -> Self:
        """Copy with another status and the dates that belong to the move, and with other changes.

        Raises:
            StatusTransitionNotAllowed: when the table does not have the move.
        """
        status = self.status.change(to)
        if status is self.status:
            return self.changed(**others) if others else self
        if self.status is ProcessStatus.STARTING and self.started_at is None:
            others["started_at"] = now
        if not status.is_active:
            others["ended_at"] = now
            others["expires_at"] = now + self.retention
        return self.changed(status=status, **others)

    def released(self, now: datetime) -> Self:
        """Copy that nobody holds, at the end of its queue; what is known of a crash stays."""
        return self.changed(
            updated_at=now,
            handled=False,
            handled_at=None,
            handled_by=None,
            stuck=False,
            rescuable=False,
            deadline_at=None,
            turn_at=now,
        )


@dataclass(frozen=True, kw_only=True)
class Process(ProcessSummary):
    """A process with its documents."""

    parameters: Parameters = field(default_factory=Parameters)
    """Given at start, frozen for life."""
    store: Document = field(default_factory=ProcessStore)
    """Working memory; handlers and steps write a copy of it."""
    reports: Document = field(default_factory=Reports)
    """For people, written likewise; ``reason`` holds the error of a failure."""
    output: Parameters | None = None
    """What the last recorded step returned, and the input of the next; None before the first."""
    answer_schema: Document | None = None
    """JSON schema of the answer that `proceed` takes; set with the pause, None when any object will do or when it is
    not paused."""

    def as_json(self) -> dict[str, Any]:
        """Every documented field that people and programs are told, dates as ISO 8601 UTC: what ``--json`` prints."""
        return {
            "id": self.id,
            "code": self.code,
            "status": self.status.value,
            "handled": self.handled,
            "handled_by": self.handled_by,
            "handled_at": iso(self.handled_at),
            "stuck": self.stuck,
            "stuck_cause": self.stuck_cause,
            "paused": self.paused,
            "wait_until": iso(self.wait_until),
            "step": self.step,
            "attempt": self.attempt,
            "priority": self.priority,
            "parameters": self.parameters.as_dict(),
            "store": self.store.as_dict(),
            "reports": self.reports.as_dict(),
            "output": None if self.output is None else self.output.as_dict(),
            "error": self.error,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "started_at": iso(self.started_at),
            "ended_at": iso(self.ended_at),
            "killed_at": iso(self.killed_at),
            "token": self.token,
            "key": self.key,
            "generation": self.generation,
            "previous_id": self.previous_id,
            "restarted_as": self.restarted_as,
            "answer_schema": None if self.answer_schema is None else self.answer_schema.as_dict(),
        }


def is_stalled(process: ProcessSummary, now: datetime) -> bool:
    """Say whether a living holder is past its deadline; `process.stuck` must be the truth of the moment."""
    return process.handled and not process.stuck and process.deadline_at is not None and process.deadline_at < now


def iso(moment: datetime | None) -> str | None:
    """Write a date as ISO 8601 UTC with microseconds and ``Z``, or None as None."""
    return None if moment is None else moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
