"""Which process is next: the strange before the begun before the new; among equals the one that waited longest."""

from datetime import timedelta
from typing import Any

import pytest

from jobboy import CrashPolicy, HandledProcess, JobBoy, ProcessStatus
from tests.factories import NOW, a_process
from tests.unit.bench import Bench


def serve(bench: Bench, jobs: JobBoy) -> list[str]:
    """Register handlers that write down whom they get and end it; returns what they write into."""
    served: list[str] = []

    def work(process: HandledProcess) -> None:
        served.append(process.parameters["name"])
        process.fail() if process.status is ProcessStatus.FAILING else process.complete()

    jobs.handler("import")(work)
    jobs.handler("import", handled=True)(work)
    return served


def put(bench: Bench, name: str, **fields: Any) -> None:
    bench.put(a_process(parameters={"name": name}, **fields))


def work_off(bench: Bench) -> None:
    while bench.iterate().has_worked:
        pass


def test_stuck_then_killed_then_failing_then_ending_then_running_then_starting(bench: Bench, jobs: JobBoy) -> None:
    served = serve(bench, jobs)
    for status in ("starting", "running", "ending", "failing"):
        put(bench, status, status=status, turn_at=NOW - timedelta(days=1))
    put(bench, "killed", status="running", killed_at=NOW)
    put(bench, "stuck", handled=True, stuck=True, rescuable=True, on_crash=CrashPolicy.RECOVER)
    work_off(bench)
    # the killed one is made failing first, without a handler, and tears down after those that failed before
    assert served == ["stuck", "failing", "killed", "ending", "running", "starting"]


def test_among_equals_the_lower_priority_number_is_first(bench: Bench, jobs: JobBoy) -> None:
    served = serve(bench, jobs)
    for priority in (100, 5, 1000):
        bench.start("import", {"name": str(priority)}, priority=priority)
    work_off(bench)
    assert served == ["5", "100", "1000"]


def test_among_equals_the_least_recently_updated_is_first(bench: Bench, jobs: JobBoy) -> None:
    served = serve(bench, jobs)
    for minutes in (3, 9, 1):
        put(bench, f"{minutes} min ago", turn_at=NOW - timedelta(minutes=minutes))
    work_off(bench)
    assert served == ["9 min ago", "3 min ago", "1 min ago"]


def test_processes_of_one_moment_are_taken_in_the_order_they_were_started(bench: Bench, jobs: JobBoy) -> None:
    served = serve(bench, jobs)
    for name in "abc":
        bench.start("import", {"name": name})
    work_off(bench)
    assert served == ["a", "b", "c"]


def test_running_processes_take_turns(bench: Bench, jobs: JobBoy) -> None:
    turns = []

    @jobs.handler("import", status="running")
    def work(process: HandledProcess) -> None:
        bench.advance(seconds=1)
        turns.append(process.parameters["name"])
        if process.store.inc("turns") == 3:
            process.complete()

    for name in "abc":
        put(bench, name)
    work_off(bench)
    assert turns == list("abcabcabc")


def test_what_is_begun_is_finished_before_something_new_is_started(bench: Bench, jobs: JobBoy) -> None:
    seen = []
    pipeline = jobs.steps("nightly")

    @pipeline.step
    def first(data: dict[str, Any]) -> dict[str, Any]:
        seen.append((data["name"], "first"))
        return data

    @pipeline.step
    def second(data: dict[str, Any]) -> None:
        seen.append((data["name"], "second"))

    for name in "ab":
        bench.start("nightly", {"name": name})
    work_off(bench)
    assert seen == [("a", "first"), ("a", "second"), ("b", "first"), ("b", "second")]


@pytest.mark.parametrize(
    "fields",
    [
        {"paused": True},
        {"wait_until": NOW + timedelta(minutes=1)},
        {"handled": True, "stuck": True},
        {"handled": True},
        {"status": "completed"},
        {"status": "failed"},
    ],
)
def test_a_process_that_is_no_candidate_blocks_nobody(bench: Bench, jobs: JobBoy, fields: dict[str, Any]) -> None:
    served = serve(bench, jobs)
    put(bench, "left alone", turn_at=NOW - timedelta(days=1), **fields)
    put(bench, "served")
    work_off(bench)
    assert served == ["served"]


def test_a_stuck_process_whose_handler_cannot_save_it_does_not_block_the_others(bench: Bench, jobs: JobBoy) -> None:
    served = serve(bench, jobs)
    jobs.handler("import", handled=True, priority=1)(lambda process: False)
    put(bench, "hopeless", handled=True, stuck=True, rescuable=True)
    put(bench, "other")
    assert not bench.iterate().has_worked
    work_off(bench)
    assert served == ["other"]
    (held,) = bench.repository.handled()
    assert (held.stuck, held.rescuable) == (True, False)


def test_only_the_codes_of_the_channel_are_picked(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", channel="night")(lambda process: process.complete())
    process_id = bench.start("import")
    assert not bench.iterate().has_worked
    assert bench.iterate(channel="night").has_worked
    assert bench.get(process_id).status is ProcessStatus.COMPLETED
