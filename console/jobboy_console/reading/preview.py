"""What the split screen says about the process under the cursor: why, its store, its last events."""

from __future__ import annotations

from datetime import datetime

from jobboy_console.commands.keymap import hint
from jobboy_console.facts.snapshots import ProcessSnapshot
from jobboy_console.looks.lines import Line, wrap
from jobboy_console.looks.text import safe_text
from jobboy_console.reading.documents import document_lines
from jobboy_console.reading.histories import timeline_lines

LAST_EVENTS = 8
MOST_STORE_LINES = 24


def preview_lines(snapshot: ProcessSnapshot, now: datetime, width: int, *, events: bool = True) -> list[Line]:
    """Return the lines of the preview, explanation and error broken at `width`; the last events if wanted."""
    look = snapshot.row.state.value
    lines: list[Line] = [
        ((f"{look.glyph} {look.word}", look.style), (f"  {safe_text(snapshot.row.step or '')}", "bold"))
    ]
    lines += wrap(((snapshot.explanation, "plain"),), width)
    if snapshot.error is not None:
        lines += wrap(((safe_text(snapshot.error.headline), "error"),), width)
    lines += [(), (("Store", "heading"),)]
    store = document_lines(snapshot.store, name="store")
    lines += store[:MOST_STORE_LINES]
    if len(store) > MOST_STORE_LINES:
        lines.append(((f"… {len(store) - MOST_STORE_LINES} more lines: {hint('{list.open}')}", "quiet"),))
    if snapshot.output is not None:
        lines += [(), (("Output", "heading"),), *document_lines(snapshot.output, name="output")[:MOST_STORE_LINES]]
    if events:
        lines += [(), (("Last events", "heading"),), *timeline_lines(reversed(snapshot.events[-LAST_EVENTS:]), now)]
    return lines
