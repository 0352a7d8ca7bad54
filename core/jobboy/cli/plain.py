"""Lists for the next program: tab-separated, with a header line, nothing cut and nothing coloured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobboy.cli.output import print_fields
from jobboy.cli.text import safe_text

if TYPE_CHECKING:
    from jobboy.model.process import ProcessSummary

PROCESS = (
    *("id", "code", "status", "state", "handled", "handled_by", "step", "attempt", "priority"),
    *("created_at", "updated_at", "wait_until", "error"),
)
EVENT = ("seq", "id", "at", "kind", "actor", "reason", "step", "attempt", "before", "after")
ACT = ("seq", "at", "actor", "kind", "id", "code", "reason", "step", "attempt", "before", "after")
WORKER = ("id", "host", "pid", "slots", "alive", "started_at", "stopped_at", "codes", "holds")
HANDLER = ("code", "kind", "name", "priority", "channel", "steps")
CHECK = ("check", "ok", "detail")
LINE = ("token", "step", "attempt", "at", "number", "line")
SCHEDULE = (
    *("name", "code", "paused", "overdue", "next_at", "last_at", "cron", "timezone", "every", "missed", "by_app"),
    "parameters",
)


def print_plain(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print a header line and a line for each row, each as soon as it is known.

    A column is added at the end only, never renamed or moved: scripts count them.

    Args:
        columns: names of the values, which are the names of ``--json``.
        rows: JSON objects that have at least these values.
    """
    print_fields(columns)
    for row in rows:
        print_fields([plain_value(row[column]) for column in columns])


def process_fields(row: ProcessSummary, now: datetime) -> dict[str, Any]:
    """Return the values of `PROCESS`: those of ``--json``, and the one word that lists show as the state."""
    from jobboy.cli.words import state_word
    from jobboy.model.process import iso

    values = {name: getattr(row, name) for name in PROCESS if name != "state"}
    told = {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()}
    return {**told, "status": row.status.value, "state": state_word(row, now)}


def plain_value(value: Any) -> str:
    """Write a JSON value as one field: nothing for null, text as it is but harmless, names with commas between."""
    match value:
        case None:
            return ""
        case str():
            return safe_text(value)
        case list() if all(isinstance(item, str) and "," not in item for item in value):
            return safe_text(",".join(value))
    return safe_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
