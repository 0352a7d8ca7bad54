"""Retention, health, the pause of all work, and workers."""

import os
from datetime import timedelta
from typing import Any

import pytest

from jobboy import InvalidValue, JobBoy, Process, Refused
from jobboy.model.selection import Selection
from jobboy.model.workers import WorkerInfo
from jobboy.operations import housekeeping, parse_filter
from jobboy.ports import worker_place
from tests.factories import NOW, a_process, fields
from tests.unit.bench import OPERATOR, Bench

DAY = timedelta(days=1)


def ended(bench: Bench, days_ago: int, **fields: Any) -> Process:
    at = NOW - days_ago * DAY
    values = {"status": "completed", "ended_at": at, "expires_at": at + 90 * DAY, **fields}
    return bench.put(a_process(**values))


# --- retention ---


def test_prune_removes_what_is_kept_long_enough_and_nothing_else(bench: Bench) -> None:
    ended(bench, 91)
    ended(bench, 100, status="failed")
    ended(bench, 10, expires_at=NOW - DAY)
    left = {ended(bench, 89).id, bench.put(a_process(created_at=NOW - 500 * DAY)).id}
    assert bench.operations.prune(dry_run=True) == 3
    assert bench.operations.count(Selection()) == 5
    assert bench.operations.prune() == 3
    assert {process.id for process in bench.operations.list(Selection())} == left
    assert bench.operations.prune() == 0


def test_prune_forgets_workers_that_ended_long_ago_but_none_that_lives_or_holds_something(bench: Bench) -> None:
    def enlist(name: str, days_ago: int) -> WorkerInfo:
        moment = NOW - days_ago * DAY
        return bench.repository.add_worker(
            WorkerInfo(number=0, id=name, host="h", pid=1, slots=1, codes=(), started_at=moment)
        )

    enlist("dead", 3)
    living, holding, recent = enlist("living", 3), enlist("holding", 3), enlist("recent", 0)
    bench.put(a_process(handled=True, handled_by=holding.id))
    with bench.locks.take(worker_place(living.number)) or pytest.fail("taken"):
        bench.operations.prune()
    assert {worker.id for worker in bench.repository.workers()} == {living.id, holding.id, recent.id}


def test_what_was_pruned_is_in_the_history_of_the_database(bench: Bench) -> None:
    old = ended(bench, 91)
    bench.operations.prune()
    event = bench.operations.feed(after=0)[-1]
    assert fields(event, "kind", "process_id", "actor", "after") == ("pruned", None, OPERATOR, {"pruned": 1})
    assert all(event.process_id != old.id for event in bench.operations.feed(after=0))


def test_prune_may_be_told_an_age(bench: Bench) -> None:
    ended(bench, 8)
    ended(bench, 6)
    bench.put(a_process(created_at=NOW - 500 * DAY))
    assert bench.operations.prune(older_than=7 * DAY, dry_run=True) == 1
    assert bench.operations.prune(older_than=7 * DAY) == 1
    assert bench.operations.count(Selection()) == 2


def test_prune_goes_on_batch_by_batch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for _ in range(5):
        ended(bench, 91)
    assert bench.operations.prune() == 5
    told = [event.after for event in bench.operations.feed(after=0) if event.kind == "pruned"]
    assert told == [{"pruned": 2}, {"pruned": 2}, {"pruned": 1}]


def test_a_negative_age_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidValue, match="older_than: must not be negative"):
        bench.operations.prune(older_than=-DAY)
    assert bench.operations.prune(older_than=timedelta.max) == 0
    assert bench.operations.house.prunable(parse_filter(""), older_than=timedelta.max).numbers == []


