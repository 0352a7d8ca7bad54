"""Turns what the engine answers into snapshots, and its figures into words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from jobboy.model.documents import Document
from jobboy.model.events import Event
from jobboy.model.identifiers import short_id
from jobboy.model.process import Process, ProcessSummary
from jobboy.model.status import ProcessStatus
from jobboy.operations import Details, Explanation
from jobboy.operations.causes import cause_words, death_words, last_lines, last_words, short_cause, short_error
from jobboy.operations.eligibility import Verb, eligibility, is_stalled
from jobboy_console.commands.keymap import hint
from jobboy_console.facts.acts import Act
from jobboy_console.facts.changes import ValueChange, value_changes
from jobboy_console.facts.rows import Row, RowKey, SortValue
from jobboy_console.facts.snapshots import Account, Advice, ErrorReport, EventLine, ProcessSnapshot, StepLine
from jobboy_console.looks.states import state_of
from jobboy_console.looks.text import lasting, safe_text, span, when

_DOCUMENTS = ("store", "reports", "output")
_FOR_STUCK = ((Act.RECOVER, "{change.recover} recovers it"), (Act.FAIL, "{change.fail} makes it fail"))
_FOR_STALLED = ((Act.RECOVER, "{change.recover} with force takes it away, and its late write is dropped"),)
_FOR_PAUSED = ((Act.PROCEED, "{change.proceed} shows what the step returned and lets it go on"),)
_FOR_ENDED = {
    "completed": ((Act.RESTART, "{change.restart} starts it anew"),),
    "failed": ((Act.RESTART, "{change.restart} starts it anew, as a new process linked to this one"),),
}
_FOR_RESTARTED = ((Act.RESTART, "{change.restart} starts it once more"),)


def row_of(process: ProcessSummary, section: int, now: datetime, *, value: SortValue = None) -> Row:
    """Return a process as a list shows it; `value` is what the list is sorted by."""
    state = state_of(
        process.status.value,
        handled=process.handled,
        stuck=process.stuck,
        stalled=is_stalled(process, now),
        paused=process.paused,
        waiting=process.is_waiting and process.wait_until is not None and process.wait_until > now,
        killed=process.killed_at is not None,
        overdue=is_overdue(process, now),
        restarted=process.restarted,
    )
    return Row(
        key=RowKey(section, process.number, value),
        id=process.id,
        short_id=process.short_id,
        code=process.code,
        status=process.status.value,
        state=state,
        step=process.step,
        attempt=process.attempt,
        holder=process.handled_by,
        note=_note(process, now),
        since=_since(process),
        updated_at=process.updated_at,
        created_at=process.created_at,
        started_at=process.started_at,
        ended_at=process.ended_at,
        handled_at=process.handled_at,
        wait_until=process.wait_until,
        priority=process.priority,
        crashes=process.crashes,
        generation=process.generation,
        given_key=process.key,
        token=process.token,
        acts=frozenset(act for act in Act if _applies(act, process, now)),
    )


def process_snapshot(
    details: Details,
    events: Sequence[Event],
    now: datetime,
    *,
    permits: Callable[[Act, str], bool],
    cut: bool = False,
) -> ProcessSnapshot:
    """Return everything about a process; `permits` says whether a verb can be used for processes of a code."""
    process = details.process
    reports = process.reports.as_dict()
    said = last_lines(process.stuck_cause)
    return ProcessSnapshot(
        row=row_of(process, 0, now),
        facts=tuple(_facts(process, now)),
        explanation=explanation(process, now, lambda act: permits(act, process.code)),
        parameters=process.parameters.as_dict(),
        store=process.store.as_dict(),
        reports=reports,
        output=_plain(process.output),
        error=_error_report(reports.get("reason"), process.error),
        last_lines=tuple(said),
        last_words=last_words(said).strip(),
        steps=tuple(
            StepLine(
                name=step.name,
                status=step.status.value,
                attempts=step.attempts,
                started_at=step.started_at,
                ended_at=step.ended_at,
                error=None if step.error is None else short_error(step.error),
                output=_plain(step.output),
            )
            for step in details.steps
        ),
        events=tuple(event_line(event) for event in events),
        cut=cut,
    )


def event_line(event: Event) -> EventLine:
    """Return a line of a history with its changes taken apart, but a crash told in words."""
    before, after = dict(event.before or {}), dict(event.after or {})
    known, cause = before.pop("stuck_cause", None), after.pop("stuck_cause", None)
    for name in _DOCUMENTS:  # one that was empty is told key by key too
        if name in before or name in after:
            before.setdefault(name, {})
            after.setdefault(name, {})
    changes = value_changes(before, after)
    if cause is None and isinstance(known, dict):
        changes.append(ValueChange("removed", "cause", safe_text(cause_words(known)), None))
    return EventLine(
        seq=event.seq,
        at=event.at,
        kind=event.kind.value,
        actor=event.actor,
        reason=event.reason,
        step=event.step,
        attempt=event.attempt,
        cause=cause_words(cause) if isinstance(cause, dict) else "",
        changes=tuple(changes),
    )


def account_of(explanation: Explanation) -> Account:
    """Return an explanation with the console's own words for the verbs."""
    advice = [
        Advice(act=Act(found.verb.value), allowed=found.allowed, needs_force=found.needs_force, text=found.text)
        for found in explanation.advice
    ]
    return Account(state=explanation.state, why=explanation.why, next=explanation.next, advice=tuple(advice))


