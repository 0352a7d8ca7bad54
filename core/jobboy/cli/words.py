"""States, ages and values as people read them: a sign and a word, never a colour alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobboy.cli.streams import speaks_unicode
from jobboy.cli.text import safe_text
from jobboy.model.process import ProcessSummary
from jobboy.model.status import ProcessStatus
from jobboy.model.workers import WorkerInfo
from jobboy.operations.eligibility import is_stalled

if TYPE_CHECKING:
    from rich.text import Text

NOTHING = "-"
"""Stands where there is no value."""
_SIGNS = {
    "starting": ("◦", ".", "dim"),
    "running": ("●", "*", "cyan"),
    "ending": ("◐", "~", "blue"),
    "failing": ("◐", "~", "yellow"),
    "completed": ("✓", "+", "green"),
    "failed": ("✗", "x", "bold red"),
    "restarted": ("↻", "@", "dim"),
    "paused": ("‖", "=", "magenta"),
    "waiting": ("‖", "=", "magenta"),
    "stalled": ("!", "!", "bold yellow"),
    "stuck": ("!", "!", "bold red"),
}
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def state_word(process: ProcessSummary, now: datetime) -> str:
    """Name the state of a process in one word, the strange before the usual."""
    if process.stuck:
        return "stuck"
    if is_stalled(process, now):
        return "stalled"
    if process.paused:
        return "paused"
    if process.is_waiting and process.wait_until is not None and process.wait_until > now:
        return "waiting"
    if process.restarted and process.status is ProcessStatus.FAILED:
        return "restarted"
    return process.status.value


def signed(state: str, word: str | None = None) -> Text:
    """Put the sign of a state before its word, or before another `word` that means as much."""
    from rich.text import Text

    sign, plain_sign, style = _SIGNS[state]
    return Text(f"{sign if speaks_unicode() else plain_sign} {word or state}", style=style)


def worker_word(worker: WorkerInfo) -> Text:
    """Say whether a worker is alive, has ended in order, or has died."""
    if worker.alive:
        return signed("running", "alive")
    return signed("failed", "died") if worker.stopped_at is None else signed("completed", "ended")


def yes_or_no(is_well: bool) -> Text:
    """Show the result of a check as a sign and a word."""
    return signed("completed", "yes") if is_well else signed("failed", "no")


def length(duration: timedelta) -> str:
    """Tell a duration by its largest unit: ``8s``, ``3m``, ``2h``, ``12d``."""
    seconds = max(duration.total_seconds(), 0)
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return "0s"


def fine_length(duration: timedelta) -> str:
    """Tell a duration that may be short: ``2ms``, ``3.4s``, then by its largest unit."""
    seconds = max(duration.total_seconds(), 0)
    if seconds >= 60:
        return length(duration)
    return f"{seconds:.1f}s" if seconds >= 1 else f"{seconds * 1000:.0f}ms"


def age(moment: datetime | None, now: datetime) -> str:
    """Tell how long ago a moment was, or how long it still takes."""
    if moment is None:
        return NOTHING
    return f"in {length(moment - now)}" if moment > now else length(now - moment)


def stamp(moment: datetime) -> str:
    """Write a moment as UTC, to the second."""
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


def stamp_and_age(moment: datetime | None, now: datetime) -> str:
    """Write a moment and how far away it is."""
    if moment is None:
        return NOTHING
    return f"{stamp(moment)} ({age(moment, now)}{'' if moment > now else ' ago'})"


def value_text(value: Any) -> str:
    """Write a JSON value in one safe line; text stands without quotes."""
    if isinstance(value, str):
        return safe_text(value)
    return safe_text(json.dumps(value, ensure_ascii=False, default=str))
