"""The systems of the four documents that jobboy comes from, each said with its public surface alone.

Two tell of statuses, the handled flag and the iteration maker; one of steps, interruptions and `proceed`; one of
nodes that people and systems complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobboy import HandledProcess, JobBoy, Process, ProcessStatus, Refused, StepProcess
from jobboy.testing import FrozenClock


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def jobs(tmp_path: Path, clock: FrozenClock) -> Iterator[JobBoy]:
    app = JobBoy(f"sqlite:///{tmp_path / 'jobboy.db'}", allow=["tests.unit"])
    app.clock = clock
    yield app
    app.close()


def iterate(jobs: JobBoy) -> int:
    """Iterate until there is nothing to do; returns how many iterations worked."""
    worked = 0
    with jobs.iteration_maker() as maker:
        while maker.work().has_worked:
            worked += 1
    return worked


# --- statuses, waiting, and the iteration maker ---


def a_file_maker(jobs: JobBoy) -> None:
    """Every status has its handler, as in the diagram; a moment in the store keeps one of them waiting."""

    @jobs.handler("file", status="starting")
    def start(process: HandledProcess) -> None:
        process.store.set("rows", 0)
        process.run()

    class Waiting:
        def supports(self, process: Process) -> bool:
            return process.status is ProcessStatus.RUNNING and process.store.get("wait_until") is not None

        def handle(self, process: HandledProcess) -> bool:
            if jobs.operations().now().isoformat() < process.store["wait_until"]:
                return False
            process.store.unset("wait_until")
            return True

    @jobs.handler("file", status="running")
    def write(process: HandledProcess) -> None:
        if process.parameters.get("fails"):
            process.fail("the disk is gone")
        elif process.store.inc("rows") == 1:
            process.store.set("wait_until", (jobs.operations().now() + timedelta(minutes=5)).isoformat())
        else:
            process.end()

    @jobs.handler("file", status="ending")
    def tidy(process: HandledProcess) -> None:
        process.complete({"rows": process.store["rows"]})

    @jobs.handler("file", status="failing")
    def tear_down(process: HandledProcess) -> None:
        process.reports.set("torn_down", True)

    jobs.register(Waiting(), code="file", priority=50)


def test_a_process_goes_through_its_statuses_and_waits_without_one_of_its_own(
    jobs: JobBoy, clock: FrozenClock
) -> None:
    a_file_maker(jobs)
    process = jobs.start("file")

    iterate(jobs)
    waiting = jobs.get(process)
    assert (waiting.status, waiting.handled, waiting.store["rows"]) == ("running", False, 1)
    clock.advance(timedelta(minutes=6))
    iterate(jobs)

    assert jobs.get(process).output == {"rows": 2}


def test_a_process_that_fails_is_torn_down_otherwise(jobs: JobBoy) -> None:
    a_file_maker(jobs)
    process = jobs.start("file", {"fails": True})
    iterate(jobs)
    assert jobs.get(process).status == "failed"
    assert jobs.get(process).reports["torn_down"] is True


def test_the_iteration_maker_says_whether_it_worked_and_finishes_before_it_begins(jobs: JobBoy) -> None:
    turns: list[str] = []

    @jobs.handler("letter")
    def turn(process: HandledProcess) -> None:
        turns.append(process.parameters["name"])
        process.complete() if process.status == "running" else process.run()

    first, second = (jobs.start("letter", {"name": name}) for name in ("first", "second"))
    with jobs.iteration_maker() as maker:
        assert maker.work().process_id == first
        assert maker.work().process_id == first, "what is evolving is brought to its end"
        assert [maker.work().process_id, maker.work().process_id] == [second, second]
        assert not maker.work().has_worked

    assert turns == ["first", "first", "second", "second"]


def test_one_iteration_at_a_time_is_made_where_that_is_wanted(jobs: JobBoy) -> None:
    answers: list[bool] = []

    @jobs.handler("letter")
    def turn(process: HandledProcess) -> None:
        with jobs.iteration_maker(exclusive=True) as another:
            answers.append(another.work().lock_held)
        process.complete()

    jobs.start("letter")
    with jobs.iteration_maker(exclusive=True) as maker:
        assert maker.work().has_worked
    assert answers == [True], "the lock is held for the whole iteration"


# --- steps, interruptions and proceed ---


class Foo:
    """The sample step, made from a specification with its services and args."""

    def __init__(self, lb: str, name: str) -> None:
        self.lb, self.name = lb, name

    def execute(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"modifiedName": f"{self.name}_bar", "from": self.lb, **data}


def test_a_pipeline_of_specified_steps_pauses_and_goes_on_with_what_it_is_given(jobs: JobBoy) -> None:
    jobs.service("DBLoadBalancer", lambda: "replica")
    foo = {"name": "foo-step", "class": f"{__name__}:Foo", "args": ["Bar-name"], "services": ["DBLoadBalancer"]}
    managed = jobs.steps("managed", timeout=timedelta(seconds=300))
    managed.add(foo)
    managed.step(lambda data: {**data, "checked": False}, name="check", interrupts=True)
    managed.step(lambda data: {"name": data["modifiedName"], "checked": data["checked"]}, name="last")

    paused = jobs.execute("managed")
    assert paused.paused
    assert paused.output == {"modifiedName": "Bar-name_bar", "from": "replica", "checked": False}
    assert jobs.proceed(paused.id, {"checked": True}).id == paused.id
    iterate(jobs)

    assert jobs.get(paused.id).output == {"name": "Bar-name_bar", "checked": True}


def test_an_error_shows_its_message_and_call_stack(jobs: JobBoy) -> None:
    jobs.steps("managed").step(lambda data: data["missing"], name="foo-step")
    failed = jobs.execute("managed")
    assert (failed.status, failed.error) == ("failed", "KeyError: 'missing'")
    assert 'data["missing"]' in failed.reports["reason"]["traceback"]


# --- nodes, pointers and actors ---


def a_holiday(jobs: JobBoy, told: dict[str, str]) -> None:
    """Somebody asks, their manager answers, a condition decides, a system is told: nodes, one after the other."""
    holiday = jobs.steps("holiday")

    @holiday.step(answer={"properties": {"approved": {"type": "boolean"}}, "required": ["approved"]})
    def manager(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
        process.store.set("actors", [f"manager of {data['employee']}"])
        told[process.idempotency_key] = process.store["actors"][0]
        return data

    @holiday.step
    def is_approved(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:  # a node without actors: IF
        following = "book" if data["approved"] else "console"
        jobs.start(following, {"employee": data["employee"]}, key=process.idempotency_key)
        return {**data, "following": following}

    for code in ("book", "console"):
        jobs.steps(code).step(lambda data: data, name="done")


@pytest.mark.parametrize(("approved", "following"), [(True, "book"), (False, "console")])
def test_nodes_wake_their_actors_wait_for_them_and_lead_on_by_what_they_answer(
    jobs: JobBoy, approved: bool, following: str
) -> None:
    told: dict[str, str] = {}
    a_holiday(jobs, told)

    pointer = jobs.start("holiday", {"employee": "ada"})  # the first node's data comes with the request
    iterate(jobs)
    assert list(told.values()) == ["manager of ada"]
    assert [process.id for process in jobs.list("paused")] == [pointer], "exactly one pointer is alive"
    jobs.proceed(pointer, {"approved": approved})
    iterate(jobs)

    ended = jobs.get(pointer)
    assert (ended.status, ended.output and ended.output["following"]) == ("completed", following)
    assert ended.ended_at is not None
    assert {process.code for process in jobs.list("completed")} == {"holiday", following}
    with pytest.raises(Refused, match="it is not paused but completed"):
        jobs.proceed(pointer, {"approved": approved})
