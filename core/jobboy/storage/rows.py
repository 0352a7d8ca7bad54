"""Values to rows and rows to values: the only place that knows how a field is kept."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from jobboy.model.compact_json import encoder
from jobboy.model.documents import Document, Parameters
from jobboy.model.events import Event, EventKind, NewEvent
from jobboy.model.process import CrashPolicy, Process, ProcessSummary
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.workers import WorkerInfo
from jobboy.ports import DefinitionRecord, WorkPause

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Convert = Callable[[Any], Any]


def micros(moment: datetime) -> int:
    """Return a date as microseconds since 1970 UTC; exact."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(microseconds: int) -> datetime:
    """Return the date of `micros`, aware UTC."""
    return _EPOCH + timedelta(0, 0, microseconds)


@lru_cache  # every process has one, and few differ
def _duration(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)


def in_micros(duration: timedelta) -> int:
    """Return a length of time in microseconds."""
    return duration // _MICROSECOND


def plain_text(text: str) -> str:
    """Write out what databases refuse inside text: NUL and halves of surrogate pairs.

    Errors and names come from anywhere, and no result may be lost because a message cannot be kept.
    """
    if "\0" in text:
        text = text.replace("\0", "\\x00")
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


as_json = encoder(ascii_only=True)
"""Writes JSON in ASCII, so that any text of history can be kept."""


def _text_of(document: Any) -> str:
    return str(document.text)


_STATUSES = {status.value: status for status in ProcessStatus}
_POLICIES = {policy.value: policy for policy in CrashPolicy}

# How the fields that are neither plain text that was checked nor numbers are written.
_WRITTEN: dict[str, Convert] = {
    "status": str,
    "on_crash": str,
    "retention": in_micros,
    "stuck_cause": as_json,
    **dict.fromkeys(("parameters", "store", "reports", "output", "answer_schema"), _text_of),
    **dict.fromkeys(("handled", "stuck", "rescuable", "paused"), int),
    **dict.fromkeys(("handled_by", "step", "error", "key", "previous_id", "restarted_as"), plain_text),
    **dict.fromkeys(
        (
            "handled_at", "wait_until", "created_at", "updated_at", "turn_at", "started_at", "ended_at",
            "killed_at", "timeout_at", "deadline_at", "expires_at",
        ),
        micros,
    ),
}  # fmt: skip

DOCUMENTS = ("parameters", "store", "reports", "output", "answer_schema")
SUMMARY = tuple(name for name in ProcessSummary.__dataclass_fields__)
WHOLE = (*SUMMARY, *DOCUMENTS)
GIVEN = (
    "number",
    "id",
    "code",
    "priority",
    "on_crash",
    "created_at",
    "retention",
    "key",
    "generation",
    "previous_id",
)
"""Written at start and never again."""
BY_OPERATORS = ("killed_at", "restarted_as")
"""Written by a verb of an operator alone."""
MARKS = tuple(name for name in SUMMARY if name not in (*GIVEN, *BY_OPERATORS))
"""What a claim changes; no documents."""
RESULT = (*MARKS, "store", "reports", "output", "answer_schema")
"""What the result of a turn changes: all but the moment of a kill, which somebody may have asked for meanwhile."""
CHANGEABLE = (*RESULT, *BY_OPERATORS)
NEW_COLUMNS = tuple(name for name in WHOLE if name not in ("number", "restarted_as"))
"""Of a process that is not kept yet."""

_DATES = tuple(name for name in SUMMARY if _WRITTEN.get(name) is micros)
_MARKS = ("handled", "stuck", "rescuable", "paused")
_WRITE_CLAIM: dict[str, Convert] = {"handled_at": micros, "handled_by": plain_text, "updated_at": micros}


