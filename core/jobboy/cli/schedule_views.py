"""Schedules as people read them: the table of all, and everything about one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jobboy.cli.terminal import Terminal, print_table
from jobboy.cli.text import safe_text, shorten
from jobboy.cli.words import NOTHING, age, signed, stamp, stamp_and_age, value_text
from jobboy.errors import InvalidValue
from jobboy.model.process import iso
from jobboy.model.schedules import Schedule, ScheduleStart, Timetable

if TYPE_CHECKING:
    from rich.text import Text

_HEADERS = ("NAME", "STATE", "NEXT", "LAST", "MISSED", "WHEN", "CODE")
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def schedule_document(schedule: Schedule, now: datetime) -> dict[str, Any]:
    """Return a schedule as JSON with ``overdue``; null where this machine cannot follow it."""
    return {**schedule.as_json(), "overdue": _overdue(schedule, now)}


def details_document(
    schedule: Schedule, starts: Sequence[ScheduleStart], now: datetime, count: int
) -> dict[str, Any]:
    """Return a schedule as JSON with its next times and its newest starts."""
    return {
        **schedule_document(schedule, now),
        "next": [iso(moment) for moment in _upcoming(schedule, now, count)],
        "starts": [start.as_json() for start in starts],
    }


def print_schedules(schedules: Sequence[Schedule], now: datetime) -> None:
    """Print schedules one a line."""
    print_table(_HEADERS, [_row(schedule, now) for schedule in schedules], keep=(0, 1, 2, 3, 4))


def print_schedule(schedule: Schedule, starts: Sequence[ScheduleStart], now: datetime, count: int) -> None:
    """Print facts, next times and newest starts of one schedule."""
    facts = dict(_facts(schedule, now))
    width = max(map(len, facts))
    for name, fact in facts.items():
        _print_line(f"{name:<{width}}  {fact}")
    _print_line("next times, if it were not paused" if schedule.paused else "next times")
    for moment in _upcoming(schedule, now, count):
        _print_line(f"  {_in_its_zone(moment, schedule.plan.timetable)}  {age(moment, now)}")
    if starts:
        _print_line("newest starts")
        print_table(("  DUE", "PROCESS"), [[f"  {stamp(one.due_at)}", one.process_id] for one in starts])


def timetable_text(timetable: Timetable) -> str:
    """Say when something is due: ``0 3 * * * Europe/Vienna``, ``every 1h30m``."""
    if timetable.every is None:
        return f"{timetable.cron} {timetable.timezone}"
    return f"every {_duration_text(timetable.every)}"


def _duration_text(duration: timedelta) -> str:
    text = ""
    for unit, size in _UNITS:
        count, duration = divmod(duration, size)
        text += f"{count}{unit}" if count else ""
    seconds = duration.total_seconds()
    return text + (f"{seconds:g}s" if seconds or not text else "")


def _row(schedule: Schedule, now: datetime) -> list[str | Text]:
    return [
        schedule.plan.name,
        _state(schedule, now),
        NOTHING if schedule.paused else age(schedule.next_at, now),
        age(schedule.last_at, now),
        schedule.plan.missed.value,
        timetable_text(schedule.plan.timetable),
        schedule.plan.code,
    ]


def _state(schedule: Schedule, now: datetime) -> Text:
    if schedule.paused:
        return signed("paused")
    match _overdue(schedule, now):
        case None:
            return signed("failed", "unreadable")
        case True:
            return signed("stalled", "overdue")
        case _:
            return signed("running", "on")


def _overdue(schedule: Schedule, now: datetime) -> bool | None:
    return schedule.is_overdue(now) if _upcoming(schedule, now, 1) else None


def _upcoming(schedule: Schedule, now: datetime, count: int) -> list[datetime]:
    """Return the next due times; none where this machine cannot follow it."""
    try:
        return schedule.upcoming(now, count)
    except InvalidValue:
        return []


def _facts(schedule: Schedule, now: datetime) -> Iterator[tuple[str, str]]:
    plan = schedule.plan
    yield "name", plan.name
    yield "state", _state(schedule, now).plain
    yield "code", plan.code
    unknown = "" if _upcoming(schedule, now, 1) else "; this machine does not know that time zone"
    yield "when", timetable_text(plan.timetable) + unknown
    yield "missed", plan.missed.value
    yield "parameters", value_text(plan.parameters.as_dict())
    yield "made", f"{stamp_and_age(schedule.created_at, now)} by {'an app' if schedule.by_app else 'an operator'}"
    yield "changed", stamp_and_age(schedule.updated_at, now)
    yield "last", stamp_and_age(schedule.last_at, now)


def _in_its_zone(moment: datetime, timetable: Timetable) -> str:
    if timetable.cron is None or timetable.timezone == "UTC":
        return stamp(moment)
    return f"{stamp(moment)}  {moment.astimezone(ZoneInfo(timetable.timezone)):%a %H:%M %z}"


def _print_line(text: str) -> None:
    terminal = Terminal()
    terminal.print(shorten(safe_text(text), terminal.width))
