"""Which document of a process says most about it: its reports once it has failed, else what it has in store."""

from __future__ import annotations

from typing import Any

from jobboy_console.facts.rows import Row
from jobboy_console.facts.snapshots import ProcessSnapshot

_BROKEN = ("failing", "failed")


def is_broken(row: Row) -> bool:
    """Say whether it has failed, or is on the way there."""
    return row.status in _BROKEN


def is_told_by_reports(snapshot: ProcessSnapshot) -> bool:
    """Say whether its reports say most: they say something, and it is broken or has nothing in store."""
    is_reported = bool(snapshot.reports or snapshot.error or snapshot.last_lines)
    return is_reported and (is_broken(snapshot.row) or not snapshot.store)


def reports_of(snapshot: ProcessSnapshot) -> dict[str, Any]:
    """Return the reports without the reason of a failure, which is shown as an error."""
    error = snapshot.error
    return {key: value for key, value in snapshot.reports.items() if key != "reason" or error is None}