class Columns:
    """Some columns of a process.

    Args:
        names: of the fields they are made from.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._fields = operator.itemgetter(*names)
        self._written = [(name, _WRITTEN[name]) for name in names if name in _WRITTEN]

    def of(self, process: Process) -> dict[str, Any]:
        """Return them by name, with those of the process's `turn`.

        Raises:
            InvalidValue: a document holds something that JSON cannot keep.
        """
        values = dict(zip(self._names, self._fields(process.__dict__), strict=True))
        for name, write in self._written:
            value = values[name]
            if value is not None:
                values[name] = write(value)
        values.update(turn(process))
        return values


NEW = Columns(NEW_COLUMNS)
RESULTS, CHANGES = Columns(RESULT), Columns(CHANGEABLE)
_result_of = operator.itemgetter(*RESULT)


def changed_values(process: Process, since: Process) -> dict[str, Any]:
    """Return the columns of `RESULT` that differ between two moments of a process, with those of its `turn`.

    What was replaced by an equal value counts as different: writing it again harms nothing.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """
    values = turn(process)
    for name, value, was in zip(RESULT, _result_of(process.__dict__), _result_of(since.__dict__), strict=True):
        if value is not was:
            write = _WRITTEN.get(name)
            values[name] = value if value is None or write is None else write(value)
    return values


def claim_values(claimed: ProcessSummary) -> dict[str, Any]:
    """Return the columns that are the same for all plain claims of a hand."""
    return {name: _WRITE_CLAIM[name](getattr(claimed, name)) for name in _WRITE_CLAIM}


def turn(process: ProcessSummary) -> dict[str, Any]:
    """Return when it is a process's turn: its rank while it is a candidate, or the moment it becomes one."""
    rank = process.rank
    if rank is not None:
        return {"rank": int(rank), "wake_at": None}
    return {"rank": None, "wake_at": _optional(micros, process.wait_until) if process.is_waiting else None}


def summary(row: Sequence[Any]) -> ProcessSummary:
    """Return what lists show, from the columns `SUMMARY`."""
    return ProcessSummary.of_values(_summary_values(dict(zip(SUMMARY, row, strict=True))))


def process(row: Sequence[Any]) -> Process:
    """Return a process, from the columns `WHOLE`."""
    values = _summary_values(dict(zip(WHOLE, row, strict=True)))
    output, schema = values["output"], values["answer_schema"]
    values["parameters"] = Parameters.from_text(values["parameters"], "parameters")
    values["store"] = Document.from_text(values["store"], "store")
    values["reports"] = Document.from_text(values["reports"], "reports")
    if output is not None:
        values["output"] = Parameters.from_text(output, "output")
    if schema is not None:
        values["answer_schema"] = Document.from_text(schema, "answer schema")
    return Process.of_values(values)


def as_read(process: Process) -> Process | None:
    """Return a candidate as it is read back once it is written; None for others, and where only reading tells."""
    if process.rank is None or process.error is not None or process.stuck_cause is not None:
        return None
    # What a turn did to lists and objects inside is not read back.
    changes: dict[str, Document] = {"parameters": Parameters.from_text(process.parameters.text, "parameters")}
    if process.output is not None:
        changes["output"] = Parameters.from_text(process.output.text, "output")
    for name in ("store", "reports"):
        document = process.__dict__[name]
        if type(document) is not Document:  # somebody might still write it
            changes[name] = Document.from_text(document.text, name)
    return process.changed(**changes)


def _summary_values(values: dict[str, Any]) -> dict[str, Any]:
    """Turn columns into fields, in place; every claim reads a row, so the few that need it are named here."""
    for name in _DATES:
        date = values[name]
        if date is not None:
            values[name] = _EPOCH + timedelta(0, 0, date)
    for name in _MARKS:
        values[name] = values[name] == 1
    status, on_crash, cause = values["status"], values["on_crash"], values["stuck_cause"]
    values["status"] = _STATUSES.get(status) or ProcessStatus(status)
    values["on_crash"] = _POLICIES.get(on_crash) or CrashPolicy(on_crash)
    values["retention"] = _duration(values["retention"])
    if cause is not None:
        values["stuck_cause"] = json.loads(cause)
    return values