def explanation(process: ProcessSummary, now: datetime, permits: Callable[[Act], bool]) -> str:
    """Say what happens next, or what the process needs from a person, with the keys of verbs that are permitted."""
    told = _told(process, now)
    offers = [hint(words) for act, words in _offers(process, now) if permits(act)]
    return f"{told} {', '.join(offers)}." if offers else told


def _offers(process: ProcessSummary, now: datetime) -> tuple[tuple[Act, str], ...]:
    """Return what a person would do first with a process as it is; nothing where all goes by itself."""
    if process.stuck:
        return () if process.rescuable else _FOR_STUCK
    if is_stalled(process, now):
        return _FOR_STALLED
    if process.handled or process.kill_requested or is_overdue(process, now):
        return ()
    if process.restarted:
        return _FOR_RESTARTED
    return _FOR_PAUSED if process.paused else _FOR_ENDED.get(process.status.value, ())


def _told(process: ProcessSummary, now: datetime) -> str:
    if process.stuck and process.rescuable:
        return "Its holder is dead; the next free worker takes it over by itself."
    if process.stuck:
        return "Its holder is dead and nobody may take it over."
    if is_stalled(process, now):
        return "Its holder is alive but past its deadline."
    if process.handled:
        return "A worker is at it now."
    if process.kill_requested:
        return "Its end was asked for; the next turn begins the teardown."
    if is_overdue(process, now):
        return "Its time is over; the next free worker begins its teardown. Does one of its code run?"
    if process.paused:
        return "It waits for an answer."
    if process.is_waiting and process.wait_until is not None and process.wait_until > now:
        return f"Nobody picks it for {lasting(process.wait_until - now)} (until {when(process.wait_until, now)} UTC)."
    if process.restarted_as is not None:
        return f"It was started anew as {short_id(process.restarted_as)}, which tells by itself how it fares."
    return {
        "starting": "The next free worker begins it.",
        "running": "The next free worker goes on with it.",
        "ending": "The next free worker brings it to its end.",
        "completed": "It is done.",
        "failing": "Its failing handlers tear down next, then it is failed.",
        "failed": "It is over.",
    }[process.status.value]


def _applies(act: Act, process: ProcessSummary, now: datetime) -> bool:
    found = eligibility(Verb(act.value), process, now)
    return found.allowed or found.needs_force


def is_overdue(process: ProcessSummary, now: datetime) -> bool:
    """Say whether its time is over and nobody has come to end it."""
    late = process.timeout_at is not None and process.timeout_at < now
    return late and process.status.is_active and not process.handled and not process.paused


def _since(process: ProcessSummary) -> datetime:
    """Return when it came into the state it is in; whoever holds it does so since its claim."""
    if process.handled and process.handled_at is not None:
        return process.handled_at
    return process.ended_at or process.updated_at


