"""How schedules are kept, and why a due time starts one process however many look at it at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jobboy.model.documents import Parameters
from jobboy.model.schedules import (
    MissedPolicy,
    Schedule,
    ScheduleChange,
    SchedulePlan,
    ScheduleStart,
    Timetable,
)
from jobboy.storage import rows, statements
from jobboy.storage.changes import PreparedProcess
from jobboy.storage.statements import MINE
from jobboy.storage.writer import Transaction, Work

_MICROSECOND = timedelta(microseconds=1)

Decide = Callable[[Schedule | None], ScheduleChange | None]


def changing(name: str, decide: Decide, *, actor: str) -> Work[ScheduleChange | None]:
    """Return the work that loads a schedule, decides and writes; what `decide` raises leaves all as it is."""

    def change(transaction: Transaction) -> ScheduleChange | None:
        row = transaction.one(statements.SCHEDULE, {"name": name})
        before = None if row is None else schedule(row)
        decision = decide(before)
        return None if decision is None else _PreparedSchedule(before, decision, actor).write(transaction)

    return change


class _PreparedSchedule:
    """A change as rows, all made before the first is written: what cannot be kept is refused as a whole."""

    def __init__(self, before: Schedule | None, change: ScheduleChange, actor: str) -> None:
        self._before = before
        self._change = change
        self._starts = [(due, PreparedProcess(process, actor)) for due, process in change.starts]
        self._events = [rows.event_values(event, None) for event in change.events]

    def write(self, transaction: Transaction) -> ScheduleChange:
        """Write it and return it with its number, and only the starts that nobody was before."""
        number = self._write_schedule(transaction)
        started = []
        for due, process in self._starts:
            taken = {
                "schedule": number,
                "due_at": rows.micros(due),
                "process_id": process.process.id,
                "at": rows.micros(process.process.created_at),
            }
            if transaction.write(statements.START_ONCE, taken):
                started.append((due, process.write(transaction)))
        if started or not self._starts:
            for event in self._events:
                transaction.write(statements.INSERT_EVENT, event)
        schedule = self._change.schedule
        kept = None if schedule is None else replace(schedule, number=number)
        return replace(self._change, schedule=kept, starts=tuple(started))

    def _write_schedule(self, transaction: Transaction) -> int:
        after, number = self._change.schedule, 0 if self._before is None else self._before.number
        if after is None:
            transaction.write(statements.DELETE_SCHEDULE, {"number": number})
            transaction.write(statements.DELETE_SCHEDULE_STARTS, {"number": number})
        elif self._before is None:
            number = transaction.insert(statements.INSERT_SCHEDULE, _values(after))
        elif after != self._before:
            transaction.write(statements.UPDATE_SCHEDULE, {**_values(after), f"number_{MINE}": number})
        return number


def forgetting(numbers: Sequence[int], before: datetime) -> Work[None]:
    """Return the work that removes the starts of these schedules for due times before a moment."""
    moment = rows.micros(before)

    def forget(transaction: Transaction) -> None:
        for number in numbers:
            transaction.write(statements.FORGET_STARTS, {"number": number, "before": moment})

    return forget


def schedule(row: Sequence[Any]) -> Schedule:
    """Return a schedule, from the columns of its table."""
    (
        number, name, code, parameters, cron, timezone, every, missed, by_app, paused,
        next_at, last_at, looked_at, anchor_at, created_at, updated_at,
    ) = row  # fmt: skip
    interval = None if every is None else timedelta(microseconds=every)
    plan = SchedulePlan(
        name=name,
        code=code,
        timetable=Timetable(cron=cron, timezone=timezone, every=interval),
        parameters=Parameters.from_text(parameters, field="parameters"),
        missed=MissedPolicy(missed),
    )
    return Schedule(
        plan=plan,
        number=number,
        by_app=bool(by_app),
        paused=bool(paused),
        next_at=_moment(next_at),
        last_at=_moment(last_at),
        looked_at=rows.moment(looked_at),
        anchor_at=rows.moment(anchor_at),
        created_at=rows.moment(created_at),
        updated_at=rows.moment(updated_at),
    )


def start(row: Sequence[Any]) -> ScheduleStart:
    """Return a start, from due time, id of the process, and when it was started."""
    due_at, process_id, at = row
    return ScheduleStart(due_at=rows.moment(due_at), process_id=process_id, at=rows.moment(at))


def _values(schedule: Schedule) -> dict[str, Any]:
    plan, timetable = schedule.plan, schedule.plan.timetable
    return {
        "name": plan.name,
        "code": plan.code,
        "parameters": plan.parameters.text,
        "cron": timetable.cron,
        "timezone": timetable.timezone,
        "every": None if timetable.every is None else timetable.every // _MICROSECOND,
        "missed": plan.missed.value,
        "by_app": int(schedule.by_app),
        "paused": int(schedule.paused),
        "next_at": _micros(schedule.next_at),
        "last_at": _micros(schedule.last_at),
        "looked_at": rows.micros(schedule.looked_at),
        "anchor_at": rows.micros(schedule.anchor_at),
        "created_at": rows.micros(schedule.created_at),
        "updated_at": rows.micros(schedule.updated_at),
    }


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else rows.micros(moment)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else rows.moment(microseconds)
