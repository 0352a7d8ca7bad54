"""Log files and the logs of turns as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jobboy_console.facts.house_snapshots import TurnLogLine
from jobboy_console.looks.lines import Line
from jobboy_console.looks.text import plural, safe_lines, safe_text, when

_LEVELS = (("CRITICAL", "error"), ("ERROR", "error"), ("WARNING", "warning"), ("Traceback (", "error"))


def log_line(text: str) -> Line:
    """Return a line of a log, safe, in the style of its level."""
    safe = safe_text(text.expandtabs(4), limit=4_000)
    head = safe[:80]
    style = next((style for level, style in _LEVELS if level in head), "plain")
    return ((safe, style),)


def file_lines(lines: Sequence[str], bytes_before: int) -> list[Line]:
    """Return the end of a log file, and how much of it is not shown."""
    before: list[Line] = [((f"… {bytes_before:,} bytes before these", "quiet"),)] if bytes_before else []
    return [*before, *(log_line(line) for line in lines)]


def turn_lines(logs: Sequence[TurnLogLine], now: datetime) -> list[Line]:
    """Return what the turns of a process said, each under a head with step, attempt and moment."""
    return [line for log in logs for line in _turn(log, now)]


def _turn(log: TurnLogLine, now: datetime) -> list[Line]:
    attempt = f", attempt {log.attempt}" if log.attempt > 1 else ""
    head: Line = (
        (f"── {safe_text(log.step or 'turn', limit=60)}{attempt} ", "heading"),
        (when(log.at, now), "quiet"),
    )
    before: list[Line] = []
    if log.left_out:
        before = [((f"… {plural(log.left_out, 'line')} before these were not kept", "warning"),)]
    return [head, *before, *(log_line(line) for line in safe_lines(log.text, limit=len(log.text) + 1))]