def test_a_process_is_kept_for_as_long_as_its_definition_says(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", retention=2 * DAY)
    jobs.handler("import")(lambda process: process.complete())
    bench.finish(bench.start("import"))
    bench.advance(days=1)
    assert bench.operations.prune() == 0
    bench.advance(days=2)
    assert bench.operations.prune() == 1


# --- health ---


def checks(bench: Bench) -> dict[str, tuple[bool, str]]:
    return {what: (well, told) for what, well, told in bench.operations.doctor()}


def test_the_doctor_finds_an_empty_database_well(bench: Bench) -> None:
    assert [what for what, (well, _) in checks(bench).items() if not well] == []


def test_the_doctor_says_what_is_wrong_and_what_to_do(bench: Bench) -> None:
    bench.put(a_process(handled=True))
    bench.operations.pause()
    found = checks(bench)
    assert found["workers"] == (False, "0 alive for 1 active processes: start one with `jobboy work`")
    assert found["work"] == (False, f"paused by {OPERATOR}: `jobboy resume`")
    assert found["stuck"] == (False, "1 stuck: see `jobboy list stuck`")


def test_the_doctor_names_codes_whose_processes_no_living_worker_serves(bench: Bench) -> None:
    """As after a code was taken out of an app, or its worker was not started again."""
    info = WorkerInfo(number=0, id="w", host="h", pid=1, slots=1, codes=("import",), started_at=NOW)
    worker = bench.repository.add_worker(info)
    for code in ("import", "billing", "billing", "export"):
        bench.put(a_process(code=code))
    bench.put(a_process(code="old", status="completed", ended_at=NOW, expires_at=NOW + DAY))

    with bench.locks.take(worker_place(worker.number)) or pytest.fail("taken"):
        assert checks(bench)["workers"] == (
            False,
            "1 alive for 4 active processes, but none serves the codes 'billing', 'export': start one that does",
        )


# --- the pause of all work ---


def test_work_is_paused_once_and_resumed_once(bench: Bench) -> None:
    pause = bench.operations.pause(reason="migration")
    assert fields(pause, "at", "actor", "reason") == (NOW, OPERATOR, "migration")
    assert bench.operations.overview().pause == pause
    with pytest.raises(Refused, match="cannot pause all work: it is paused already"):
        bench.operations.pause()
    bench.operations.resume(reason="done")
    assert bench.operations.overview().pause is None
    with pytest.raises(Refused, match="cannot resume all work: it is not paused"):
        bench.operations.resume()
    told = [fields(event, "kind", "actor", "reason") for event in bench.operations.feed(after=0)]
    assert told == [("work_paused", OPERATOR, "migration"), ("work_resumed", OPERATOR, "done")]


# --- workers ---


def a_worker(bench: Bench, name: str, **changes: Any) -> WorkerInfo:
    values = {"number": 0, "host": "h", "pid": os.getpid(), "slots": 4, "codes": (), "started_at": NOW, **changes}
    return bench.repository.add_worker(WorkerInfo(id=name, **values))


def test_living_workers_are_told_by_their_locks_with_what_they_hold(bench: Bench) -> None:
    living, dead = a_worker(bench, "h:1:living"), a_worker(bench, "h:1:dead")
    held = bench.put(a_process(handled=True, handled_by=living.id))
    with bench.locks.take(worker_place(living.number)) or pytest.fail("taken"):
        told = {worker.id: fields(worker, "alive", "holds") for worker in bench.operations.workers()}
        assert bench.operations.overview().workers_alive == 1
    assert told == {living.id: (True, (held.id,)), dead.id: (False, ())}


def test_workers_that_ended_long_ago_are_not_listed_unless_they_hold_something(bench: Bench) -> None:
    long_ago = NOW - 3 * DAY
    a_worker(bench, "h:1:gone", started_at=long_ago)
    holding = a_worker(bench, "h:1:holding", started_at=long_ago)
    bench.put(a_process(handled=True, handled_by=holding.id))
    assert [worker.id for worker in bench.operations.workers()] == [holding.id]


# --- pruning what a filter has ---


def test_what_a_filter_has_is_found_and_removed_whatever_its_retention(bench: Bench) -> None:
    kept = [bench.put(a_process(code="old")), ended(bench, 1, code="new")]
    gone = [ended(bench, 1, code="old", status=status) for status in ("completed", "failed")]
    found = bench.operations.house.prunable(parse_filter("code:old"))
    assert (sorted(found.numbers), found.codes) == ([one.number for one in gone], {"old": 2})
    with pytest.raises(InvalidValue, match=r"^reason: "):
        bench.operations.house.prune(found, reason="what JSON cannot keep: \0")
    assert bench.operations.house.prune(found, reason="they were tried out") == 2
    assert [bench.repository.get(one.id) is None for one in (*kept, *gone)] == [False, False, True, True]
    event = bench.operations.feed(after=0)[-1]
    assert (event.kind, event.reason, event.after) == ("pruned", "they were tried out", {"pruned": 2})


def test_of_what_a_filter_has_only_what_is_old_enough_is_removed(bench: Bench) -> None:
    ended(bench, 2)
    house = bench.operations.house
    assert house.prunable(parse_filter(""), older_than=3 * DAY).numbers == []
    assert len(house.prunable(parse_filter(""), older_than=DAY).numbers) == 1


def test_a_pruning_that_is_stopped_ends_after_a_batch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for _ in range(5):
        ended(bench, 5)
    found = bench.operations.house.prunable(parse_filter(""))
    assert bench.operations.house.prune(found, goes_on=lambda removed: removed < 4) == 4
    assert bench.operations.house.prunable(parse_filter(""), goes_on=lambda _: False).numbers == []
