"""What must be true after each rule, whatever happened: the promises, read through the door."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from jobboy.model.audit import AuditQuery
from jobboy.model.process import Process
from jobboy.model.selection import Selection
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.operations import Operations
from jobboy.ports import ProcessRepository
from tests.chaos.model_reference import Known

Told = tuple[str | None, str, str, str | None]
"""An event: process, kind, actor and reason."""


class Checks:
    """Compares a database with the reference model, and remembers what must never change again."""

    def __init__(self, operations: Operations, repository: ProcessRepository) -> None:
        self._operations = operations
        self._repository = repository
        self._seq = 0
        self._tokens: dict[str, int] = {}
        self._seen: dict[str, Process] = {}
        self._ended: dict[str, Process] = {}
        self._completed: dict[str, dict[str, StepRecord]] = {}
        self._acts: dict[str, list[str]] = {}

    def restarted(self, process: Process, successor: str) -> None:
        """Let the marks of a restart change on the old generation: its token, its date, and what it became."""
        before = self._ended[process.id]
        self._ended[process.id] = before.changed(
            token=before.token + 1, updated_at=process.updated_at, restarted_as=successor
        )

    def pruned(self, gone: list[str], operator: str) -> None:
        """One line for what was removed, one more for each that operators had acted on: their acts stay (P13)."""
        acted_on = [process_id for process_id in gone if process_id in self._acts]
        removals = [(process_id, "pruned", operator, None) for process_id in acted_on]
        self.expect([*removals, *([(None, "pruned", operator, None)] if gone else [])])
        kept = self._operations.house.audit(AuditQuery(), limit=1000).acts if acted_on else ()
        for process_id in acted_on:
            told = [act.event.kind.value for act in reversed(kept) if act.event.process_id == process_id]
            assert told == self._acts.pop(process_id)
        for process_id in gone:
            for known in (self._tokens, self._seen, self._ended, self._completed):
                known.pop(process_id, None)

    def expect(self, events: list[Told]) -> None:
        """The events since the last rule are exactly these (P13, and silence of what was refused)."""
        news = self._operations.feed(after=self._seq)
        told = [(event.process_id, event.kind.value, event.actor, event.reason) for event in news]
        assert sorted(told, key=str) == sorted(events, key=str)
        self._seq = max([self._seq, *(event.seq for event in news)])
        for event in news:
            if event.process_id is not None and event.actor.startswith("operator:") and event.kind.value != "started":
                self._acts.setdefault(event.process_id, []).append(event.kind.value)

    def all_agree(self, known: dict[str, Known], now: datetime) -> None:
        rows = self._operations.page(Selection(), limit=100).rows
        assert {row.id for row in rows} == known.keys()  # P1
        for row in rows:
            assert row.stuck is known[row.id].is_dead, f"the holder of {known[row.id]}"  # P7
        for process in self._repository.load([row.number for row in rows]):
            self._agrees(process, known[process.id])
        self._counts_agree(list(known.values()), now)

    def _agrees(self, process: Process, known: Known) -> None:
        assert _kept(process) == _wanted(known)
        assert process.token >= self._tokens.get(process.id, 0)
        self._tokens[process.id] = process.token
        assert known.answers <= known.pauses  # P8
        if process != self._seen.get(process.id):
            self._steps_agree(process.number, known)
            self._seen[process.id] = process
        if process.id in self._ended:
            assert process == self._ended[process.id]  # P4
        elif not process.status.is_active:
            self._ended[process.id] = process

    def _steps_agree(self, number: int, known: Known) -> None:
        """P3: one record of each completed step, written once; no record is lost."""
        records = self._repository.steps(number)
        completed = {record.name: record for record in records if record.status is StepStatus.COMPLETED}
        assert len({record.name for record in records}) == len(records)
        assert {name: record.attempts for name, record in completed.items()} == known.outputs
        before = self._completed.get(known.id, {})
        assert {name: completed[name] for name in before} == before
        self._completed[known.id] = completed

    def all_steps_agree(self, known: dict[str, Known]) -> None:
        """Look at the records of every process once more: nobody changed one behind its back."""
        for one in known.values():
            self._steps_agree(one.number, one)

    def _counts_agree(self, known: list[Known], now: datetime) -> None:
        counts = self._operations.overview().counts
        statuses = Counter(one.status for one in known)
        assert counts.by_status == {status: statuses[status.value] for status in ProcessStatus}
        assert counts.handled == sum(one.handled for one in known)
        assert counts.stuck == sum(one.is_dead for one in known)
        assert counts.paused == sum(one.paused for one in known)
        ended = self._ended.values()
        assert counts.restarted == sum(one.restarted and one.status is ProcessStatus.FAILED for one in ended)
        asleep = [one.wait_until for one in known if one.sleeps]
        assert counts.waiting == sum(moment is not None and moment > now for moment in asleep)


def _kept(process: Process) -> dict[str, Any]:
    cause = process.stuck_cause
    return {
        "status": process.status.value,
        "token": process.token,
        "handled": process.handled,
        "stuck": process.stuck,
        "rescuable": process.rescuable,
        "paused": process.paused,
        "killed": process.killed_at is not None,
        "wait_until": process.wait_until,
        "step": process.step,
        "attempt": process.attempt,
        "crashes": process.crashes,
        "cause": None if cause is None else (cause["step"], cause["attempt"]),
        "ended_at": process.ended_at,
        "turn_at": process.turn_at,
        "timeout_at": process.timeout_at,
        "deadline_at": process.deadline_at,
    }


def _wanted(known: Known) -> dict[str, Any]:
    names = ("status", "token", "handled", "stuck", "rescuable", "paused", "killed", "wait_until", "step")
    more = ("attempt", "crashes", "cause", "ended_at", "turn_at", "timeout_at", "deadline_at")
    return {name: getattr(known, name) for name in (*names, *more)}
