"""When a verb applies to a process; pure, so that a screen can dim what the door would refuse."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from jobboy.model.process import ProcessSummary, is_stalled
from jobboy.model.status import ProcessStatus
from jobboy.operations.results import Eligibility

__all__ = ["Verb", "describe", "eligibility", "is_stalled"]


class Verb(StrEnum):
    """What an operator can do to a process."""

    RECOVER = "recover"
    FAIL = "fail"
    KILL = "kill"
    PROCEED = "proceed"
    RESTART = "restart"


_YES = Eligibility(allowed=True)


def eligibility(verb: Verb, process: ProcessSummary, now: datetime, *, force: bool = False) -> Eligibility:
    """Say whether a verb applies; `process.stuck` must be the truth of the moment."""
    match verb:
        case Verb.RECOVER:
            return _recover(process, now, force)
        case Verb.FAIL:
            return _fail(process, now, force)
        case Verb.KILL:
            return _kill(process)
        case Verb.PROCEED:
            return _proceed(process, now)
        case Verb.RESTART:
            return _YES if not process.status.is_active else _no(f"it has not ended, it is {describe(process, now)}")


def describe(process: ProcessSummary, now: datetime) -> str:
    """Say in a few words what state a process is in, the strange before the usual."""
    if process.stuck:
        return "stuck"
    if is_stalled(process, now):
        return f"stalled in the hands of {process.handled_by}"
    if process.handled:
        return f"{process.status}, in the hands of {process.handled_by}"
    if process.paused:
        return "paused"
    if process.is_waiting and process.wait_until is not None and process.wait_until > now:
        return "waiting"
    return process.status.value


def _recover(process: ProcessSummary, now: datetime, force: bool) -> Eligibility:
    if not process.status.is_active:
        return _no(f"it is {process.status}")
    if process.stuck or (process.handled and force):
        return _YES
    if process.handled:
        stalled = "it has stalled, but its holder is alive" if is_stalled(process, now) else "its holder is alive"
        return Eligibility(False, f"{stalled} ({process.handled_by}); force takes it away all the same", True)
    return _no(f"it is not handled but {describe(process, now)}: there is nothing to recover")


def _fail(process: ProcessSummary, now: datetime, force: bool) -> Eligibility:
    if not process.status.is_active:
        return _no(f"it is {process.status}")
    if process.status is ProcessStatus.FAILING and not process.stuck and not force:
        return _no("it is failing already")
    if process.handled and not process.stuck and not force:
        return Eligibility(
            False,
            f"its holder is alive ({process.handled_by}); kill asks it to end, force takes it away",
            True,
        )
    return _YES


def _kill(process: ProcessSummary) -> Eligibility:
    if not process.status.is_active:
        return _no(f"it is {process.status}")
    if process.status is ProcessStatus.FAILING:
        return _no("it is failing already")
    if process.kill_requested:
        return _no("its kill was asked for already")
    return _YES


def _proceed(process: ProcessSummary, now: datetime) -> Eligibility:
    if not process.paused:
        return _no(f"it is not paused but {describe(process, now)}")
    if process.kill_requested:  # a worker may have it in hand already, to begin its teardown
        return _no("its kill was asked for: its next turn tears it down")
    return _YES


def _no(why: str) -> Eligibility:
    return Eligibility(False, why)
