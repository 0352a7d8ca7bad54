"""Explains a process in sentences: what state it is in, why, what happens next, and what one can do; pure.

The sentences hold text from data: show them like any such text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobboy.model.process import CRASH_LIMIT, CrashPolicy, Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord, last_completed
from jobboy.model.workers import WorkerInfo
from jobboy.operations.advising import Advice, advice_on, going_on
from jobboy.operations.causes import death_words, last_lines, last_words, short_error
from jobboy.operations.context import Context
from jobboy.operations.control import workers
from jobboy.operations.eligibility import Verb, is_stalled
from jobboy.operations.reading import has_not_begun
from jobboy.operations.results import Details
from jobboy.operations.starting import known_definition
from jobboy.ports import WorkPause

MOST_ASKED = 6
"""Values of an answer that a sentence names."""
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What else decides what becomes of a process, read at the same moment."""

    now: datetime
    steps: Sequence[StepRecord] = ()
    """All of its definition that are known, in order, then those it was at that are no longer defined."""
    defined: Sequence[str] | None = None
    """Names of the former; empty when no definition is known, None when all `steps` are of it."""
    workers: Sequence[WorkerInfo] = ()
    pause: WorkPause | None = None
    """Not None while all work is paused."""
    ahead: bool = False
    """Its holder has claimed it together with others, and has not begun it."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A process in words."""

    id: str
    code: str
    state: str
    """What state it is in: one sentence."""
    why: tuple[str, ...]
    """How it came to be so."""
    next: tuple[str, ...]
    """What happens by itself, and what would have to happen first."""
    advice: tuple[Advice, ...]
    """Every verb, those that can be used now first."""

    def as_json(self) -> dict[str, Any]:
        """All fields, with the advice as ``actions``."""
        return {
            "id": self.id,
            "code": self.code,
            "state": self.state,
            "why": list(self.why),
            "next": list(self.next),
            "actions": [advice.as_json() for advice in self.advice],
        }


def of(context: Context, found: Details) -> Explanation:
    """Explain a process that was just read, with what else of its database matters for it."""
    definition = known_definition(context, found.process.code)
    circumstances = Circumstances(
        now=context.clock.now(),
        steps=found.steps,
        defined=() if definition is None else definition.steps,
        workers=workers(context),
        pause=context.repository.work_pause(),
        ahead=has_not_begun(context, found.process),
    )
    return explain(found.process, circumstances)


def explain(process: Process, circumstances: Circumstances) -> Explanation:
    """Explain a process whose `stuck` is the truth of the moment."""
    advice = [advice_on(verb, process, circumstances.now) for verb in Verb]
    return Explanation(
        id=process.id,
        code=process.code,
        state=_state(process, circumstances.now),
        why=tuple(_why(process, circumstances)),
        next=tuple(_next(process, circumstances)),
        advice=tuple(sorted(advice, key=lambda found: (not found.allowed, not found.needs_force))),
    )


def _state(process: Process, now: datetime) -> str:
    if process.stuck:
        return f"It is stuck: {process.status}, and the worker that holds it is dead."
    if is_stalled(process, now):
        return "It has stalled: its holder is alive, but past its deadline."
    if process.handled:
        return f"It is {process.status}, and a worker is at it now."
    if process.kill_requested:
        return f"It is {process.status}, and its end was asked for."
    if process.paused:
        return "It is paused: it needs somebody's answer to go on."
    if _waits(process, now):
        return f"It is waiting: nobody picks it before {_moment(process.wait_until, now)}."
    return {
        ProcessStatus.STARTING: "It is starting: nobody has begun it yet.",
        ProcessStatus.RUNNING: "It is running: it is free, between two turns.",
        ProcessStatus.ENDING: "It is ending: the work is done, only its end is left.",
        ProcessStatus.FAILING: "It is failing: it was given up, and its teardown is not done.",
        ProcessStatus.COMPLETED: f"It is completed, since {_moment(process.ended_at, now)}.",
        ProcessStatus.FAILED: f"It has failed, at {_moment(process.ended_at, now)}.",
    }[process.status]


