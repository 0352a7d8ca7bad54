"""Timeline and tail as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from jobboy_console.facts.changes import SIGNS, ValueChange
from jobboy_console.facts.snapshots import EventLine
from jobboy_console.looks.lines import Line, Part, wrap
from jobboy_console.looks.text import safe_text, span, when

MOST_IN_STRIP = 60

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
_CHANGE_STYLES = {"added": "added", "changed": "plain", "removed": "removed"}


def timeline_lines(events: Iterable[EventLine], now: datetime) -> list[Line]:
    """Return a line for each event: when, what, where, what changed, who and why; columns as wide as needed."""
    shown = list(events)
    moments = [when(event.at, now) for event in shown]
    widths = (
        max((len(moment) for moment in moments), default=0),
        max((len(event.kind) for event in shown), default=0),
    )
    return [_timeline_line(event, moment, *widths) for event, moment in zip(shown, moments, strict=True)]


def tail_lines(event: EventLine, now: datetime, *, moments: bool = True) -> list[Line]:
    """Return a line for an event and one for each value that it changed; each with its moment if wanted."""
    moment = when(event.at, now)
    head: Line = ((f"{moment}  ", "quiet"),) if moments else ()
    lines: list[Line] = [(*head, _kind(event), *_where(event), *_who(event))]
    inner: Line = ((" " * (len(moment) + 2 if moments else 2), "plain"),)
    if event.cause:
        lines.append((*inner, (safe_text(event.cause, limit=200), "error")))
    return lines + [(*inner, *_change(change)) for change in event.changes]


def marker_line(number: int, at: datetime, now: datetime) -> Line:
    """Return the line that a reader draws into a tail."""
    return ((f"──── mark {number} · {when(at, now)} ", "heading"), ("─" * 40, "heading"))


def gap_lines(*, older: bool) -> list[Line]:
    """Return the sign for events that are not shown."""
    where = "older ones" if older else "more between these"
    return [((f"… {where}: jobboy history has all", "quiet"),)]


def compact_lines(events: Iterable[EventLine], now: datetime) -> list[Line]:
    """Return a line for each event where there is little room: when, what and at which step."""
    return [((f"{when(event.at, now)}  ", "quiet"), _kind(event), *_where(event)) for event in events]


def strip_lines(events: Sequence[EventLine], now: datetime, width: int) -> list[Line]:
    """Return a narrow timeline, the newest first: what happened, what came of it, and how long nothing did."""
    lines: list[Line] = []
    later: datetime | None = None
    for event in reversed(events[-MOST_IN_STRIP:]):
        if later is not None and (passed := span(later - event.at)) != "now":
            lines.append(((f"  ┊ {passed}", "quiet"),))
        later = event.at
        lines.append(((f"{when(event.at, now)}  ", "quiet"), _kind(event)))
        told = [part for part in (*_where(event), (f"  {_summary(event)}", "plain")) if part[0].strip()]
        lines += wrap((("  ", "plain"), *told), width, indent=4)[:2] if told else []
    return lines


def change_lines(changes: Sequence[ValueChange]) -> list[Line]:
    """Return a line for each changed value."""
    return [tuple(_change(change)) for change in changes]


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


def kind_words(kind: str) -> str:
    """Write what happened as people read it: ``step completed``."""
    return safe_text(kind, limit=30).replace("_", " ")


def _kind(event: EventLine, width: int = 0) -> Part:
    return (f"{kind_words(event.kind):<{width}}", _KIND_STYLES.get(event.kind, "plain"))


def _where(event: EventLine) -> list[Part]:
    if event.step is None:
        return []
    repeated = event.attempt and event.attempt > 1 and not event.cause  # a cause tells the attempt itself
    attempt = f" ({event.attempt}x)" if repeated else ""
    return [(f"  {safe_text(event.step, limit=40)}{attempt}", "plain")]


def _who(event: EventLine) -> Line:
    """Say who acted and why, where it was a person."""
    if not event.reason and not event.actor.startswith("operator:"):
        return ()
    reason = f" “{safe_text(event.reason, limit=200)}”" if event.reason else ""
    return ((f"  {safe_text(event.actor, limit=60)}{reason}", "bold"),)


def _change(change: ValueChange) -> list[Part]:
    style = _CHANGE_STYLES[change.operation]
    sign: Part = (f"{SIGNS[change.operation]} ", "accent" if change.operation == "changed" else style)
    return [sign, (f"{change.path}  ", "key"), (change.words, style)]
