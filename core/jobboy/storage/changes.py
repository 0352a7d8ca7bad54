"""How processes are written: new ones, and changes that only the holder of the right token may make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jobboy.errors import Fenced
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import Process, iso
from jobboy.ports import Change, Clock
from jobboy.storage import rows, statements
from jobboy.storage.statements import MINE, Prepared
from jobboy.storage.writer import Transaction, Work

_NEW = tuple(name for name in rows.WHOLE if name != "number")


class PreparedProcess:
    """A new process as a row, made outside the transaction so that others do not wait for it.

    Attributes:
        process: as it was given, without its number.
        values: its columns.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """

    def __init__(self, process: Process, actor: str) -> None:
        self.process = process
        self.values = rows.process_values(process, _NEW)
        after: dict[str, Any] = {"status": process.status.value}
        if process.wait_until is not None:
            after["wait_until"] = iso(process.wait_until)
        self._started = NewEvent(kind=EventKind.STARTED, at=process.created_at, actor=actor, after=after)

    def write(self, transaction: Transaction) -> Process:
        """Write it with its event and return it with its number; a known key gives the process that has it."""
        if self.process.key is not None:
            row = transaction.one(statements.BY_KEY, {"key": self.values["key"]})
            if row is not None:
                return rows.process(row)
        number = transaction.one(statements.INSERT_PROCESS, self.values)[0]
        transaction.write(statements.INSERT_EVENT, self.started(number))
        return self.process.changed(number=number)

    def started(self, number: int) -> dict[str, Any]:
        """Return the columns of its event ``started``."""
        return rows.event_values(self._started, number)


class PreparedChange:
    """A change as rows, made outside the transaction so that others do not wait for it.

    Args:
        change: what is to be written.
        keeps_kill: a kill that was asked for meanwhile stays; else the moment of the kill is written too.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """

    def __init__(self, change: Change, *, keeps_kill: bool) -> None:
        self._change = change
        self._keeps_kill = keeps_kill
        number = change.process.number
        self._values = rows.process_values(change.process, rows.RESULT if keeps_kill else rows.CHANGEABLE)
        self._events = [rows.event_values(event, number) for event in change.events]
        self._steps = [rows.step_values(step, number) for step in change.steps]
        self._successor = None if change.successor is None else PreparedProcess(change.successor, _actor(change))

    def write(self, transaction: Transaction, clock: Clock) -> Fenced | None:
        """Write it all, or only the event ``fenced`` when its token is an old one; then the error is returned."""
        seen = transaction.one(statements.SEEN, {"number": self._change.process.number})
        if seen is None or seen[0] != self._change.seen_token:
            return self._fence(transaction, clock, None if seen is None else seen[0])
        self._update(transaction, *seen)
        for step in self._steps:
            transaction.write(statements.RECORD_STEP, step)
        for event in self._events:
            transaction.write(statements.INSERT_EVENT, event)
        if self._successor is not None:
            self._successor.write(transaction)
        return None

    def _update(self, transaction: Transaction, token: int, status: str, killed_at: int | None) -> None:
        values, variants = self._values, statements.UPDATE_CHANGEABLE
        if self._keeps_kill:
            variants = statements.UPDATE_RESULT
            if killed_at is not None:
                killed = self._change.process.changed(killed_at=rows.moment(killed_at))
                values = values | rows.turn(killed)
        update_guarded(transaction, variants, self._change.process, (token, status), values)

    def _fence(self, transaction: Transaction, clock: Clock, token: int | None) -> Fenced:
        change = self._change
        if token is not None:
            attempt = NewEvent(
                kind=EventKind.FENCED,
                at=clock.now(),
                actor=_actor(change),
                before={"token": change.seen_token},
                after={"token": token},
            )
            transaction.write(statements.INSERT_EVENT, rows.event_values(attempt, change.process.number))
        return Fenced(change.process.id, change.seen_token)


def _actor(change: Change) -> str:
    """Who makes a change; one without any event is a turn that left nothing to tell."""
    return (
        change.events[0].actor
        if change.events
        else change.actor or f"worker:{change.process.handled_by or 'unknown'}"
    )


def update_guarded(
    transaction: Transaction,
    variants: dict[bool, Prepared],
    process: Process,
    seen: tuple[int, str],
    values: dict[str, Any],
) -> None:
    """Write columns of a process whose token and status were just seen in this transaction."""
    token, status = seen
    statement = variants[process.status.value != status]
    transaction.write(statement, {**values, f"number_{MINE}": process.number, f"token_{MINE}": token})


def adding(processes: Sequence[Process], *, actor: str) -> Work[list[Process]]:
    """Return the work that keeps new processes, all or none."""
    prepared = [PreparedProcess(process, actor) for process in processes]
    if len(prepared) > 1 and all(one.process.key is None for one in prepared):
        return lambda transaction: _written_together(transaction, prepared)
    return lambda transaction: [one.write(transaction) for one in prepared]


def _written_together(transaction: Transaction, prepared: list[PreparedProcess]) -> list[Process]:
    """Write many at a time: their numbers are asked for once, when all are there."""
    transaction.write_many(statements.INSERT_PROCESSES, (one.values for one in prepared))
    ids = [one.process.id for one in prepared]
    numbers = dict(transaction.all(statements.NUMBERS_OF, {"first": min(ids), "last": max(ids)}))
    transaction.write_many(statements.INSERT_EVENT, (one.started(numbers[one.process.id]) for one in prepared))
    return [one.process.changed(number=numbers[one.process.id]) for one in prepared]


def changing(number: int, decide: Callable[[Process], Change | None], clock: Clock) -> Work[Process | Fenced | None]:
    """Return the work that loads a process, decides and writes; what `decide` raises leaves all as it is."""

    def change(transaction: Transaction) -> Process | Fenced | None:
        row = transaction.one(statements.BY_NUMBER, {"number": number})
        decision = None if row is None else decide(rows.process(row))
        if decision is None:
            return None
        return PreparedChange(decision, keeps_kill=False).write(transaction, clock) or decision.process

    return change