# --- why ---


def _why(process: Process, circumstances: Circumstances) -> Iterator[str]:
    now = circumstances.now
    if process.step is not None:
        yield _place(process, circumstances)
    if process.handled:
        yield from _holding(process, circumstances)
    if process.stuck_cause:
        yield from _death(process)
    if process.killed_at is not None:
        yield f"Its end was asked for at {_moment(process.killed_at, now)}."
    if process.paused:
        yield _pausing(process, circumstances)
    if _waits(process, now):
        yield _waiting(process)
    elif process.error is not None:
        yield f"The last error: {short_error(process.error)}"
    if process.generation > 1:
        yield f"It is a restart, generation {process.generation}, of {process.previous_id}."
    if process.restarted_as is not None:
        yield f"It was started anew as {process.restarted_as}, which tells by itself how it fares."


def _place(process: Process, circumstances: Circumstances) -> str:
    names = circumstances.defined
    if names is None:
        names = [step.name for step in circumstances.steps]
    of = " (which its definition no longer has)" if names else ""
    if process.step in names:
        of = f" ({names.index(process.step) + 1} of {len(names)})"
    if not process.status.is_active:
        return f"It ended at step {process.step!r}{of}, attempt {process.attempt}."
    if process.paused or process.attempt == 0:
        return f"Its next step is {process.step!r}{of}."
    return f"It is at step {process.step!r}{of}, attempt {process.attempt}."


def _holding(process: Process, circumstances: Circumstances) -> Iterator[str]:
    holder = next((worker for worker in circumstances.workers if worker.id == process.handled_by), None)
    known = f" (host {holder.host}, pid {holder.pid})" if holder else ""
    yield f"{process.handled_by}{known} has held it since {_moment(process.handled_at, circumstances.now)}."
    if circumstances.ahead:
        yield "It was claimed together with others and has not begun: its turn comes after theirs."
    if process.stuck:
        yield "The holder's lock is free, and only the end of its program frees it: it cannot come back."
    elif process.deadline_at is not None and is_stalled(process, circumstances.now):
        yield f"Its deadline was {_moment(process.deadline_at, circumstances.now)}."
        yield "Its step does not listen: inside one call into C only a step of a program of its own can be ended."


def _death(process: Process) -> Iterator[str]:
    cause = process.stuck_cause or {}
    where = [f"{name} {cause[name]}" for name in ("step", "attempt", "host", "pid") if cause.get(name) is not None]
    yield f"The last program that died at it: {', '.join([death_words(cause), *where])}."
    said = last_words(last_lines(cause)).strip()
    if said:
        yield f"Its last words: {said}"
    if process.crashes:
        yield _crashes(process)


def _crashes(process: Process) -> str:
    where = "in this step" if process.step else "in this turn"
    limit = f"; after {CRASH_LIMIT} times it is given up" if process.on_crash is CrashPolicy.RECOVER else ""
    return f"Programs died {_count(process.crashes, 'time')} {where}{limit}."


def _pausing(process: Process, circumstances: Circumstances) -> str:
    last = last_completed(circumstances.steps)
    if last is None:
        return f"It was interrupted on purpose, at {_moment(process.updated_at, circumstances.now)}."
    asks = "what to do next" if process.answer_schema is None else _asked(process.answer_schema)
    return f"Step {last.name!r} returned at {_moment(last.ended_at, circumstances.now)} and asks {asks}."


def _asked(schema: Mapping[str, Any]) -> str:
    """Name what an answer has to say, or may say when nothing is required."""
    required, named = schema.get("required"), schema.get("properties")
    names = [str(name) for name in required or named or ()]
    shown = ", ".join(names[:MOST_ASKED]) + (", …" if len(names) > MOST_ASKED else "")
    return f"for {shown}; the answer is checked" if names else "what to do next; the answer is checked"


