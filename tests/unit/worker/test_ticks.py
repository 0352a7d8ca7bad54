"""When a worker looks at schedules."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from jobboy.errors import StorageBusy
from jobboy.operations import Operations
from jobboy.system import SystemClock
from jobboy.worker import ticks
from jobboy.worker.ticks import Ticks

PATIENCE = 60.0


class Door:
    """Stands in for the operations: says when something is due next, and counts the looks."""

    def __init__(self) -> None:
        self.answers: list[Callable[[], datetime | None]] = []
        self.looks = 0
        self.looked = threading.Condition()

    def now(self) -> datetime:
        return SystemClock().now()

    def start_due(self) -> datetime | None:
        with self.looked:
            self.looks += 1
            self.looked.notify_all()
        return self.answers.pop(0)() if self.answers else None

    def wait_for(self, looks: int) -> None:
        with self.looked:
            assert self.looked.wait_for(lambda: self.looks >= looks, PATIENCE)


@pytest.fixture
def scheduler() -> Iterator[BackgroundScheduler]:
    running = BackgroundScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    running.start()
    yield running
    if running.running:
        running.remove_all_jobs()  # waits for its thread, which a shutdown in mid-turn makes raise
        running.shutdown()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def watched(door: Door, scheduler: Any) -> Iterator[Ticks]:
    made = Ticks(cast(Operations, door), scheduler, executor="default")
    yield made
    made.stop()


def test_it_looks_again_when_something_is_due_next(door: Door, watched: Ticks) -> None:
    soon = SystemClock().now() + timedelta(seconds=0.3)
    door.answers = [lambda: soon]
    watched.look()
    door.wait_for(2)
    assert SystemClock().now() >= soon


def test_a_ring_makes_it_look_soon(door: Door, watched: Ticks) -> None:
    watched.look()  # nothing is due: the next look would be long after this test
    watched.ring()
    door.wait_for(2)


def test_many_rings_are_one_look(watched: Ticks, scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "RING_PAUSE", PATIENCE)
    for _ in range(100):
        watched.ring()
    assert len(scheduler.get_jobs()) == 1


def test_it_looks_once_in_a_while_though_nothing_is_due_and_nothing_rang(
    door: Door, watched: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "LONGEST_PAUSE", 0.05)
    far = SystemClock().now() + timedelta(days=365)
    door.answers = [lambda: far, lambda: None]
    watched.look()
    door.wait_for(4)


def test_it_goes_on_after_the_database_was_not_reachable(
    door: Door, watched: Ticks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ticks, "LONGEST_PAUSE", 0.05)

    def refuse() -> None:
        raise StorageBusy("the database is being written")

    door.answers = [refuse]
    watched.look()
    door.wait_for(2)
    assert "schedules wait: the database is being written" in caplog.text


def test_it_goes_on_after_a_look_that_broke_off(door: Door, watched: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "LONGEST_PAUSE", 0.05)

    def break_off() -> None:
        raise LookupError("nobody has thought of this")

    door.answers = [lambda: None, break_off]
    watched.look()
    door.wait_for(3)


def test_a_ring_during_a_look_is_followed_by_another(door: Door, watched: Ticks) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    door.answers = [slowly]
    looking = threading.Thread(target=watched.look)
    looking.start()
    assert begun.wait(PATIENCE)
    watched.ring()
    go_on.set()
    looking.join()
    door.wait_for(2)


def test_a_scheduler_that_shuts_down_does_not_wait_for_a_look_that_would_plan_the_next(
    door: Door, watched: Ticks, scheduler: Any
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    door.answers = [slowly]
    scheduler.add_job(watched.look)
    assert begun.wait(PATIENCE)
    watched.stop()
    scheduler.remove_all_jobs()
    shutting = threading.Thread(target=scheduler.shutdown, daemon=True)
    shutting.start()
    while scheduler.running:
        time.sleep(0.01)
    go_on.set()
    shutting.join(PATIENCE)
    assert not shutting.is_alive()
