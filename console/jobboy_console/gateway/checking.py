"""Reads the figures that monitoring asks for."""

from __future__ import annotations

from jobboy.errors import InvalidFilter, InvalidValue
from jobboy.model.schedules import Schedule
from jobboy.operations import Operations, parse_filter
from jobboy_console.facts.health import Health
from jobboy_console.facts.views import View

_KINDS = {kind: kind for kind in ("stuck", "stalled", "paused", "active")} | {"failed": "failed !restarted"}
"""Filters of what is counted; whose restart has begun is in trouble no more, its successor is if anybody."""


def read_health(operations: Operations, filter: str = "") -> Health:
    """Return the figures of this moment; the filter narrows which processes count, not schedules and workers."""
    view = View("check", tuple(_KINDS.values()), "", filter=filter)
    queries = dict(zip(_KINDS, view.queries(), strict=True))
    counts = {kind: _count(operations, query) for kind, query in queries.items()}
    overview = operations.overview()
    lives = overview.workers_alive > 0 and counts["active"] > 0
    return Health(
        **counts,
        overdue=sum(_is_overdue(schedule, operations) for schedule in operations.schedules()),
        workers_alive=overview.workers_alive,
        unserved=tuple(operations.house.unserved(parse_filter(queries["active"]))) if lives else (),
        work_paused_by=None if overview.pause is None else overview.pause.actor,
    )


def _count(operations: Operations, query: str) -> int:
    try:
        return operations.count(parse_filter(query))
    except InvalidFilter:  # the words of the filter and this kind exclude each other
        return 0


def _is_overdue(schedule: Schedule, operations: Operations) -> bool:
    try:
        return schedule.is_overdue(operations.now())
    except InvalidValue:  # this machine does not know its time zone
        return True