def _note(process: ProcessSummary, now: datetime) -> str:
    error = _short_error(process)
    if process.stuck:
        known = process.stuck_cause or {}
        ended = known.get("signal") or known.get("exit_code") is not None
        return f"{short_holder(process.handled_by)} died{': ' + short_cause(known) if ended else ''}"
    if process.kill_requested and process.status.is_active:
        return f"kill asked for{' · ' + short_holder(process.handled_by) if process.handled else ''}"
    if process.handled:
        holder, deadline = short_holder(process.handled_by), process.deadline_at
        late = is_stalled(process, now) and deadline is not None
        return f"{holder} is {lasting(now - deadline)} past its limit" if late and deadline else holder
    if process.paused:
        return "awaiting proceed"
    if is_overdue(process, now) and process.timeout_at is not None:
        return f"out of time for {lasting(now - process.timeout_at)}{' · ' + error if error else ''}"
    if process.is_waiting and process.wait_until is not None and process.wait_until > now:
        return f"for {lasting(process.wait_until - now)}{' · ' + error if error else ''}"
    if process.restarted_as is not None and process.status is ProcessStatus.FAILED:
        return f"as {short_id(process.restarted_as)}{' · ' + error if error else ''}"
    if process.killed_at is not None and not process.status.is_active:
        return f"killed{' · ' + error if error else ''}"
    return error


def short_holder(holder: str | None) -> str:
    """Return host and program of a worker, which is what one looks for on a machine; not safe."""
    return ":".join((holder or "nobody").split(":")[:2])


def _short_error(process: ProcessSummary) -> str:
    """A crash is told by its cause, which is shorter; the words of its error stand where there is more room."""
    error = process.error or ""
    is_crash = error.startswith(("StepCrashed", "HolderDied"))
    return short_cause(process.stuck_cause) if is_crash and process.stuck_cause else short_error(error)


def _facts(process: Process, now: datetime) -> list[tuple[str, str]]:
    facts = [("created", _moment(process.created_at, now))]
    if process.updated_at != process.ended_at:
        facts.append(("updated", _moment(process.updated_at, now)))
    if process.started_at:
        facts.append(("started", _moment(process.started_at, now)))
    if process.ended_at:
        facts.append(("ended", _moment(process.ended_at, now)))
    if process.killed_at:
        facts.append(("killed", _moment(process.killed_at, now)))
    if process.step:
        facts.append(("step", process.step))
    if process.attempt:
        facts.append(("attempt", str(process.attempt)))
    if process.crashes:
        facts.append(("crashes", str(process.crashes)))
    if process.handled:
        since = "" if process.handled_at is None else f" for {lasting(now - process.handled_at)}"
        facts.append(("held by", f"{process.handled_by}{since}"))
    if process.stuck_cause:
        facts.append(("cause", _whole_cause(process.stuck_cause)))
        said = last_words(last_lines(process.stuck_cause)).strip()
        facts += [("it said", said)] if said else []
    if process.generation > 1:
        facts.append(("generation", f"{process.generation} of {process.previous_id}"))
    if process.restarted_as:
        facts.append(("restarted as", process.restarted_as))
    if process.key:
        facts.append(("key", process.key))
    facts += [("priority", str(process.priority)), ("token", str(process.token))]
    return facts


def _whole_cause(cause: dict[str, Any]) -> str:
    words = [death_words(cause)]
    words += [f"{name} {cause[name]}" for name in ("step", "attempt", "host", "pid") if cause.get(name) is not None]
    return ", ".join(words)


def _moment(moment: datetime, now: datetime) -> str:
    passed = span(now - moment)
    return f"{when(moment, now)} ({passed if passed == 'now' else passed + ' ago'})"


def _error_report(reason: object, error: str | None) -> ErrorReport | None:
    if isinstance(reason, dict):
        fields = {name: str(reason.get(name) or "") for name in ("type", "message", "traceback")}
        return ErrorReport(**fields)
    return ErrorReport(type="", message=error, traceback="") if error else None


def _plain(document: Document | None) -> dict[str, Any] | None:
    return None if document is None else document.as_dict()
