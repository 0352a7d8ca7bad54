"""What an operator does to one process: load, judge, write, with the event, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from jobboy.engine.pipeline import merged
from jobboy.engine.sweep import cause_of_death, never_begun
from jobboy.engine.turns import died, given_up, with_reason
from jobboy.errors import Conflict, InvalidAnswer, ProcessNotFound, Refused, StepNotFound
from jobboy.failpoints import reach
from jobboy.model.events import EventKind, NewEvent, difference
from jobboy.model.json_rules import read_json_object, write_json
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.operations.answers import answer_violations
from jobboy.operations.context import Context
from jobboy.operations.eligibility import Verb, eligibility
from jobboy.operations.inputs import StepInputs
from jobboy.operations.permission import require
from jobboy.operations.reading import has_not_begun, resolve
from jobboy.operations.reasons import checked_reason
from jobboy.operations.starting import known_definition
from jobboy.ports import Change


def recover(context: Context, part: str, *, reason: str | None, force: bool, token: int | None) -> Process:
    """Release a stuck process, or with force one in living hands."""

    def released(process: Process, now: datetime) -> Process:
        if has_not_begun(context, process):
            return never_begun(process, now).changed(wait_until=None)
        counted = process.stuck_cause is None or not _recorded_as_stuck(process)
        after = process.released(now).changed(wait_until=None)
        if not counted:
            return after
        cause = {**cause_of_death(process), "kind": "taken away" if force else "holder died"}
        return died(after, cause)

    return _act(context, Verb.RECOVER, part, EventKind.RECOVERED, released, reason=reason, force=force, token=token)


def fail(context: Context, part: str, *, reason: str | None, now: bool, force: bool, token: int | None) -> Process:
    """Make a process failing, or failed at once."""
    told_why = checked_reason(reason) or "failed by an operator"

    def failed(process: Process, moment: datetime) -> Process:
        told = with_reason(process, {"type": None, "message": told_why, "traceback": None})
        told = told.released(moment)
        if now and told.status is not ProcessStatus.FAILING:
            return told.changed(paused=False, answer_schema=None, wait_until=None).moved(ProcessStatus.FAILED, moment)
        if told.status is ProcessStatus.FAILING and not now:  # its teardown is stuck: let it be begun again
            return told
        return given_up(told, moment)

    return _act(context, Verb.FAIL, part, EventKind.FAILED, failed, reason=reason, force=force, token=token)


def kill(context: Context, part: str, *, reason: str | None, token: int | None) -> Process:
    """Ask for the end of a process.

    The token stays while somebody holds it: nothing is taken away, the holder's result is still welcome.
    """
    told_why = checked_reason(reason) or "killed by an operator"

    def killed(process: Process, now: datetime) -> Process:
        marked = process.changed(killed_at=now, wait_until=None)
        if process.handled and not process.stuck:
            return marked
        told = with_reason(marked, {"type": None, "message": told_why, "traceback": None})
        told = told.released(now).changed(paused=False, answer_schema=None)
        return told.moved(ProcessStatus.FAILED, now) if process.status is ProcessStatus.STARTING else told

    return _act(context, Verb.KILL, part, EventKind.KILL_REQUESTED, killed, reason=reason, force=False, token=token)


def proceed(
    context: Context, part: str, data: Mapping[str, Any] | None, *, reason: str | None, token: int | None
) -> Process:
    """Let a paused process go on with an answer."""
    answer = read_json_object(write_json({} if data is None else data, "data"), "data")
    seen = _load(context, part)
    broken = answer_violations(seen.answer_schema, seen.output, answer)  # outside the transaction: it takes its time

    def proceeded(process: Process, now: datetime) -> Process:
        if broken:
            raise InvalidAnswer([(one.path, one.rule) for one in broken])
        output = merged(process.output, answer)
        paused_for = max(now - process.updated_at, timedelta(0))  # the clock may have been put back meanwhile
        timeout_at = process.timeout_at and process.timeout_at + paused_for
        after = process.changed(paused=False, answer_schema=None, output=output, timeout_at=timeout_at, turn_at=now)
        return after if process.step is not None else after.moved(ProcessStatus.COMPLETED, now)

    return _act(
        context,
        Verb.PROCEED,
        seen.id,
        EventKind.PROCEEDED,
        proceeded,
        reason=reason,
        force=False,
        token=seen.token if token is None else token,
    )


def restart(context: Context, part: str, *, reason: str | None, from_step: str | None, token: int | None) -> Process:
    """Start a new generation of an ended process, in the transaction that writes it into the old one's history."""
    old = _load(context, part)
    successor = _successor(context, old, from_step)

    def restarted(process: Process, now: datetime) -> Process:
        return process.changed(restarted_as=successor.id)

    _act(
        context,
        Verb.RESTART,
        old.id,
        EventKind.RESTARTED,
        restarted,
        reason=reason,
        force=False,
        token=old.token if token is None else token,
        successor=successor,
    )
    kept = context.repository.get(successor.id)
    if kept is None:  # removed by somebody within the same moment
        raise ProcessNotFound(successor.id)
    return kept


