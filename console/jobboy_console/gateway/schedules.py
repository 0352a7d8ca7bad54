"""What the console asks about schedules; the same rules as `jobboy schedules`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from jobboy.errors import InvalidValue, JobBoyError
from jobboy.model.json_rules import read_json_object
from jobboy.operations import Operations
from jobboy_console.facts.house_snapshots import ScheduleLine, ScheduleOrder, SchedulePlanned
from jobboy_console.facts.rows import Row
from jobboy_console.gateway.converting import row_of

if TYPE_CHECKING:
    from jobboy.model.schedules import Schedule, Timetable

SHOWN_TIMES = 3
_INTERVAL = re.compile(r"(?:every\s+)?((?:\d+(?:\.\d+)?[smhdw])+)", re.IGNORECASE)
_PIECE = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class ScheduleCalls:
    """Plain calls for threads that are not the screen's.

    Args:
        operations: the door.
        must_be_writable: raises `Refused` when nothing may be changed.
    """

    def __init__(self, operations: Operations, must_be_writable: Callable[[str], None]) -> None:
        self._operations = operations
        self._must_be_writable = must_be_writable

    def all(self) -> list[ScheduleLine]:
        """Return all schedules by name, each with its next times and what it started last."""
        now = self._operations.now()
        return [self._line(schedule, now) for schedule in self._operations.schedules()]

    def planned(self, order: ScheduleOrder) -> SchedulePlanned:
        """Say when a new schedule would be due next, or what is wrong with it; writes nothing."""
        from jobboy.model.schedules import Schedule
        from jobboy.operations.schedules import make_plan

        now = self._operations.now()
        try:
            plan = make_plan(**_arguments(order))
            if order.code not in self._operations.codes() and self._operations.definition(order.code) is None:
                raise InvalidValue("code", "is of no definition that this program or a worker knows")
            upcoming = Schedule.planned(plan, now).upcoming(now, SHOWN_TIMES)
        except (JobBoyError, ValueError) as error:
            return SchedulePlanned(problem=str(error))
        if any(schedule.plan.name == order.name for schedule in self._operations.schedules()):
            return SchedulePlanned(upcoming=tuple(upcoming), problem="name: there is a schedule of this name")
        return SchedulePlanned(upcoming=tuple(upcoming))

    def codes(self) -> Sequence[str]:
        """Return the codes a schedule may start."""
        return self._operations.codes()

    def add(self, order: ScheduleOrder, reason: str | None) -> str:
        """Make a schedule; returns what happened in words.

        Raises:
            JobBoyError, ValueError: why not.
        """
        self._must_be_writable("add")
        self._operations.add_schedule(**_arguments(order), reason=reason)
        return f"schedule {order.name} is made"

    def pause(self, name: str, reason: str | None) -> str:
        """Pause a schedule; raises like `add`."""
        self._must_be_writable("pause")
        self._operations.pause_schedule(name, reason=reason)
        return f"schedule {name} is paused"

    def resume(self, name: str, reason: str | None) -> str:
        """Let a schedule go on; raises like `add`."""
        self._must_be_writable("resume")
        self._operations.resume_schedule(name, reason=reason)
        return f"schedule {name} goes on"

    def start(self, name: str, reason: str | None) -> str:
        """Start a process of a schedule now; raises like `add`."""
        self._must_be_writable("start")
        process_id = self._operations.start_schedule(name, reason=reason)
        return f"schedule {name} started {process_id[-8:]}"

    def remove(self, name: str, reason: str | None) -> str:
        """Remove a schedule; raises like `add`."""
        self._must_be_writable("remove")
        removed = self._operations.remove_schedule(name, reason=reason)
        comes_back = "; it comes back when a worker starts whose app defines it" if removed.by_app else ""
        return f"schedule {name} is removed{comes_back}"

    def _line(self, schedule: Schedule, now: datetime) -> ScheduleLine:
        plan = schedule.plan
        try:
            upcoming = tuple(schedule.upcoming(now, SHOWN_TIMES))
            overdue: bool | None = schedule.is_overdue(now)
        except InvalidValue:  # as without its time zone
            upcoming, overdue = (), None
        return ScheduleLine(
            name=plan.name,
            code=plan.code,
            timetable=timetable_words(plan.timetable),
            timezone=plan.timetable.timezone,
            missed=plan.missed.value,
            paused=schedule.paused,
            by_app=schedule.by_app,
            overdue=overdue,
            upcoming=upcoming,
            last_at=schedule.last_at,
            last=self._last(plan.name, now),
            parameters=plan.parameters.as_dict(),
        )

    def _last(self, name: str, now: datetime) -> Row | None:
        try:
            starts = self._operations.schedule_starts(name, limit=1)
            return row_of(self._operations.get(starts[0].process_id), 0, now) if starts else None
        except LookupError:  # retention has removed it, or somebody the schedule
            return None


def timetable_words(timetable: Timetable) -> str:
    """Say when something is due: ``0 3 * * *``, ``every 1h30m``."""
    if timetable.every is None:
        return timetable.cron or ""
    return f"every {interval_words(timetable.every)}"


def interval_words(duration: timedelta) -> str:
    """Write an interval: ``1h30m``."""
    text = ""
    for unit, size in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1))):
        count, duration = divmod(duration, size)
        text += f"{count}{unit}" if count else ""
    seconds = duration.total_seconds()
    return text + (f"{seconds:g}s" if seconds or not text else "")


def _arguments(order: ScheduleOrder) -> dict[str, Any]:
    """Return what `make_plan` takes.

    Raises:
        InvalidValue: the parameters are no JSON object, or nothing says when.
    """
    when = order.when.strip()
    if not when:
        raise InvalidValue("when", "needs a cron text such as 0 3 * * *, or an interval such as 10m")
    interval = _INTERVAL.fullmatch(when)
    every = None if interval is None else timedelta(seconds=_seconds(interval[1]))
    return {
        "name": order.name,
        "code": order.code,
        "cron": when if every is None else None,
        "timezone": order.timezone.strip() or "UTC",
        "every": every,
        "missed": order.missed,
        "parameters": read_json_object(order.parameters.strip() or "{}", "parameters"),
    }


def _seconds(text: str) -> float:
    """Add up ``1h30m``; what is longer than any schedule may be stays so."""
    return min(sum(float(number) * _SECONDS[unit.lower()] for number, unit in _PIECE.findall(text)), 1e9)
