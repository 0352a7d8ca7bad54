"""Steps, timeline and tail as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from jobboy_console.changes import SIGNS, ValueChange
from jobboy_console.lines import Line, Part
from jobboy_console.snapshots import EventLine, StepLine
from jobboy_console.text import fit, safe_text, span, when

_KIND_STYLES = {
    "step_completed": "done",
    "step_failed": "error",
    "crashed": "error",
    "stuck": "error",
    "failed": "error",
    "fenced": "warning",
    "paused": "paused",
    "kill_requested": "warning",
    "started": "key",
    "recovered": "key",
    "proceeded": "key",
    "restarted": "key",
}
_STEP_LOOKS = {
    "pending": ("◦", "quiet"),
    "running": ("●", "running"),
    "completed": ("✓", "done"),
    "failed": ("✗", "error"),
}
_CHANGE_STYLES = {"added": "added", "changed": "plain", "removed": "removed"}


def step_lines(steps: Sequence[StepLine], now: datetime) -> list[Line]:
    """Return a line for each step, and one more for its error."""
    if not steps:
        return [(("This kind of work has no steps: handlers serve it turn by turn.", "quiet"),)]
    lines: list[Line] = []
    width = min(max(len(safe_text(step.name, limit=40)) for step in steps), 24)
    for position, step in enumerate(steps, start=1):
        lines.append(_step_line(position, step, width, now))
        if step.error:
            lines.append(((" " * 6, "plain"), (safe_text(step.error), "error")))
    return lines


def timeline_lines(events: Iterable[EventLine], now: datetime) -> list[Line]:
    """Return a line for each event: when, what, where, what changed, who and why; columns as wide as needed."""
    shown = list(events)
    moments = [when(event.at, now) for event in shown]
    widths = (
        max((len(moment) for moment in moments), default=0),
        max((len(event.kind) for event in shown), default=0),
    )
    return [_timeline_line(event, moment, *widths) for event, moment in zip(shown, moments, strict=True)]


def tail_lines(events: Iterable[EventLine], now: datetime) -> list[Line]:
    """Return a line for each value that changed; an event that changed none is one line."""
    lines: list[Line] = []
    for event in events:
        head: Part = (f"{when(event.at, now)}  ", "quiet")
        lines.append((head, _kind(event), *_where(event)))
        if event.cause:
            lines.append(((" " * 10, "plain"), (safe_text(event.cause, limit=200), "error")))
        lines += [((" " * 10, "plain"), *_change(change)) for change in event.changes]
    return lines


def change_lines(changes: Sequence[ValueChange]) -> list[Line]:
    """Return a line for each changed value."""
    return [tuple(_change(change)) for change in changes]


def _step_line(position: int, step: StepLine, width: int, now: datetime) -> Line:
    glyph, style = _STEP_LOOKS.get(step.status, ("?", "plain"))
    parts: list[Part] = [
        (f"{position:>3}  ", "quiet"),
        (f"{glyph} ", style),
        (fit(safe_text(step.name, limit=40), width), "bold"),
        (f"  {step.status:<10}", style),
    ]
    if step.attempts:
        parts.append((f" {step.attempts}x", "quiet" if step.attempts == 1 else "warning"))
    if step.started_at:
        parts.append((f"  {when(step.started_at, now)}", "quiet"))
        parts.append((f"  took {_length(step, now)}", "plain"))
    return tuple(parts)


def _length(step: StepLine, now: datetime) -> str:
    if step.started_at is None:
        return "0 s"
    duration = (step.ended_at or now) - step.started_at
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else span(duration)


def _timeline_line(event: EventLine, moment: str, moment_width: int, kind_width: int) -> Line:
    parts: list[Part] = [(f"{moment:<{moment_width}}  ", "quiet"), _kind(event, kind_width), *_where(event)]
    summary = _summary(event)
    if summary:
        parts.append((f"  {summary}", "plain"))
    if event.reason:
        parts.append((f"  “{safe_text(event.reason, limit=200)}”", "bold"))
    parts.append((f"  {safe_text(event.actor, limit=60)}", "quiet"))
    return tuple(parts)


def _summary(event: EventLine) -> str:
    """Say what matters of an event: how a program died, the new status, the error; else its first change."""
    changed = {change.path: change for change in event.changes}
    told = [safe_text(event.cause, limit=200)] if event.cause else []
    if "status" in changed:
        told.append(_bare(changed["status"].words))
    if not told and "error" in changed and changed["error"].after not in (None, "null"):
        told.append(_bare(changed["error"].after or ""))
    if not told and event.changes:
        more = f" (+{len(event.changes) - 1})" if len(event.changes) > 1 else ""
        told.append(f"{event.changes[0].path} {event.changes[0].words}{more}")
    return " · ".join(told)


def _bare(words: str) -> str:
    return words.replace('"', "")


def _kind(event: EventLine, width: int = 0) -> Part:
    words = safe_text(event.kind, limit=30).replace("_", " ")
    return (f"{words:<{width}}", _KIND_STYLES.get(event.kind, "plain"))


def _where(event: EventLine) -> list[Part]:
    if event.step is None:
        return []
    repeated = event.attempt and event.attempt > 1 and not event.cause  # a cause tells the attempt itself
    attempt = f" ({event.attempt}x)" if repeated else ""
    return [(f"  {safe_text(event.step, limit=40)}{attempt}", "plain")]


def _change(change: ValueChange) -> list[Part]:
    style = _CHANGE_STYLES[change.operation]
    sign: Part = (f"{SIGNS[change.operation]} ", "accent" if change.operation == "changed" else style)
    return [sign, (f"{change.path}  ", "key"), (change.words, style)]
