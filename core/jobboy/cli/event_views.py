"""Events as people read them: when, what, who, why, and what changed key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jobboy.cli.terminal import Terminal
from jobboy.cli.text import safe_text, shorten
from jobboy.cli.words import value_text
from jobboy.model.events import Event, EventKind
from jobboy.model.identifiers import short_id
from jobboy.operations.causes import cause_words

_STYLES = {
    EventKind.STEP_FAILED: "yellow",
    EventKind.CRASHED: "bold red",
    EventKind.STUCK: "bold red",
    EventKind.FAILED: "bold red",
    EventKind.FENCED: "bold red",
    EventKind.STEP_COMPLETED: "green",
}
_MISSING = object()


def print_event(event: Event) -> None:
    """Print an event and, below it, a line for every key that changed."""
    terminal = Terminal()
    _print(terminal, _head(event), _STYLES.get(event.kind, ""))
    if event.reason is not None:
        _print(terminal, f"    reason: {event.reason}", "")
    for path, was, became in changes(event.before, event.after):
        _print(terminal, f"    {_change(path, was, became)}", "")


def print_event_line(event: Event) -> None:
    """Print an event of any process in a single line."""
    whose = short_id(event.process_id) if event.process_id else "all work"
    text = f"{event.at:%H:%M:%S} {whose:<8}  {_what(event):<28} {change_words(event)}".rstrip()
    _print(Terminal(), text, _STYLES.get(event.kind, ""))


def change_words(event: Event) -> str:
    """Write everything that an event changed in one line."""
    if event.kind is EventKind.PRUNED and event.before:  # its id and code are told as those of every act
        return f"removed, was {value_text(event.before.get('status'))}"
    return ", ".join(_change(path, was, became) for path, was, became in changes(event.before, event.after))


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[tuple[str, Any, Any]]:
    """Yield (path, was, became) for every changed key, objects opened at every depth; a crash is told in words."""
    yield from _changes(_told(before or {}, after or {}), _told(after or {}), "")


def _told(values: Mapping[str, Any], replaced_by: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Put the cause of a crash into words; one that another replaces was told by an earlier event."""
    if "stuck_cause" not in values:
        return values
    others = {key: value for key, value in values.items() if key != "stuck_cause"}
    if replaced_by and replaced_by.get("stuck_cause"):
        return others
    cause = values["stuck_cause"]
    return {"cause": cause_words(cause) if isinstance(cause, Mapping) else cause} | others


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    for key in [*before, *(key for key in after if key not in before)]:
        was, became = before.get(key, _MISSING), after.get(key, _MISSING)
        inner = [value for value in (was, became) if value is not _MISSING]
        if all(isinstance(value, Mapping) and value for value in inner):
            objects = [value if isinstance(value, Mapping) else {} for value in (was, became)]
            yield from _changes(objects[0], objects[1], f"{path}{key}.")
        else:
            yield f"{path}{key}", was, became


def _change(path: str, was: Any, became: Any) -> str:
    if became is _MISSING:
        return f"{safe_text(path)}: removed, was {value_text(was)}"
    if was is _MISSING or was is None:
        return f"{safe_text(path)}: {value_text(became)}"
    return f"{safe_text(path)}: {value_text(was)} → {value_text(became)}"


def _head(event: Event) -> str:
    when = event.at.strftime("%Y-%m-%d %H:%M:%S.") + f"{event.at.microsecond // 1000:03}Z"
    return f"{when}  {_what(event)}  by {event.actor}"


def _what(event: Event) -> str:
    if event.step is None:
        return event.kind.value
    attempt = f" attempt {event.attempt}" if event.attempt is not None and event.attempt > 1 else ""
    return f"{event.kind.value} {event.step}{attempt}"


def _print(terminal: Terminal, text: str, style: str) -> None:
    terminal.print(shorten(safe_text(text), terminal.width), style=style or None)