def _act(
    context: Context,
    verb: Verb,
    part: str,
    kind: EventKind,
    become: Callable[[Process, datetime], Process],
    *,
    reason: str | None,
    force: bool,
    token: int | None,
    successor: Process | None = None,
) -> Process:
    seen = _load(context, part)
    expected = seen.token if token is None else token
    told = checked_reason(reason)
    require(context, verb, seen.id, {seen.code: 1}, reason=told, process=seen)

    def decide(process: Process) -> Change:
        now = context.clock.now()
        present = process.changed(stuck=True) if context.is_stuck(process) else process
        verdict = eligibility(verb, present, now, force=force)
        if not verdict.allowed:
            error = Refused if process.token == expected else Conflict
            raise error(verb, process.id, verdict.why_not or "")
        if process.token != expected:
            raise Conflict(verb, process.id, "it was changed by somebody else meanwhile; look again")
        reach("verb-judged")
        became = _with_token(verb, present, become(present, now).changed(updated_at=now))
        old, new = difference(process, became, whole=verb is Verb.PROCEED)
        event = NewEvent(
            kind=kind,
            at=now,
            actor=context.actor,
            reason=told,
            step=process.step,
            attempt=process.attempt,
            before=old,
            after=new if successor is None else {"restarted_as": successor.id, "from_step": successor.step},
        )
        return Change(process=became, seen_token=process.token, events=(event,), successor=successor)

    written = context.repository.change(seen.number, decide)
    if written is None:
        raise ProcessNotFound(part)
    reach("verb-committed")
    context.bell.ring()
    return written


def _with_token(verb: Verb, before: Process, after: Process) -> Process:
    living_hold_stays = verb is Verb.KILL and after.handled
    return after if living_hold_stays else after.changed(token=before.token + 1)


def _recorded_as_stuck(process: Process) -> bool:
    """Say whether a sweep or a runner has counted this crash already."""
    cause = process.stuck_cause or {}
    return cause.get("attempt") == process.attempt and cause.get("step") == process.step


def _load(context: Context, part: str) -> Process:
    process = context.repository.get(resolve(context, part))
    if process is None:
        raise ProcessNotFound(part)
    return process


def _successor(context: Context, old: Process, from_step: str | None) -> Process:
    now = context.clock.now()
    definition = known_definition(context, old.code)
    names = list(definition.steps) if definition else []
    if from_step is not None and from_step not in names:
        raise StepNotFound(old.code, from_step, names)
    return Process(
        number=0,
        id=context.identifiers.process_id(),
        code=old.code,
        status=ProcessStatus.STARTING,
        priority=old.priority,
        step=from_step or (names[0] if names else None),
        on_crash=definition.on_crash if definition else old.on_crash,
        retention=definition.retention if definition else old.retention,
        parameters=old.parameters,
        output=None if from_step is None else StepInputs(context, old, names).of(from_step),
        generation=old.generation + 1,
        previous_id=old.id,
        created_at=now,
        updated_at=now,
        turn_at=now,
    )
