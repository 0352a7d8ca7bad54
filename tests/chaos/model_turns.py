"""What one turn must leave behind, in the reference model."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobboy.model.process import CRASH_LIMIT, CrashPolicy
from tests.chaos.model_app import WAIT
from tests.chaos.model_reference import IDLE, Known


def turned(before: Known, claimed: Known, outcome: str, now: datetime) -> Known:
    """Return a process after a turn, from what its holder saw; a kill meanwhile is the caller's to add."""
    after = claimed.copy()
    if after.kill_waits or (after.status != "failing" and after.is_timed_out(now)):
        after.give_up(now)
    elif not _is_served(before):
        after.end("completed" if after.status == "ending" else "failed", now)
    elif outcome == "nothing" and not after.kind.steps:
        return _put_back(before, claimed, now)
    elif outcome in ("raise", "crash", "stop") and _is_asked(after):
        {"raise": _raise, "crash": _crash, "stop": _stop}[outcome](after, now)
    elif after.kind.steps:
        _record(after, now)
    else:
        _work(after, outcome, now)
    if not after.stuck:
        after.release(now)
    after.alive = False
    return after


def _is_served(before: Known) -> bool:
    """Say whether a handler is asked; without one, only what is begun is ended."""
    if before.kind.steps or (before.handled and before.kind.serves_handled):
        return True
    return before.status in ("starting", "running") or (before.status == "failing" and before.kind.has_teardown)


def _is_asked(after: Known) -> bool:
    return not after.kind.steps or after.status != "failing" or after.kind.has_teardown


def _put_back(before: Known, claimed: Known, now: datetime) -> Known:
    after = before.copy()
    after.token, after.timeout_at = claimed.token, claimed.timeout_at
    if before.handled:
        after.rescuable = False
    else:
        after.release(now)
        after.wait_until = now + IDLE
    return after


def _raise(after: Known, now: datetime) -> None:
    is_first = not after.kind.steps or after.step == after.kind.steps[0]
    own = after.attempt - after.crashes - after.stops
    if own <= (after.kind.retries if is_first else 0) and after.status != "failing":
        after.wait(now + timedelta(seconds=2 ** (own - 1)))
    else:
        after.give_up(now)


def _crash(after: Known, now: datetime) -> None:
    after.crashes += 1
    after.cause = (after.step, after.attempt)
    policy = after.kind.on_crash
    if policy is CrashPolicy.HOLD:
        after.stuck, after.rescuable = True, False
    elif policy is not CrashPolicy.RECOVER or after.crashes >= CRASH_LIMIT:
        after.give_up(now)


def _stop(after: Known, now: datetime) -> None:
    after.stops += 1
    after.cause = (after.step, after.attempt)


def _record(after: Known, now: datetime) -> None:
    steps = after.kind.steps
    if after.status == "failing":
        after.end("failed", now)
        return
    if after.step is None:
        after.end("completed", now)
        return
    done, place = after.step, steps.index(after.step)
    after.outputs[done] = after.attempt
    after.step = steps[place + 1] if place + 1 < len(steps) else None
    after.attempt, after.crashes, after.stops, after.cause = 0, 0, 0, None
    after.paused = done in after.kind.interrupting
    after.pauses += after.paused
    after.paused_at = now if after.paused else None
    if after.step is None and not after.paused:
        after.end("completed", now)


def _work(after: Known, outcome: str, now: datetime) -> None:
    was_failing = after.status == "failing"
    after.wait(now + WAIT if outcome == "wait" else None)
    if outcome == "fail":
        after.crashes = 0
    elif not was_failing:
        after.attempt, after.crashes, after.stops, after.cause = 0, 0, 0, None
    if was_failing:
        if outcome != "wait":
            after.end("failed", now)
    elif outcome == "fail":
        after.status = "failing"
    elif outcome == "end" and after.status in ("starting", "running"):
        after.status = "ending"
    elif outcome != "wait" and after.status == "starting":
        after.status = "running"
