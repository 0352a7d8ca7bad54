"""How the death of a step is told: one sentence, and the facts as JSON."""

from __future__ import annotations

import signal
from typing import Any

from jobboy.errors import StepCrashed
from jobboy.ports import StepOrder
from jobboy.runners.child_program import ChildEnded, Ending


def crash(order: StepOrder, host: str, ended: ChildEnded, why: str | None = None) -> StepCrashed:
    """Make the error for a step whose program ended without an answer.

    Args:
        order: what it was to do.
        host: the machine it ran on.
        ended: how it ended.
        why: the reason it was stopped for, if it was.
    """
    kind, sentence = _told(ended, why)
    cause: dict[str, Any] = {"kind": kind} | _status(ended)
    if why is not None:
        cause["why"] = why
    cause |= {"step": order.step, "attempt": order.process.attempt, "host": host, "pid": ended.pid}
    return StepCrashed(f"step {order.step!r} {sentence}", cause | {"last_lines": ended.last_lines})


def not_started(order: StepOrder, host: str, error: OSError) -> StepCrashed:
    """Make the error for a step whose program could not be started at all."""
    cause: dict[str, Any] = {"kind": "not started", "why": error.strerror or str(error), "step": order.step}
    cause |= {"attempt": order.process.attempt, "host": host, "last_lines": []}
    return StepCrashed(f"step {order.step!r} could not be started: {cause['why']}", cause)


def _told(ended: ChildEnded, why: str | None) -> tuple[str, str]:
    if ended.ending is Ending.STOPPED:
        return "stopped", f"was stopped: {why}"
    if ended.ending is Ending.NOT_STARTED:
        return "no answer", "did not begin: its program took too long to start"
    if ended.ending is Ending.SILENT:
        return "no answer", "cut its connection without an answer and was killed"
    if ended.exit_status >= 0:
        return "exit", f"died: exit code {ended.exit_status} without an answer"
    name = _signal_name(-ended.exit_status)
    hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
    return "signal", f"died: killed by {name}{hint}"


def _status(ended: ChildEnded) -> dict[str, Any]:
    if ended.ending is not Ending.DIED:
        return {}
    if ended.exit_status < 0:
        return {"signal": _signal_name(-ended.exit_status)}
    return {"exit_code": ended.exit_status}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"