def _optional(convert: Convert, value: Any) -> Any:
    return None if value is None else convert(value)


def event_values(event: NewEvent, number: int | None) -> dict[str, Any]:
    """Return the columns of a new event of a process, or of all with None."""
    return {
        "process": number,
        "at": micros(event.at),
        "kind": event.kind.value,
        "actor": plain_text(event.actor),
        "reason": None if event.reason is None else plain_text(event.reason),
        "step": None if event.step is None else plain_text(event.step),
        "attempt": event.attempt,
        "before": None if event.before is None else as_json(event.before),
        "after": None if event.after is None else as_json(event.after),
    }


def event(row: Sequence[Any]) -> Event:
    """Return an event, from seq, id of its process, and the columns in the order of `event_values`."""
    seq, process_id, at, kind, actor, reason, step, attempt, before, after = row
    return Event(
        seq=seq,
        process_id=process_id,
        at=moment(at),
        kind=EventKind(kind),
        actor=actor,
        reason=reason,
        step=step,
        attempt=attempt,
        before=_optional(json.loads, before),
        after=_optional(json.loads, after),
    )


def step_values(step: StepRecord, number: int) -> dict[str, Any]:
    """Return the columns of a recorded step of a process."""
    return {
        "process": number,
        "name": step.name,
        "visit": step.visit,
        "position": step.position,
        "status": step.status.value,
        "attempts": step.attempts,
        "output": None if step.output is None else step.output.text,
        "error": None if step.error is None else plain_text(step.error),
        "started_at": None if step.started_at is None else micros(step.started_at),
        "ended_at": None if step.ended_at is None else micros(step.ended_at),
    }


def step(row: Sequence[Any]) -> StepRecord:
    """Return a recorded step, from the columns of `step_values` without the process."""
    name, visit, position, status, attempts, output, error, started_at, ended_at = row
    return StepRecord(
        position=position,
        name=name,
        visit=visit,
        status=StepStatus(status),
        attempts=attempts,
        output=None if output is None else Parameters.from_text(output, "output"),
        error=error,
        started_at=_optional(moment, started_at),
        ended_at=_optional(moment, ended_at),
    )


def definition_values(record: DefinitionRecord) -> dict[str, Any]:
    """Return the columns of a definition."""
    return {
        "code": record.code,
        "steps": as_json(record.steps),
        "on_crash": record.on_crash.value,
        "retention": in_micros(record.retention),
    }


def definition(row: Sequence[Any]) -> DefinitionRecord:
    """Return a definition, from the columns of `definition_values`."""
    code, steps, on_crash, retention = row
    return DefinitionRecord(
        code=code, steps=tuple(json.loads(steps)), on_crash=CrashPolicy(on_crash), retention=_duration(retention)
    )


def pause_values(pause: WorkPause) -> dict[str, Any]:
    """Return the columns of a pause of all work."""
    return {
        "name": "work",
        "at": micros(pause.at),
        "actor": plain_text(pause.actor),
        "reason": _optional(plain_text, pause.reason),
    }


def worker_values(worker: WorkerInfo) -> dict[str, Any]:
    """Return the columns of a worker, without its number."""
    return {
        "id": worker.id,
        "host": plain_text(worker.host),
        "pid": worker.pid,
        "slots": worker.slots,
        "codes": as_json(worker.codes),
        "started_at": micros(worker.started_at),
        "stopped_at": _optional(micros, worker.stopped_at),
        "version": _optional(plain_text, worker.version),
    }


def worker(row: Sequence[Any]) -> WorkerInfo:
    """Return a worker, from its number and the columns of `worker_values`."""
    number, worker_id, host, pid, slots, codes, started_at, stopped_at, version = row
    return WorkerInfo(
        number=number,
        id=worker_id,
        host=host,
        pid=pid,
        slots=slots,
        codes=tuple(json.loads(codes)),
        started_at=moment(started_at),
        stopped_at=_optional(moment, stopped_at),
        version=version,
    )
