"""How processes are written: new ones, and changes that only the holder of the right token may make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from jobboy.errors import Fenced, Refused
from jobboy.failpoints import reach
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import Process, iso
from jobboy.ports import Change, Clock
from jobboy.storage import logs, rows, statements
from jobboy.storage.statements import MINE, Row
from jobboy.storage.writer import Transaction, Work

_NUMBER, _TOKEN, _STATUS = f"number_{MINE}", f"token_{MINE}", f"status_{MINE}"


class PreparedProcess:
    """A new process as a row, made outside the transaction so that others do not wait for it.

    Attributes:
        process: as it was given, without its number.

    Args:
        process: to be kept.
        actor: who starts it.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """

    def __init__(self, process: Process, actor: str) -> None:
        self.process = process
        self._values = rows.NEW.of(process)
        self._started = rows.event_values(_started(process, actor), None)

    def write(self, transaction: Transaction) -> Process:
        """Write it with its event and return it with its number; a known key gives the process that has it.

        Raises:
            Refused: the key is of a process of another code.
        """
        if self.process.key is not None:
            row = transaction.one(statements.BY_KEY, {"key": self._values["key"]})
            if row is not None:
                return self._found(rows.process(row))
        number = transaction.insert(statements.INSERT_PROCESS, self._values)
        transaction.write(statements.INSERT_EVENT, {**self._started, "process": number})
        return self.process.changed(number=number)

    def _found(self, process: Process) -> Process:
        if process.code != self.process.code:
            why = f"its key {process.key!r} is that of {process.id}, a process of {process.code}"
            raise Refused("start", self.process.code, why)
        return process


def _started(process: Process, actor: str) -> NewEvent:
    after: dict[str, Any] = {"status": process.status.value}
    if process.wait_until is not None:
        after["wait_until"] = iso(process.wait_until)
    return NewEvent(kind=EventKind.STARTED, at=process.created_at, actor=actor, after=after)


class PreparedChange:
    """A change as rows, made outside the transaction so that others do not wait for it.

    Args:
        change: what is to be written.
        keeps_kill: a kill that was asked for meanwhile stays; else the moment of the kill is written too.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """

    def __init__(self, change: Change, *, keeps_kill: bool) -> None:
        number = change.process.number
        self.change = change
        self.number = number
        self._keeps_kill = keeps_kill
        if change.claimed is not None:
            self._values = rows.changed_values(change.process, change.claimed)
        else:
            self._values = (rows.RESULTS if keeps_kill else rows.CHANGES).of(change.process)
        self.events = [rows.event_values(event, number) for event in change.events]
        self.steps = [rows.step_values(step, number) for step in change.steps]
        self.log = None if change.log is None else logs.values(change.log, number)
        self.successor = None if change.successor is None else PreparedProcess(change.successor, _actor(change))

    def update(self, status: str, killed_at: int | None) -> Row:
        """Return the statement that writes the process, given what was just seen of it in this transaction."""
        values = self._values
        if self._keeps_kill and killed_at is not None:
            values = values | rows.turn(self.change.process.changed(killed_at=rows.moment(killed_at)))
        return guarded(self.change.process, status, values, token=self.change.seen_token)

    def update_as_claimed(self) -> Row | None:
        """Return the statement that writes the process if nothing has happened to it since its claim, None else."""
        claimed = self.change.claimed
        if claimed is None or claimed.killed_at is not None:
            return None
        status = claimed.status.value
        names, values = _named(self.change.process, status, self._values, token=self.change.seen_token)
        values[_STATUS] = status
        return statements.update_as_claimed(names), values

    def fenced(self, token: int, now: datetime) -> dict[str, Any]:
        """Return the columns of the event that tells of a write with an old token."""
        attempt = NewEvent(
            kind=EventKind.FENCED,
            at=now,
            actor=_actor(self.change),
            before={"token": self.change.seen_token},
            after={"token": token},
        )
        return rows.event_values(attempt, self.number)


class Written(NamedTuple):
    """What became of changes that were written together."""

    fenced: list[Fenced]
    """The errors of those whose token was an old one."""
    known: dict[int, Process]
    """By number, processes that may be claimed next and read back exactly as they are here."""


def write(transaction: Transaction, prepared: Sequence[PreparedChange], clock: Clock) -> Written:
    """Write changes of different processes; of one whose token is an old one, only the event ``fenced``."""
    if _written_as_claimed(transaction, prepared):
        _write_traces(transaction, prepared)
        return Written([], _known(prepared))
    numbers = [one.number for one in prepared]
    seen = {
        row[0]: row
        for statement, values in statements.by_numbers(statements.SEEN, numbers)
        for row in transaction.all(statement, values)
    }
    held = [one for one in prepared if one.number in seen and seen[one.number][1] == one.change.seen_token]
    transaction.write_all([one.update(*seen[one.number][2:]) for one in held])
    _write_traces(transaction, held)
    known = _known([one for one in held if seen[one.number][3] is None])
    if len(held) == len(prepared):
        return Written([], known)
    fenced = [one for one in prepared if one not in held]
    attempts = (one.fenced(seen[one.number][1], clock.now()) for one in fenced if one.number in seen)
    transaction.write_many(statements.INSERT_EVENT, attempts)
    return Written([Fenced(one.change.process.id, one.change.seen_token) for one in fenced], known)


def _written_as_claimed(transaction: Transaction, prepared: Sequence[PreparedChange]) -> bool:
    """Write processes without looking at them first; False when something has happened to one since its claim.

    What was written then is written once more, with the same values, when all have been looked at.
    """
    updates = [row for one in prepared if (row := one.update_as_claimed()) is not None]
    return len(updates) == len(prepared) and transaction.write_all(updates) == len(updates)


def _write_traces(transaction: Transaction, held: Sequence[PreparedChange]) -> None:
    """Write what belongs to changes whose processes are written."""
    transaction.write_many(statements.RECORD_STEP, (step for one in held for step in one.steps))
    transaction.write_many(statements.INSERT_EVENT, (event for one in held for event in one.events))
    for one in held:
        if one.successor is not None:
            one.successor.write(transaction)
        if one.log is not None:
            logs.keep(transaction, one.log)
    reach("change-written")


def _known(written: Sequence[PreparedChange]) -> dict[int, Process]:
    return {one.number: process for one in written if (process := rows.as_read(one.change.process)) is not None}


def _actor(change: Change) -> str:
    """Who makes a change; one without any event is a turn that left nothing to tell."""
    return (
        change.events[0].actor
        if change.events
        else change.actor or f"worker:{change.process.handled_by or 'unknown'}"
    )


def guarded(process: Process, status: str, values: Mapping[str, Any], *, token: int) -> Row:
    """Return the statement that writes columns of a process while its token is the one that was just seen.

    The status stands in two indexes, which are rewritten whenever it is named: so it is named only when it changes.
    """
    names, named = _named(process, status, values, token=token)
    return statements.guarded_update(names), named


def _named(
    process: Process, status: str, values: Mapping[str, Any], *, token: int
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the names of the columns to be written, and the values of a guarded statement."""
    named = {**values}
    if named.get("status") == status:
        del named["status"]
    names = tuple(named)
    named[_NUMBER], named[_TOKEN] = process.number, token
    return names, named


def adding(processes: Sequence[Process], *, actor: str) -> Work[list[Process]]:
    """Return the work that keeps new processes, all or none."""
    prepared = [PreparedProcess(process, actor) for process in processes]
    return lambda transaction: [one.write(transaction) for one in prepared]


def changing(number: int, decide: Callable[[Process], Change | None], clock: Clock) -> Work[Process | Fenced | None]:
    """Return the work that loads a process, decides and writes; what `decide` raises leaves all as it is."""

    def change(transaction: Transaction) -> Process | Fenced | None:
        row = transaction.one(statements.BY_NUMBER, {"number": number})
        decision = None if row is None else decide(rows.process(row))
        if decision is None:
            return None
        fenced = write(transaction, [PreparedChange(decision, keeps_kill=False)], clock).fenced
        return fenced[0] if fenced else decision.process

    return change
