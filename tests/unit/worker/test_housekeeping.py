"""What a worker does for the queue when it finds that the clock was put back, and when retention has to make way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobboy import HandledProcess, JobBoy
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.operations import housekeeping
from jobboy.worker.ending import Ending
from jobboy.worker.housekeeping import Housekeeping
from jobboy.worker.schema_watch import SchemaWatch
from jobboy.worker.step_watch import StepWatch
from tests.factories import NOW, a_process
from tests.unit.bench import WORKER, Bench

HOUR = timedelta(hours=1)


def a_house(bench: Bench, ending: Ending | None = None) -> Housekeeping:
    iterator = ProcessIterator(bench.jobs.registry, bench.clock, bench.runner, actor=f"worker:{WORKER}")
    return Housekeeping(
        repository=bench.repository,
        operations=bench.operations,
        sweeper=bench.sweeper(),
        registry=bench.jobs.registry,
        channel="default",
        schema=SchemaWatch(bench.repository, lambda: None),
        steps=StepWatch(iterator, bench.repository, bench.runner),
        ending=ending or Ending(),
    )


@pytest.fixture
def served(jobs: JobBoy) -> list[str]:
    """The names of processes in the order of their turns; each of them has two."""
    served: list[str] = []

    def work(process: HandledProcess) -> None:
        served.append(process.parameters["name"])
        if served.count(served[-1]) == 2:
            process.complete()

    jobs.handler("import", status="running")(work)
    return served


@pytest.mark.parametrize("is_seen", [True, False], ids=["while a worker looks", "while none does"])
def test_whoever_was_in_the_queue_before_the_clock_was_put_back_is_served_first(
    bench: Bench, served: list[str], is_seen: bool
) -> None:
    house = a_house(bench)
    for name in ("first", "second"):
        bench.put(a_process(parameters={"name": name}))
    if is_seen:
        house.sweep()
    bench.clock.advance(-HOUR)
    later = NOW - HOUR
    bench.put(a_process(parameters={"name": "late"}, created_at=later, turn_at=later))
    house.sweep()
    bench.clock.advance(timedelta(seconds=2))
    while bench.iterate().has_worked:
        bench.clock.advance(timedelta(seconds=1))
    assert served == ["first", "second", "late"] * 2


def test_a_handler_that_found_nothing_to_do_is_asked_again_soon_after_the_clock_was_put_back(
    bench: Bench, jobs: JobBoy
) -> None:
    asked: list[str] = []

    def find_nothing(process: HandledProcess) -> bool:
        asked.append(process.id)
        return False

    jobs.handler("import")(find_nothing)
    bench.put(a_process())
    house = a_house(bench)
    house.sweep()
    bench.iterate()
    bench.clock.advance(-HOUR)
    house.sweep()
    bench.iterate()
    assert len(asked) == 2


def test_what_has_no_turn_stays_as_it_is(bench: Bench) -> None:
    house = a_house(bench)
    paused = bench.put(a_process(paused=True))
    waiting = bench.put(a_process(wait_until=NOW + HOUR))
    held = bench.put(a_process(handled=True, stuck=True))
    bench.clock.advance(-HOUR)
    house.sweep()
    assert [bench.get(one.id) for one in (paused, waiting, held)] == [paused, waiting, held]


def test_a_clock_that_goes_on_changes_no_turn(bench: Bench) -> None:
    house = a_house(bench)
    ahead = bench.put(a_process(turn_at=NOW + HOUR))
    house.sweep()
    bench.clock.advance(timedelta(seconds=1))
    house.sweep()
    assert bench.get(ahead.id) == ahead


# --- retention ---


@pytest.fixture
def over(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Three processes whose retention is over, each a batch of its own; says how many of them are left."""
    monkeypatch.setattr(housekeeping, "BATCH", 1)
    ended = [bench.put(a_process(status="completed", ended_at=NOW, expires_at=NOW)) for _ in range(3)]
    bench.advance(days=1)
    return lambda: len(bench.repository.load([one.number for one in ended]))


def test_a_worker_that_ends_when_idle_removes_what_is_over(bench: Bench, over: Callable[[], int]) -> None:
    a_house(bench).finish()
    assert over() == 0


def test_a_signal_lets_a_worker_end_without_removing_what_is_over(bench: Bench, over: Callable[[], int]) -> None:
    ending = Ending()
    ending.ask_from_signal()
    a_house(bench, ending).finish()
    assert over() == 3


def test_a_signal_ends_the_removal_after_the_batch_at_hand(
    bench: Bench, over: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, remove = Ending(), bench.repository.prune

    def remove_and_hear(**batch: Any) -> int:
        ending.ask_from_signal()
        return remove(**batch)

    monkeypatch.setattr(bench.repository, "prune", remove_and_hear)
    a_house(bench, ending).finish()
    assert over() == 2


def test_the_retention_of_every_hour_makes_way_for_the_end_and_is_finished_by_it(
    bench: Bench, over: Callable[[], int]
) -> None:
    ending = Ending()
    house = a_house(bench, ending)
    ending.ask()
    next(part for part in house.parts() if part.name == "retention").do()
    assert over() == 2
    house.finish()
    assert over() == 0
