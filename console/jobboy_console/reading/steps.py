"""Steps as lines: state, attempts and duration of each, with a bar on the time they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobboy_console.facts.snapshots import EventLine, StepLine
from jobboy_console.looks.lines import Line, Part, width_of
from jobboy_console.looks.text import fit, plural, safe_text, span, when

_LOOKS = {
    "pending": ("◦", "quiet"),
    "running": ("●", "running"),
    "completed": ("✓", "done"),
    "failed": ("✗", "error"),
}
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEAST_BAR, _WIDEST_BAR = 8, 60
_WENT_WRONG = frozenset({"step_failed", "crashed", "stuck", "raised"})
MOST_ATTEMPTS = 5
"""Attempts of one step that are told one by one."""


@dataclass(frozen=True)
class TimeScale:
    """Maps moments to the cells of a bar.

    Args:
        start: at the left edge.
        end: at the right edge.
        width: cells.
    """

    start: datetime
    end: datetime
    width: int

    def bar(self, begun: datetime, ended: datetime) -> tuple[int, str]:
        """Return the empty cells before a bar, and the bar in eighths of a cell, never nothing."""
        total = max((self.end - self.start).total_seconds(), 1e-6)
        eighths = self.width * 8
        first = int((begun - self.start).total_seconds() / total * eighths) // 8
        first = min(max(first, 0), self.width - 1)
        last = round((ended - self.start).total_seconds() / total * eighths)
        length = min(max(last - first * 8, 1), (self.width - first) * 8)
        return first, "█" * (length // 8) + _EIGHTHS[length % 8].strip()


def step_lines(steps: Sequence[StepLine], events: Sequence[EventLine], now: datetime, width: int) -> list[Line]:
    """Return a line for each step, one for each attempt that went wrong, and one for an error told by neither."""
    if not steps:
        return [(("This kind of work has no steps: handlers serve it turn by turn.", "quiet"),)]
    names = min(max(len(safe_text(step.name, limit=40)) for step in steps), 24)
    heads = [_head(position, step, names, now) for position, step in enumerate(steps, start=1)]
    left = max(width_of(head) for head in heads) + 2
    scale = _scale(steps, now, width - left)
    lines: list[Line] = []
    for step, head in zip(steps, heads, strict=True):
        lines.append((*head, *_bar(step, scale, left - width_of(head), now)))
        attempts = _attempts(step, events, now)
        lines += attempts
        if step.error and not attempts:
            lines.append(((" " * 7, "plain"), (safe_text(step.error), "error")))
    return [*lines, (), _total(steps, now)]


def length_words(duration: timedelta) -> str:
    """Write a duration as short as it is: ``12 ms``, ``3.4 s``, ``5m``."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else span(duration)


def _head(position: int, step: StepLine, names: int, now: datetime) -> Line:
    glyph, style = _LOOKS.get(step.status, ("?", "plain"))
    parts: list[Part] = [
        (f"{position:>3}  ", "quiet"),
        (f"{glyph} ", style),
        (fit(safe_text(step.name, limit=40), names), "bold"),
        (f"  {safe_text(step.status, limit=10):<10}", style),
    ]
    if step.attempts:
        parts.append((f" {step.attempts}x", "quiet" if step.attempts == 1 else "warning"))
    if step.started_at:
        parts.append((f"  {when(step.started_at, now)}", "quiet"))
        parts.append((f"  took {length_words((step.ended_at or now) - step.started_at):>7}", "plain"))
    return tuple(parts)


def _scale(steps: Sequence[StepLine], now: datetime, width: int) -> TimeScale | None:
    begun = [step for step in steps if step.started_at is not None]
    if not begun or width < _LEAST_BAR:
        return None
    start = min(step.started_at for step in begun if step.started_at is not None)
    end = max(step.ended_at or now for step in begun)
    return TimeScale(start, end, min(width, _WIDEST_BAR))


def _bar(step: StepLine, scale: TimeScale | None, gap: int, now: datetime) -> Line:
    if scale is None or step.started_at is None:
        return ()
    before, bar = scale.bar(step.started_at, step.ended_at or now)
    return ((" " * gap, "plain"), ("·" * before, "quiet"), (bar, _LOOKS.get(step.status, ("", "plain"))[1]))


def _attempts(step: StepLine, events: Sequence[EventLine], now: datetime) -> list[Line]:
    wrong = [event for event in events if event.step == step.name and event.kind in _WENT_WRONG]
    lines, error = list[Line](), ""
    for event in wrong:
        changed = {change.path: change.after for change in event.changes}
        error = (changed.get("error") or "").strip('"') or error  # a history tells what changed: else it is the same
        lines.append(_attempt(event, error, now))
    lines = lines[-MOST_ATTEMPTS:]
    if len(wrong) > MOST_ATTEMPTS:
        earlier = plural(len(wrong) - MOST_ATTEMPTS, "earlier one")
        lines.insert(0, ((f"       … {earlier}: see the timeline", "quiet"),))
    return lines


def _attempt(event: EventLine, error: str, now: datetime) -> Line:
    said = safe_text(event.cause, limit=200) or error
    kind = safe_text(event.kind, limit=20).replace("_", " ")
    return (
        (f"       {event.attempt or 0}x ", "warning"),
        (f"{when(event.at, now)}  ", "quiet"),
        (kind, "error"),
        (f"  {said}", "wrong"),
    )


def _total(steps: Sequence[StepLine], now: datetime) -> Line:
    done = sum(step.status == "completed" for step in steps)
    busy = sum(((step.ended_at or now) - step.started_at for step in steps if step.started_at), timedelta())
    return (
        (f"  {done} of {len(steps)} done", "bold"),
        (f" · {length_words(busy)} in their last attempts", "quiet"),
    )
