"""One turn of a process that is already in hand: find its handler, let it work, and judge what came of it."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobboy.capturing import Capture, listen
from jobboy.engine.definitions import Backoff
from jobboy.engine.handlers import DEFAULT_CHANNEL, Means, Performer
from jobboy.engine.pipeline import PipelinePerformer, failed_step
from jobboy.engine.registry import Registry
from jobboy.engine.turn_logs import turn_log
from jobboy.engine.turns import Turn, crashed, given_up, raised, sealed, stopped, with_reason
from jobboy.errors import StepCrashed
from jobboy.failpoints import reach
from jobboy.model.events import EventKind, NewEvent, difference
from jobboy.model.process import Process
from jobboy.model.status import ProcessStatus
from jobboy.model.steps import StepRecord
from jobboy.model.tracebacks import their_frames
from jobboy.ports import Change, Clock, Held, StepRunner
from jobboy.sheltering import LimitReached

_log = logging.getLogger(__name__)

IDLE = timedelta(seconds=1)
"""A process whose handler did nothing is not asked again before this time is over."""


@dataclass(slots=True)
class Iteration:
    """What a turn wants written, and whether anything was done."""

    change: Change
    has_worked: bool
    seconds: float | None = None
    """How long the program of an isolated step took for it, without the way there and back."""


class ProcessIterator:
    """Does the turn; the iteration maker has picked the process and commits what comes of it.

    Args:
        registry: the handlers.
        clock: the present.
        runner: of isolated steps.
        actor: written into the history.
        channel: only handlers of this channel are asked.
        idle: how long a process is left alone whose handler did nothing.
    """

    def __init__(
        self,
        registry: Registry,
        clock: Clock,
        runner: StepRunner,
        *,
        actor: str,
        channel: str = DEFAULT_CHANNEL,
        idle: timedelta = IDLE,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._means = Means(clock.now, runner)
        self._actor = actor
        self._channel = channel
        self._idle = idle
        listen()
        self._captures: dict[tuple[int, int], Capture] = {}
        self._in_hand: dict[tuple[int, int], Held] = {}  # by number and token: a forced recovery lets two have one

    def in_hand(self) -> list[Held]:
        """Return what is being iterated at this moment, for whoever watches over it from another thread."""
        return list(self._in_hand.values())

    def saying(self) -> list[tuple[Process, Capture]]:
        """Return what is being iterated at this moment with what it has said, for whoever keeps that meanwhile."""
        captures = dict(self._captures)
        return [(held.process, captures[hold]) for hold, held in dict(self._in_hand).items() if hold in captures]

    def iterate(self, held: Held) -> Iteration:
        """Do one turn; never raises for what a handler does, and leaves the process as its rules say.

        Raises:
            KeyboardInterrupt: the person at the keyboard wants the program to end, not the handler to fail.
            LimitReached: of a step that executes this process inside it; it is that step whose time is over.
        """
        hold = held.process.number, held.process.token  # one taken away may be here beside the one that follows it
        capture = Capture()
        self._in_hand[hold], self._captures[hold] = held, capture
        reach("claim-committed")
        try:
            turn = self._order(held) or self._served(held, capture)
        finally:
            del self._in_hand[hold], self._captures[hold]
        return self._iteration(held, turn, capture)

    def given_back(self, held: Held) -> Change:
        """Return the change that makes a process a candidate again, untouched, whose work has not begun."""
        turn_at = min(held.before.turn_at, self._clock.now())  # the clock may have been put back
        before = held.before.changed(token=held.process.token, turn_at=turn_at)
        return Change(process=before, seen_token=before.token, claimed=held.process, actor=self._actor)

    def _order(self, held: Held) -> Turn | None:
        """Turns that no handler is asked for: a kill, and a process whose time is over."""
        process = held.process
        if process.status is ProcessStatus.FAILING or (process.killed_at is None and process.timeout_at is None):
            return None
        now = self._clock.now()
        if process.kill_requested:
            reason = {"type": None, "message": "killed by an operator", "traceback": None}
        elif process.timeout_at is not None and process.timeout_at <= now:
            reason = {"type": "ProcessTimedOut", "message": "the time of the process is over", "traceback": None}
        else:
            return None
        return Turn(process=given_up(with_reason(process, reason), now), kind=EventKind.FAILED)

    def _served(self, held: Held, capture: Capture) -> Turn:
        try:
            performer = self._registry.find(held.before, self._channel)
            if performer is None:
                return self._unserved(held)
            if held.process.status is ProcessStatus.STARTING and isinstance(performer, PipelinePerformer):
                process = held.process.moved(ProcessStatus.RUNNING, self._clock.now())
                held = replace(held, process=process, claimed=held.claimed or held.process)
            return self._checked(performer, held, capture)
        except StepCrashed as error:
            return self._crashed(held, error)
        except (KeyboardInterrupt, LimitReached):
            raise
        except BaseException as error:  # noqa: BLE001  # the fence around user code: all it raises is recorded
            theirs = (type(error), error, their_frames(error))
            _log.info("%s of %s raised", held.process.step or "a handler", held.process.id, exc_info=theirs)
            return self._raised(held, error)

    def _checked(self, performer: Performer, held: Held, capture: Capture) -> Turn:
        program = os.getpid()
        reach("step-begun")
        try:
            with capture:
                turn = performer.perform(held, self._means)
        finally:
            if os.getpid() != program:  # the handler forked, and its copy came back here: one goes on as a worker
                os._exit(0)
        reach("step-returned")
        turn.process = sealed(turn.process, held.process)  # what cannot be kept is the handler's error: raised here
        return turn

    def _unserved(self, held: Held) -> Turn:
        """What is begun is brought to its end where nobody asked to do it; anything else waits for a handler."""
        process, now = held.process, self._clock.now()
        ends = {ProcessStatus.ENDING: ProcessStatus.COMPLETED, ProcessStatus.FAILING: ProcessStatus.FAILED}
        if process.status not in ends:
            return Turn(process=process, kind=EventKind.ITERATED, has_worked=False)
        return Turn(process=process.moved(ends[process.status], now), kind=EventKind.ITERATED)

    def _crashed(self, held: Held, error: StepCrashed) -> Turn:
        now = self._clock.now()
        if error.cause.get("kind") == "stopped":  # by a kill, a forced operator or the end of the worker
            return Turn(process=stopped(held.process, error.cause), kind=EventKind.CRASHED)
        after = crashed(held.process, str(error), error.cause, now)
        return Turn(process=after, kind=EventKind.CRASHED, steps=self._failed_step(held.process, after, now))

    def _raised(self, held: Held, error: BaseException) -> Turn:
        now, process = self._clock.now(), held.process
        retries, backoff = self._limits(process)
        after = raised(process, error, retries=retries, backoff=backoff, now=now)
        kind = EventKind.RAISED if process.step is None else EventKind.STEP_FAILED
        return Turn(process=after, kind=kind, steps=self._failed_step(process, after, now))

    def _failed_step(self, process: Process, after: Process, now: datetime) -> tuple[StepRecord, ...]:
        definition = self._registry.definition(process.code)
        if definition is None or process.status is ProcessStatus.FAILING:
            return ()
        return failed_step(definition, process, after, now)

    def _limits(self, process: Process) -> tuple[int, Backoff]:
        definition = self._registry.definition(process.code)
        if definition is None:
            return 0, Backoff()
        step = definition.step(process.step)
        return (definition.retries, definition.backoff) if step is None else (step.retries, step.backoff)

    def _iteration(self, held: Held, turn: Turn, capture: Capture) -> Iteration:
        now = self._clock.now()
        if not turn.has_worked:
            return Iteration(self._put_back(held, now), has_worked=False)
        after = turn.process
        # A crash under the policy `hold` stays as it is found.
        after = after.changed(updated_at=now) if after.stuck else _in_time(after.released(now))
        events = self._events(held, turn, after, now)
        change = Change(
            process=after,
            seen_token=after.token,
            events=events,
            steps=turn.steps,
            actor=self._actor,
            claimed=held.claimed or held.process,
            log=turn_log(held.process, capture, now),
        )
        return Iteration(change, has_worked=True, seconds=turn.seconds)

    def _put_back(self, held: Held, now: datetime) -> Change:
        """As it was, but not asked for again at once: nothing was done, so nothing is recorded."""
        after = held.before.changed(token=held.process.token, timeout_at=held.process.timeout_at)
        if held.before.handled:
            after = after.changed(rescuable=False)
        else:
            after = after.released(now).changed(wait_until=now + self._idle, updated_at=held.before.updated_at)
        return Change(process=after, seen_token=after.token, actor=self._actor, claimed=held.claimed or held.process)

    def _events(self, held: Held, turn: Turn, after: Process, now: datetime) -> tuple[NewEvent, ...]:
        before, became = difference(held.before, after, of_turn=True)
        if before is None and became is None:
            return ()
        event = NewEvent(
            kind=turn.kind,
            at=now,
            actor=self._actor,
            step=held.process.step,
            attempt=held.process.attempt,
            before=before,
            after=became,
        )
        return (event,)


def _in_time(process: Process) -> Process:
    """Copy that waits no longer than its process may take: whoever takes it up then gives it up."""
    wait_until, timeout_at = process.wait_until, process.timeout_at
    if wait_until is None or timeout_at is None or wait_until <= timeout_at:
        return process
    return process if process.status is ProcessStatus.FAILING else process.changed(wait_until=timeout_at)
