"""Keeping schedules, for every kind of database: what is written together, and who starts what is due."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from jobboy.errors import InvalidValue, Refused
from jobboy.model.documents import Parameters
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.model.schedules import MissedPolicy, Schedule, ScheduleChange, SchedulePlan, Timetable
from jobboy.model.selection import Selection
from jobboy.ports import ProcessRepository
from jobboy.testing import FrozenClock
from tests.conformance.conftest import SECOND
from tests.factories import NOW, a_process, an_event

HOUR = timedelta(hours=1)
CRON = Timetable(cron="0 3 * * 1-5", timezone="Europe/Vienna")


def a_schedule(name: str = "nightly", timetable: Timetable = CRON) -> Schedule:
    plan = SchedulePlan(
        name=name,
        code="billing",
        timetable=timetable,
        parameters=Parameters({"country": "Österreich", "rate": 0.2}),
        missed=MissedPolicy.ALL,
    )
    return Schedule.planned(plan, NOW)


def put(repository: ProcessRepository, schedule: Schedule) -> Schedule:
    """Keep a schedule as it is."""
    change = ScheduleChange(schedule=schedule)
    written = repository.change_schedule(schedule.plan.name, lambda _before: change, actor="program:test")
    assert written is not None
    assert written.schedule is not None
    return written.schedule


def start(repository: ProcessRepository, schedule: Schedule, *dues: datetime) -> list[datetime]:
    """Start a process for each due time and return those that were not started before."""

    def decide(before: Schedule | None) -> ScheduleChange:
        return ScheduleChange(schedule=before, starts=tuple((due, a_process(status="starting")) for due in dues))

    written = repository.change_schedule(schedule.plan.name, decide, actor="schedule:nightly")
    assert written is not None
    return [due for due, _ in written.starts]


def total(repository: ProcessRepository) -> int:
    return repository.counts().total


@pytest.mark.parametrize("timetable", [CRON, Timetable(every=timedelta(minutes=7, microseconds=1))])
def test_a_schedule_comes_back_as_it_was_put(repository: ProcessRepository, timetable: Timetable) -> None:
    kept = put(repository, a_schedule(timetable=timetable))
    assert kept == replace(a_schedule(timetable=timetable), number=kept.number)
    assert repository.schedule("nightly") == kept
    assert repository.schedule("Nightly") is None


def test_a_change_is_written_with_its_events_and_the_name_stays(repository: ProcessRepository) -> None:
    kept = put(repository, a_schedule())
    changed = replace(
        kept.halted(NOW + SECOND), last_at=NOW, next_at=None, by_app=True, looked_at=NOW + SECOND, anchor_at=NOW
    )
    events = (an_event(EventKind.SCHEDULE_PAUSED, reason="month end"),)
    repository.change_schedule("nightly", lambda _: ScheduleChange(schedule=changed, events=events), actor="a")
    assert repository.schedules() == [changed]
    assert [event.reason for event in repository.events(limit=9)] == ["month end"]


def test_all_schedules_are_listed_by_name(repository: ProcessRepository) -> None:
    for name in ("weekly", "daily", "hourly"):
        put(repository, a_schedule(name))
    assert [schedule.plan.name for schedule in repository.schedules()] == ["daily", "hourly", "weekly"]


def test_a_due_time_starts_one_process_however_often_it_is_started(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())
    assert start(repository, schedule, NOW, NOW + HOUR) == [NOW, NOW + HOUR]
    assert start(repository, schedule, NOW, NOW + HOUR, NOW + 2 * HOUR) == [NOW + 2 * HOUR]
    assert start(repository, put(repository, a_schedule("other")), NOW) == [NOW], "schedules do not know each other"
    assert total(repository) == 4


def test_events_tell_of_no_start_that_is_left_out(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())

    def decide(before: Schedule | None) -> ScheduleChange:
        process, event = a_process(status="starting"), an_event(EventKind.SCHEDULE_STARTED)
        return ScheduleChange(schedule=before, starts=((NOW, process),), events=(event,))

    for _ in range(2):
        repository.change_schedule(schedule.plan.name, decide, actor="a")
    assert [event.kind for event in repository.events(limit=9)] == ["started", "schedule_started"]


def test_the_start_and_its_process_are_told_newest_due_time_first(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())
    start(repository, schedule, NOW, NOW + 2 * HOUR, NOW + HOUR)
    starts = repository.schedule_starts(schedule.number, limit=2)
    assert [one.due_at for one in starts] == [NOW + 2 * HOUR, NOW + HOUR]
    started = [repository.get(one.process_id) for one in starts]
    assert all(process is not None and process.status == "starting" for process in started)
    (event,) = repository.events(number=started[0].number if started[0] else 0, limit=9)
    assert (event.kind, event.actor) == ("started", "schedule:nightly")


def test_many_who_look_at_once_start_a_due_time_once(open_again: Callable[[], ProcessRepository]) -> None:
    repositories = [open_again() for _ in range(3)]
    schedule = put(repositories[0], a_schedule())
    dues = [NOW + HOUR * number for number in range(10)]
    ready = threading.Barrier(6)

    def look(repository: ProcessRepository) -> list[datetime]:
        ready.wait()
        return [started for due in dues for started in start(repository, schedule, due)]

    with ThreadPoolExecutor(6) as pool:
        found = [due for some in pool.map(look, [*repositories, *repositories]) for due in some]

    assert sorted(found) == dues
    assert total(repositories[0]) == len(dues)


def test_what_decide_raises_leaves_all_as_it_is(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())

    def refuse(_before: Schedule | None) -> ScheduleChange:
        raise Refused("pause", "schedule nightly", "it is paused already")

    def spoil(before: Schedule | None) -> ScheduleChange:
        broken = a_process(status="starting", store={"rate": float("nan")})
        changed = before and before.halted(NOW)
        return ScheduleChange(schedule=changed, starts=((NOW, a_process(status="starting")), (NOW + HOUR, broken)))

    with pytest.raises(Refused):
        repository.change_schedule("nightly", refuse, actor="a")
    with pytest.raises(InvalidValue, match="store"):
        repository.change_schedule("nightly", spoil, actor="a")
    assert repository.change_schedule("nightly", lambda _: None, actor="a") is None
    assert repository.schedules() == [schedule]
    assert total(repository) == 0
    assert repository.schedule_starts(schedule.number, limit=9) == []


def test_a_removed_schedule_is_forgotten_and_its_processes_stay(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())
    start(repository, schedule, NOW)
    repository.change_schedule("nightly", lambda _: ScheduleChange(schedule=None), actor="a")
    assert repository.schedules() == []
    assert repository.schedule_starts(schedule.number, limit=9) == []
    assert total(repository) == 1
    assert put(repository, a_schedule()).number > schedule.number


def test_starts_long_ago_can_be_forgotten(repository: ProcessRepository) -> None:
    schedule = put(repository, a_schedule())
    start(repository, schedule, NOW, NOW + HOUR)
    repository.forget_starts([schedule.number], before=NOW + HOUR)
    assert [one.due_at for one in repository.schedule_starts(schedule.number, limit=9)] == [NOW + HOUR]
    assert total(repository) == 2


def test_started_processes_wait_for_a_worker_like_any_other(
    repository: ProcessRepository, clock: FrozenClock
) -> None:
    start(repository, put(repository, a_schedule()), NOW)
    (row,) = repository.page(Selection(), limit=9).rows
    assert isinstance(repository.load([row.number])[0], Process)
    assert (row.code, row.status, row.handled, clock.now()) == ("import", "starting", False, NOW)
