"""All work: its pause, and the workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from jobboy.errors import Refused
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.workers import WorkerInfo
from jobboy.operations.context import Context
from jobboy.operations.guardrails import ANY_CODE
from jobboy.operations.permission import require
from jobboy.operations.reasons import checked_reason
from jobboy.ports import WorkPause, worker_place

KNOWN_WORKERS = 2_000
"""Rows of workers that are looked at; each start of a worker leaves one, until retention removes it."""
REMEMBERED = timedelta(days=1)
"""How long workers that ended are listed."""


def pause(context: Context, *, reason: str | None) -> WorkPause:
    """Pause all work."""
    reason = checked_reason(reason)
    require(context, "pause", "all work", {ANY_CODE: 1}, reason=reason)
    now = context.clock.now()
    begun = WorkPause(at=now, actor=context.actor, reason=reason)
    event = _event(context, EventKind.WORK_PAUSED, now, reason, paused=True)
    if not context.repository.set_work_pause(begun, event):
        raise Refused("pause", "all work", "it is paused already")
    return begun


def resume(context: Context, *, reason: str | None) -> None:
    """End the pause."""
    reason = checked_reason(reason)
    require(context, "resume", "all work", {ANY_CODE: 1}, reason=reason)
    event = _event(context, EventKind.WORK_RESUMED, context.clock.now(), reason, paused=False)
    if not context.repository.set_work_pause(None, event):
        raise Refused("resume", "all work", "it is not paused")
    context.bell.ring()


def _event(context: Context, kind: EventKind, at: datetime, reason: str | None, *, paused: bool) -> NewEvent:
    before, after = {"paused": not paused}, {"paused": paused}
    return NewEvent(kind=kind, at=at, actor=context.actor, reason=reason, before=before, after=after)


def workers(context: Context) -> list[WorkerInfo]:
    """Return living workers and those of the last day, with what they hold."""
    oldest = context.clock.now() - REMEMBERED
    holds: dict[str, list[str]] = {}
    for process in context.repository.handled():
        holds.setdefault(process.handled_by or "", []).append(process.id)
    found = []
    for worker in context.repository.workers(limit=KNOWN_WORKERS):
        alive = worker.stopped_at is None and context.locks.is_taken(worker_place(worker.number))
        if alive or worker.started_at > oldest or worker.id in holds:
            found.append(_told(worker, alive, holds.get(worker.id, [])))
    return found


def _told(worker: WorkerInfo, alive: bool, holds: list[str]) -> WorkerInfo:
    return replace(worker, alive=alive, holds=tuple(holds))
