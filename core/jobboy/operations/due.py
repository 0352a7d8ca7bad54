"""What workers do with schedules: start what is due, once, and say what was missed."""

from __future__ import annotations

import logging
from datetime import datetime

from jobboy.errors import CodeNotFound, InvalidValue
from jobboy.model.events import EventKind, NewEvent
from jobboy.model.process import iso
from jobboy.model.schedules import Schedule, ScheduleChange, ScheduleTurn
from jobboy.operations.context import Context
from jobboy.operations.schedules import known, process_for

_log = logging.getLogger(__name__)


def start_due(context: Context) -> datetime | None:
    """Start what is due, and return when something is due next; None when nothing is."""
    if context.repository.work_pause() is not None:
        return None
    schedules = context.repository.schedules()
    now = context.clock.now()  # asked after they were read: only a clock that was put back shows less than they do
    upcoming = [_look(context, schedule, now) for schedule in schedules]
    return min((moment for moment in upcoming if moment is not None), default=None)


def _look(context: Context, seen: Schedule, now: datetime) -> datetime | None:
    """Do one schedule's turn and return when it is due next; what is wrong with it must not stop the others."""
    after: Schedule | None = seen
    try:
        turn = seen.turn(now)
        if turn is not None:
            after = _take(context, seen, turn, now)
    except (InvalidValue, CodeNotFound) as error:
        _log.error("schedule %s cannot be followed: %s", seen.plan.name, error)
        return None
    return None if after is None or after.paused else after.next_at


def _take(context: Context, seen: Schedule, turn: ScheduleTurn, now: datetime) -> Schedule | None:
    """Write a turn, unless another worker was first, and return the schedule as it is afterwards."""
    name = seen.plan.name
    overdue = seen.is_overdue(now)
    change = _change(context, seen, turn, now)
    written = context.repository.change_schedule(
        name, lambda before: change if before == seen else None, actor=f"schedule:{name}"
    )
    if written is None:
        return context.repository.schedule(name)
    if overdue:
        _log.warning("schedule %s was overdue since %s", name, iso(seen.next_at))
    if turn.missed is not None:
        _log.warning("schedule %s: nothing is started for what was due from %s to %s", name, *map(iso, turn.missed))
    for due, process in written.starts:
        _log.info("schedule %s started %s, due %s", name, process.id, iso(due))
    if written.starts:
        context.bell.ring()
    return written.schedule


def _change(context: Context, seen: Schedule, turn: ScheduleTurn, now: datetime) -> ScheduleChange:
    definition = known(context, seen.plan.code)
    starts = tuple((due, process_for(context, definition, seen, due, now)) for due in turn.due)
    events = () if turn.missed is None else (_missed(context, seen, turn.missed, now),)
    return ScheduleChange(schedule=turn.schedule, starts=starts, events=events)


def _missed(context: Context, schedule: Schedule, times: tuple[datetime, datetime], now: datetime) -> NewEvent:
    after = {
        "schedule": schedule.plan.name,
        "from": iso(times[0]),
        "until": iso(times[1]),
        "missed": schedule.plan.missed.value,
    }
    return NewEvent(kind=EventKind.SCHEDULE_MISSED, at=now, actor=context.actor, after=after)
