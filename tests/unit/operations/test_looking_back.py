"""What the door tells beyond a process as it is: its versions, where it could begin again, and it in words."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from jobboy import StepProcess
from jobboy.model.documents import ProcessStore
from jobboy.model.events import EventKind, NewEvent, difference
from jobboy.model.process import Process
from jobboy.operations import RestartPoint
from jobboy.ports import Change, process_place
from tests.factories import NOW, a_process
from tests.unit.bench import Bench


@pytest.fixture
def counting(bench: Bench) -> str:
    """A process whose handler has counted its store to three."""

    @bench.jobs.handler("count", status="starting")
    def begin(process: Any) -> None:
        process.store["n"] = 0
        process.run()

    @bench.jobs.handler("count", status="running")
    def count(process: Any) -> None:
        process.store["n"] += 1
        if process.store["n"] == 3:
            process.end()

    process_id = bench.start("count")
    for _ in range(4):
        bench.iterate()
    return process_id


def test_the_versions_of_a_store_are_what_its_turns_left_behind(bench: Bench, counting: str) -> None:
    versions = bench.operations.versions(counting, "store")
    assert [versions.at(index) for index in range(len(versions))] == [{}, {"n": 0}, {"n": 1}, {"n": 2}, {"n": 3}]
    assert len(bench.operations.versions(counting, "output")) == 1


def test_of_a_long_history_the_newest_versions_are_told(bench: Bench, counting: str) -> None:
    versions = bench.operations.versions(counting, "store", limit=2)
    assert [versions.at(index) for index in range(len(versions))] == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_versions_fit_the_present_while_somebody_writes(bench: Bench, counting: str) -> None:
    stop, number = threading.Event(), bench.get(counting).number

    def counted(process: Process) -> Change:
        after = process.changed(store=ProcessStore({"n": process.store["n"] + 1}))
        old, new = difference(process, after)
        event = NewEvent(kind=EventKind.ITERATED, at=NOW, actor="worker:test", before=old, after=new)
        return Change(process=after, seen_token=process.token, events=(event,))

    def write() -> None:
        while not stop.wait(0.005):
            bench.repository.change(number, counted)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            versions = bench.operations.versions(counting, "store", limit=20)
            told = [versions.at(index)["n"] for index in range(1, len(versions))]
            assert told == list(range(told[0], told[0] + len(told)))
    finally:
        stop.set()
        writer.join()


def test_a_restart_can_begin_where_the_step_before_has_an_output(bench: Bench) -> None:
    steps = bench.jobs.steps("import")

    @steps.step
    def fetch(data: dict[str, Any]) -> dict[str, Any]:
        return data

    @steps.step
    def load(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
        raise ValueError("row 12")

    @steps.step
    def report(data: dict[str, Any]) -> dict[str, Any]:
        return data

    process_id = bench.start("import", {"url": "x"})
    bench.finish(process_id)
    assert bench.operations.restart_points(process_id) == [
        RestartPoint("fetch"),
        RestartPoint("load"),
        RestartPoint("report", "it cannot begin at 'report', step 'load' before it has no recorded output"),
    ]
    assert bench.operations.restart(process_id, from_step="load").step == "load"


def test_plain_handlers_have_no_step_to_restart_from(bench: Bench, counting: str) -> None:
    assert bench.operations.restart_points(counting) == []


def test_an_explanation_knows_workers_steps_and_the_pause_of_work(bench: Bench, counting: str) -> None:
    told = bench.operations.explain(counting)
    assert told.next == (
        "The next free worker brings it to its end.",
        "But no worker is alive: start one with `jobboy --app MODULE:OBJECT work`.",
    )
    bench.operations.pause(reason="the disk is full")
    assert bench.operations.explain(counting).next[1].endswith(": the disk is full")


def test_an_explanation_knows_what_is_claimed_and_has_not_begun(bench: Bench) -> None:
    process = bench.put(a_process(handled=True, token=4))
    place = process_place(process.number, process.token)
    begun = "It was claimed together with others and has not begun: its turn comes after theirs."
    with bench.locks.take(place) or pytest.fail("taken"):
        assert begun not in bench.operations.explain(process.id).why
        assert bench.locks.mark_ahead(place)
        assert bench.operations.explain(process.id).why[-1] == begun
