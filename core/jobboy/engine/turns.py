"""What one turn leaves behind, and the rules for turns that went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobboy.engine.definitions import Backoff
from jobboy.errors import InvalidValue, StepCrashed
from jobboy.model.documents import Document, Parameters, Reports
from jobboy.model.events import EventKind
from jobboy.model.process import CRASH_LIMIT, CrashPolicy, Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord
from jobboy.model.tracebacks import MAX_LENGTH, readable_traceback
from jobboy.ports import StepRaised

_SCALARS = frozenset({str, int, float, bool, type(None)})
STOPS = "stops"
"""In the cause of the last death: how many attempts of the step at hand ended with their worker, from outside."""


@dataclass(kw_only=True, slots=True)
class Turn:
    """The process as a turn left it, not yet released."""

    process: Process
    kind: EventKind
    steps: tuple[StepRecord, ...] = ()
    has_worked: bool = True
    seconds: float | None = None
    """How long the program of an isolated step took for it."""


def succeeded(process: Process, to: ProcessStatus, now: datetime, **changes: Any) -> Process:
    """Copy with another status, other changes, and with the marks of earlier failures and crashes taken off.

    Raises:
        StatusTransitionNotAllowed: when the table does not have the move.
    """
    if process.error is None and process.stuck_cause is None:
        return process.moved(to, now, attempt=0, crashes=0, **changes)
    after = process.changed(**changes)
    reports = Reports.from_text(after.reports.text, "reports")
    if process.error is not None:
        reports.unset("reason")
    return after.moved(to, now, attempt=0, crashes=0, error=None, stuck_cause=None, reports=reports)


def sealed(after: Process, before: Process) -> Process:
    """Copy whose documents are text: whatever still has them in its hands changes nothing any more.

    What says the same as before is what was there before.

    Raises:
        InvalidValue: a document holds something that JSON cannot keep.
    """
    changes: dict[str, Document] = {}
    if after.output is not None and after.output is not before.output:
        text = after.output.text
        if any(type(value) not in _SCALARS for _, value in after.output.items()):  # else nobody has anything of it
            changes["output"] = Parameters.from_text(text, "output")
    if after.store is not before.store:
        changes["store"] = _sealed(after.store, before.store, "store")
    if after.reports is not before.reports:
        changes["reports"] = _sealed(after.reports, before.reports, "reports")
    return after.changed(**changes) if changes else after


def _sealed(after: Document, before: Document, field: str) -> Document:
    text = after.text
    return before if text == before.text else Document.from_text(text, field)


def raised(process: Process, error: BaseException, *, retries: int, backoff: Backoff, now: datetime) -> Process:
    """Copy after an error: waiting for the next attempt, or giving up when the retries are used up."""
    marked = with_reason(process, describe_error(error))
    attempt = own_attempt(process)
    if attempt <= retries and process.status is not ProcessStatus.FAILING:
        return marked.changed(wait_until=now + backoff.after(attempt))
    return given_up(marked, now)


def own_attempt(process: Process) -> int:
    """Return which attempt it is, without those that a death or a stop of their program cut short.

    They use up no retry: these are for what the step itself raises.
    """
    return max(process.attempt - process.crashes - _stops(process), 1)


def stopped(process: Process, cause: Mapping[str, Any]) -> Process:
    """Copy after its step was ended from outside, which is no crash of its own."""
    return process.changed(stuck_cause={**cause, STOPS: _stops(process) + 1})


def died(process: Process, cause: Mapping[str, Any]) -> Process:
    """Copy after a program died in its current step: counted, and with the cause."""
    stops = _stops(process)
    kept = {**cause, STOPS: stops} if stops else dict(cause)
    return process.changed(crashes=process.crashes + 1, stuck_cause=kept)


def _stops(process: Process) -> int:
    return int((process.stuck_cause or {}).get(STOPS, 0))


def crashed(process: Process, message: str, cause: Mapping[str, Any], now: datetime) -> Process:
    """Copy after a program died in its current step: counted, and recovered, held or given up by its policy."""
    marked = died(with_reason(process, {"type": StepCrashed.__name__, "message": message, "traceback": None}), cause)
    if process.on_crash is CrashPolicy.HOLD:
        return marked.changed(handled=True, stuck=True, rescuable=False)
    if process.on_crash is CrashPolicy.RECOVER and marked.crashes < CRASH_LIMIT:
        return marked
    return given_up(marked, now)


def given_up(process: Process, now: datetime) -> Process:
    """Copy that is failing, or failed when its teardown is what went wrong."""
    to = ProcessStatus.FAILED if process.status is ProcessStatus.FAILING else ProcessStatus.FAILING
    if to is ProcessStatus.FAILING:
        process = process.changed(crashes=0, paused=False, answer_schema=None, wait_until=None)
    return process.moved(to, now)


def with_reason(process: Process, reason: Mapping[str, Any]) -> Process:
    """Copy with the reason as its error line, and in its reports if these have room for it.

    What goes wrong in a teardown is reported beside the reason of the failure, which stays in sight.
    """
    in_teardown = process.status is ProcessStatus.FAILING and process.error is not None
    marked = process if in_teardown else process.changed(error=error_line(reason))
    reports = Reports.from_text(process.reports.text, "reports")
    reports["teardown" if in_teardown else "reason"] = dict(reason)
    try:
        _ = reports.text
    except InvalidValue:  # they are full: what went wrong must be written all the same
        return marked
    return marked.changed(reports=reports)


def error_line(reason: Mapping[str, Any]) -> str:
    """Return type and first line of the message."""
    first = str(reason["message"]).partition("\n")[0][:500]
    return f"{reason['type']}: {first}" if reason["type"] else first


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return type, message and traceback as text that any database keeps."""
    if isinstance(error, StepRaised):
        described = {"type": error.type_name, "message": error.message, "traceback": error.traceback}
    else:
        described = {"type": type(error).__name__, "message": _message(error), "traceback": _traceback(error)}
    return {key: storable(text) for key, text in described.items()}


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # user code again: who cannot tell its message is an error all the same
        return "its message could not be read"


def _traceback(error: BaseException) -> str:
    try:
        return readable_traceback(error)
    except Exception as broken:  # noqa: BLE001  # a syntax error, for one, can hold anything in place of its line
        return f"its traceback could not be read: {type(broken).__name__}"


def storable(text: str) -> str:
    """Return the end of a text with what JSON columns refuse made visible."""
    return text[-MAX_LENGTH:].replace("\0", "␀").encode("utf-8", "backslashreplace").decode()
