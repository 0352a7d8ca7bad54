from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from jobboy.testing import BEGINNING, FrozenClock
from jobboy.worker.steady import SteadySchedule

LATER = timedelta(days=36_500)
"""Far enough that the real scheduler of these tests never runs it."""
HOUR = timedelta(hours=1)


@pytest.fixture
def scheduler() -> Iterator[BackgroundScheduler]:
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    scheduler.add_job(print, "date", run_date=BEGINNING + LATER, id="sweeping")
    yield scheduler
    scheduler.shutdown()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def steady(scheduler: BackgroundScheduler, clock: FrozenClock) -> SteadySchedule:
    return SteadySchedule(scheduler, now=clock.now, elapsed=lambda: 0.0)


def planned(scheduler: BackgroundScheduler) -> datetime:
    moment: datetime = scheduler.get_job("sweeping").next_run_time
    return moment


def test_a_clock_that_is_set_back_takes_what_is_planned_along(
    scheduler: BackgroundScheduler, clock: FrozenClock, steady: SteadySchedule
) -> None:
    clock.advance(-HOUR)
    steady.keep()
    steady.keep()

    assert planned(scheduler) == BEGINNING + LATER - HOUR


def test_a_clock_that_is_set_forward_changes_no_plan_and_may_be_put_right_again(
    scheduler: BackgroundScheduler, clock: FrozenClock, steady: SteadySchedule
) -> None:
    clock.advance(HOUR)
    steady.keep()
    assert planned(scheduler) == BEGINNING + LATER

    clock.advance(-HOUR)
    steady.keep()
    assert planned(scheduler) == BEGINNING + LATER - HOUR


def test_slight_corrections_add_up_before_anything_is_moved(
    scheduler: BackgroundScheduler, clock: FrozenClock, steady: SteadySchedule
) -> None:
    for _ in range(2):
        clock.advance(-timedelta(seconds=0.1))
        steady.keep()
    assert planned(scheduler) == BEGINNING + LATER

    clock.advance(-timedelta(seconds=0.1))
    steady.keep()
    assert planned(scheduler) == BEGINNING + LATER - timedelta(seconds=0.3)
