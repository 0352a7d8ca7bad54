"""What the split screen says about the process under the cursor: why, its documents, its last events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import plural, safe_text
from jobboy_console.reading.documents import document_lines
from jobboy_console.reading.histories import timeline_lines
from jobboy_console.reading.telling import is_told_by_reports, reports_of

LAST_EVENTS = 8
MOST_LINES = 24


def preview_lines(snapshot: ProcessSnapshot, now: datetime, width: int, *, events: bool = True) -> list[Line]:
    """Return the lines of the preview, explanation and error broken at `width`; the last events if wanted."""
    look = snapshot.row.state.value
    lines: list[Line] = [
        ((f"{look.glyph} {look.word}", look.style), (f"  {safe_text(snapshot.row.step or '')}", "bold"))
    ]
    lines += wrap(((snapshot.explanation, "plain"),), width)
    if snapshot.error is not None:
        lines += wrap(((safe_text(snapshot.error.headline), "error"),), width)
    for name, values in _documents(snapshot):
        lines += [(), ((name.capitalize(), "heading"),), *_beginning(document_lines(values, name=name))]
    if events:
        lines += [(), (("Last events", "heading"),), *timeline_lines(reversed(snapshot.events[-LAST_EVENTS:]), now)]
    return lines


def _documents(snapshot: ProcessSnapshot) -> list[tuple[str, dict[str, Any]]]:
    """Return the documents that say something, the one that says most first; an empty store when none does."""
    found: list[tuple[str, dict[str, Any]]] = []
    if is_told_by_reports(snapshot) and reports_of(snapshot):
        found.append(("reports", reports_of(snapshot)))
    if snapshot.store:
        found.append(("store", snapshot.store))
    if snapshot.output is not None:
        found.append(("output", snapshot.output))
    return found or [("store", {})]


def _beginning(lines: list[Line]) -> list[Line]:
    if len(lines) <= MOST_LINES:
        return lines
    return [
        *lines[:MOST_LINES],
        ((f"… {plural(len(lines) - MOST_LINES, 'more line')}: {hint('{list.open}')}", "quiet"),),
    ]
