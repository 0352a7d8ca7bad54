"""Schedules as apps and operators make, change and remove them; `jobboy.operations.due` starts what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from jobboy.engine.definitions import check_name
from jobboy.errors import CodeNotFound, Conflict, InvalidValue, Refused, ScheduleNotFound
from jobboy.model.documents import Parameters
from jobboy.model.events import EventKind, NewEvent, kept
from jobboy.model.process import Process, iso
from jobboy.model.schedules import (
    DUE_AT,
    MissedPolicy,
    Schedule,
    ScheduleChange,
    SchedulePlan,
    ScheduleStart,
    Timetable,
)
from jobboy.operations.context import Context
from jobboy.operations.permission import require
from jobboy.operations.reasons import checked_reason
from jobboy.operations.starting import known_codes, known_definition, new_process, remember
from jobboy.ports import DefinitionRecord


def make_plan(
    name: str,
    code: str,
    *,
    cron: str | None,
    timezone: str,
    every: timedelta | None,
    missed: MissedPolicy | str,
    parameters: Mapping[str, Any] | None,
) -> SchedulePlan:
    """Check what is asked for.

    Raises:
        InvalidValue: naming the field and the rule it breaks.
    """
    if missed not in list(MissedPolicy):
        raise InvalidValue("missed", f"must be one of {', '.join(MissedPolicy)}, not {str(missed)[:64]!r}")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise InvalidValue("parameters", f"must be a JSON object (dict), not {type(parameters).__name__}")
    return SchedulePlan(
        name=check_name(name, "name"),
        code=check_name(code, "code"),
        timetable=Timetable.of(cron=cron, timezone=timezone, every=every),
        parameters=Parameters(parameters),
        missed=MissedPolicy(missed),
    )


# --- looking ---------------------------------------------------------------------------------------------------


def get(context: Context, name: str) -> Schedule:
    """Return the schedule of a name."""
    return _found(context.repository.schedule(name), name)


def starts(context: Context, name: str, *, limit: int) -> list[ScheduleStart]:
    """Return the newest starts of a schedule."""
    return context.repository.schedule_starts(get(context, name).number, limit=limit)


def check(context: Context) -> tuple[str, bool, str]:
    """Say whether a schedule is overdue by more than one period, or cannot be read here."""
    schedules = context.repository.schedules()
    now = context.clock.now()
    wrong = [told for schedule in schedules if (told := _trouble(schedule, now)) is not None]
    return "schedules", not wrong, "; ".join(wrong) or f"{len(schedules)}, none overdue"


def _trouble(schedule: Schedule, now: datetime) -> str | None:
    try:
        schedule.upcoming(now, 1)
        overdue = schedule.is_overdue(now)
    except InvalidValue as error:
        return f"{schedule.plan.name} cannot be followed here: {error}"
    return f"{schedule.plan.name} is overdue since {iso(schedule.next_at)}: is a worker alive?" if overdue else None


# --- by apps and operators -------------------------------------------------------------------------------------


def define(context: Context, plans: Iterable[SchedulePlan]) -> None:
    """Bring the schedules of an app up to their definitions; what is as it shall be is not written again."""
    for plan in plans:
        require(context, "schedule", _whose(plan.name), {plan.code: 1})
        known(context, plan.code)
        seen = context.repository.schedule(plan.name)
        if seen is None or not _follows(seen, plan):
            context.repository.change_schedule(plan.name, _defining(context, plan), actor=context.actor)


def _defining(context: Context, plan: SchedulePlan) -> Callable[[Schedule | None], ScheduleChange | None]:
    now = context.clock.now()

    def decide(before: Schedule | None) -> ScheduleChange | None:
        if before is None:
            return _added(context, Schedule.planned(plan, now, by_app=True), None)
        if _follows(before, plan):
            return None
        after = before.replanned(plan, now)
        event = _event(context, EventKind.SCHEDULE_CHANGED, after, None, *_difference(before, after))
        return ScheduleChange(schedule=after, events=(event,))

    return decide


def add(context: Context, plan: SchedulePlan, *, reason: str | None) -> Schedule:
    """Make a new schedule."""
    require(context, "schedule", _whose(plan.name), {plan.code: 1}, reason=reason)
    known(context, plan.code)
    now = context.clock.now()

    def decide(before: Schedule | None) -> ScheduleChange:
        if before is not None:
            raise Refused("add", _whose(plan.name), "there is one of this name: remove it first, or pause it")
        return _added(context, Schedule.planned(plan, now), reason)

    return _changed(context, plan.name, decide)


def pause(context: Context, name: str, *, reason: str | None) -> Schedule:
    """Pause a schedule."""

    def paused(before: Schedule, now: datetime) -> Schedule:
        if before.paused:
            raise Refused("pause", _whose(name), "it is paused already")
        return before.halted(now)

    return _switch(context, name, EventKind.SCHEDULE_PAUSED, paused, reason)


def resume(context: Context, name: str, *, reason: str | None) -> Schedule:
    """End the pause of a schedule."""

    def resumed(before: Schedule, now: datetime) -> Schedule:
        if not before.paused:
            raise Refused("resume", _whose(name), "it is not paused")
        return before.resumed(now)

    return _switch(context, name, EventKind.SCHEDULE_RESUMED, resumed, reason)


def remove(context: Context, name: str, *, reason: str | None) -> Schedule:
    """Remove a schedule and return it as it was."""
    require(context, "schedule", _whose(name), {get(context, name).plan.code: 1}, reason=reason)
    removed: list[Schedule] = []

    def decide(before: Schedule | None) -> ScheduleChange:
        found = _found(before, name)
        removed[:] = [found]
        event = _event(context, EventKind.SCHEDULE_REMOVED, found, reason, _told(found), None)
        return ScheduleChange(schedule=None, events=(event,))

    context.repository.change_schedule(name, decide, actor=context.actor)
    return removed[0]


def start_now(context: Context, name: str, *, reason: str | None) -> str:
    """Start a process of a schedule out of turn, paused or not, and return its id."""
    now = context.clock.now()
    seen = get(context, name)
    require(context, "start", _whose(name), {seen.plan.code: 1}, reason=reason)
    process = process_for(context, known(context, seen.plan.code), seen, now, now)
    after = {"id": process.id, DUE_AT: iso(now)}

    def decide(before: Schedule | None) -> ScheduleChange:
        if _found(before, name).plan != seen.plan:
            raise Conflict("start", _whose(name), "it was changed meanwhile: look at it again")
        event = _event(context, EventKind.SCHEDULE_STARTED, seen, reason, None, after)
        return ScheduleChange(schedule=before, starts=((now, process),), events=(event,))

    written = context.repository.change_schedule(name, decide, actor=context.actor)
    if written is None or not written.starts:
        raise Conflict("start", _whose(name), "another one was started at this very moment: look whether it will do")
    context.bell.ring()
    return process.id


def _switch(
    context: Context,
    name: str,
    kind: EventKind,
    switched: Callable[[Schedule, datetime], Schedule],
    reason: str | None,
) -> Schedule:
    now = context.clock.now()
    require(context, "schedule", _whose(name), {get(context, name).plan.code: 1}, reason=reason)

    def decide(before: Schedule | None) -> ScheduleChange:
        after = switched(_found(before, name), now)
        event = _event(context, kind, after, reason, {"paused": not after.paused}, {"paused": after.paused})
        return ScheduleChange(schedule=after, events=(event,))

    return _changed(context, name, decide)


def _changed(context: Context, name: str, decide: Callable[[Schedule | None], ScheduleChange]) -> Schedule:
    """Write what is decided and wake the workers, whose next look may have to come earlier."""
    written = context.repository.change_schedule(name, decide, actor=context.actor)
    context.bell.ring()
    return _found(None if written is None else written.schedule, name)


# --- parts -----------------------------------------------------------------------------------------------------


def process_for(
    context: Context, definition: DefinitionRecord, schedule: Schedule, due: datetime, now: datetime
) -> Process:
    """Make the process of a due time."""
    return new_process(context, definition, {**schedule.plan.parameters, DUE_AT: iso(due)}, now)


def known(context: Context, code: str) -> DefinitionRecord:
    """Return a definition and see that it is in the database, for workers that have no code for it.

    Raises:
        CodeNotFound: no definition has the code.
    """
    definition = known_definition(context, code)
    if definition is None:
        raise CodeNotFound(code, known_codes(context))
    remember(context, {code})
    return definition


def _follows(schedule: Schedule, plan: SchedulePlan) -> bool:
    return schedule.by_app and schedule.plan == plan


def _added(context: Context, schedule: Schedule, reason: str | None) -> ScheduleChange:
    event = _event(context, EventKind.SCHEDULE_ADDED, schedule, reason, None, _told(schedule))
    return ScheduleChange(schedule=schedule, events=(event,))


def _event(
    context: Context,
    kind: EventKind,
    schedule: Schedule,
    reason: str | None,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> NewEvent:
    """Make an event that names its schedule wherever it says something."""
    name = {"schedule": schedule.plan.name}
    return NewEvent(
        kind=kind,
        at=context.clock.now(),
        actor=context.actor,
        reason=checked_reason(reason),
        before=None if before is None else name | before,
        after=None if after is None else name | after,
    )


def _difference(before: Schedule, after: Schedule) -> tuple[dict[str, Any], dict[str, Any]]:
    was, became = _told(before), _told(after)
    changed = [key for key in was if was[key] != became[key]]
    return {key: was[key] for key in changed}, {key: became[key] for key in changed}


def _told(schedule: Schedule) -> dict[str, Any]:
    told = {**schedule.plan.as_json(), "paused": schedule.paused, "by_app": schedule.by_app}
    return {key: kept(value) for key, value in told.items() if key != "name"}


def _found(schedule: Schedule | None, name: str) -> Schedule:
    if schedule is None:
        raise ScheduleNotFound(name)
    return schedule


def _whose(name: str) -> str:
    return f"schedule {name}"