def _waiting(process: Process) -> str:
    if process.error is not None:
        return f"Attempt {process.attempt} went wrong and is repeated: {short_error(process.error)}"
    if process.status is ProcessStatus.STARTING:
        return "It was started with a delay."
    return "Its last turn asked for time, or found nothing to do."


# --- next ---


def _next(process: Process, circumstances: Circumstances) -> Iterator[str]:
    yield _by_itself(process, circumstances.now)
    if _needs_worker(process):
        yield _who_works(process, circumstances)


def _by_itself(process: Process, now: datetime) -> str:
    work = "with its teardown" if process.status is ProcessStatus.FAILING else going_on(process)
    if process.stuck:
        return _rescue(process, work)
    if process.handled:
        return "Its worker ends the turn and releases it in the same commit."
    if process.kill_requested:
        return "The next turn begins its teardown, then it is failed."
    if process.paused:
        return "Nothing happens until it is answered; the time that it is paused does not count."
    if _waits(process, now):
        return f"After that the next free worker goes on {work}."
    return {
        ProcessStatus.STARTING: "The next free worker begins it.",
        ProcessStatus.RUNNING: f"The next free worker goes on {work}.",
        ProcessStatus.ENDING: "The next free worker brings it to its end.",
        ProcessStatus.FAILING: "Its failing handlers tear down, then it is failed.",
        ProcessStatus.COMPLETED: f"Nothing: it is over.{_until_removed(process, now)}",
        ProcessStatus.FAILED: f"Nothing: it is over.{_until_removed(process, now)}",
    }[process.status]


def _rescue(process: Process, work: str) -> str:
    if process.rescuable:
        return f"The next free worker takes it over and goes on {work}; its attempt counts."
    if process.on_crash is CrashPolicy.HOLD:
        return "Nothing: its crash policy is to hold, and no worker has a handler for this case. It needs you."
    return "The next sweep of a worker or console, within a second or two, records the death and applies its policy."


def _who_works(process: Process, circumstances: Circumstances) -> str:
    pause = circumstances.pause
    if pause is not None:
        why = f": {pause.reason}" if pause.reason else ""
        return f"But all work is paused, by {pause.actor} since {_moment(pause.at, circumstances.now)}{why}"
    alive = [worker for worker in circumstances.workers if worker.alive]
    if not alive:
        return "But no worker is alive: start one with `jobboy --app MODULE:OBJECT work`."
    serving = [worker for worker in alive if not worker.codes or process.code in worker.codes]
    if not serving:
        return f"But no living worker (of {len(alive)}) serves the code {process.code!r}."
    free = sum(max(worker.slots - len(worker.holds), 0) for worker in serving)
    busy = "" if free else ", all of them busy now"
    return f"{_count(len(serving), 'living worker')} can do that{busy}."


def _needs_worker(process: Process) -> bool:
    if not process.status.is_active or (process.paused and not process.kill_requested):
        return False
    return process.rescuable if process.stuck else not process.handled


def _until_removed(process: Process, now: datetime) -> str:
    return "" if process.expires_at is None else f" Retention may remove it after {_moment(process.expires_at, now)}."


# --- words ---


def _waits(process: Process, now: datetime) -> bool:
    return process.is_waiting and process.wait_until is not None and process.wait_until > now


def _moment(moment: datetime | None, now: datetime) -> str:
    """Write a moment in UTC, with its day when it is another day, and how far away it is."""
    if moment is None:
        return "an unknown moment"
    written = moment.strftime("%H:%M:%S UTC" if moment.date() == now.date() else "%d %b %Y %H:%M UTC")
    away = f"in {_length(moment - now)}" if moment > now else f"{_length(now - moment)} ago"
    return f"{written} ({away})"


def _length(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    for unit, size in _UNITS:
        if seconds >= size:
            return _count(seconds // size, unit)
    return "a moment"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
