"""Starting: what is kept at once, what is started once, and what is refused before anything is written."""

from datetime import timedelta
from typing import Any

import pytest

from jobboy import CrashPolicy, InvalidValue, JobBoy, ProcessStatus
from jobboy.errors import CodeNotFound, NotFound, Refused
from jobboy.model.selection import Selection
from jobboy.ports import DefinitionRecord
from tests.factories import NOW, fields
from tests.unit.bench import OPERATOR, Bench


@pytest.fixture(autouse=True)
def definitions(jobs: JobBoy) -> None:
    jobs.handler("import")(lambda process: process.complete())
    pipeline = jobs.steps("nightly", retention=timedelta(days=7))
    pipeline.step(lambda data: {}, name="download")
    pipeline.step(lambda data: {}, name="load")


def test_a_started_process_is_kept_with_its_event(bench: Bench) -> None:
    process_id = bench.start("import", {"rows": [1, {"a": None}]})
    process = bench.get(process_id)
    assert fields(process, "status", "code", "priority", "generation") == (ProcessStatus.STARTING, "import", 100, 1)
    assert fields(process, "created_at", "updated_at", "turn_at", "started_at") == (NOW, NOW, NOW, None)
    assert process.parameters == {"rows": [1, {"a": None}]}
    (event,) = bench.history(process_id)
    assert fields(event, "kind", "actor", "process_id", "at") == ("started", OPERATOR, process_id, NOW)


def test_a_process_takes_step_policy_and_retention_from_its_definition(bench: Bench) -> None:
    process = bench.get(bench.start("nightly"))
    assert fields(process, "step", "on_crash", "retention") == ("download", CrashPolicy.RECOVER, timedelta(days=7))
    plain = bench.get(bench.start("import"))
    assert fields(plain, "step", "on_crash", "retention") == (None, CrashPolicy.HOLD, timedelta(days=90))


def test_two_starts_with_one_key_are_one_process(bench: Bench) -> None:
    first = bench.start("import", {"a": 1}, key="2026-01-05")
    assert bench.start("import", {"a": 2}, key="2026-01-05") == first
    assert bench.start("import", key="2026-01-06") != first
    assert bench.get(first).parameters == {"a": 1}
    assert bench.kinds(first) == ["started"]


def test_orders_may_be_generated(bench: Bench) -> None:
    orders: Any = (("import", {"n": n}) for n in range(3))
    ids = bench.operations.start_many(orders)
    assert [bench.get(process_id).parameters["n"] for process_id in ids] == [0, 1, 2]


def test_orders_that_share_an_object_have_parameters_each(bench: Bench) -> None:
    shared = {"n": 1}
    ids = bench.operations.start_many([("import", given) for given in (shared, shared, {"n": 2}, shared)])
    shared["n"] = 3
    assert [bench.get(process_id).parameters["n"] for process_id in ids] == [1, 1, 2, 1]


def test_codes_that_take_turns_are_started_in_order(bench: Bench) -> None:
    codes = ["import", "nightly", "nightly", "import"]
    processes = [bench.get(each) for each in bench.operations.start_many([(code, {}) for code in codes])]
    assert [process.code for process in processes] == codes
    assert [process.step for process in processes] == [None, "download", "download", None]
    assert sorted(process.number for process in processes) == [process.number for process in processes]


def test_a_key_of_another_code_is_refused_and_nothing_is_started(bench: Bench) -> None:
    first = bench.start("import", key="2026-01-05")
    with pytest.raises(
        Refused, match=rf"cannot start nightly: its key '2026-01-05' is that of {first}, a process of"
    ):
        bench.operations.start_many([("import", {}), ("nightly", {})], keys=["new", "2026-01-05"])
    assert [process.id for process in bench.operations.list(Selection())] == [first]


def test_a_key_stays_taken_when_its_process_has_ended(bench: Bench) -> None:
    process_id = bench.start("import", key="once")
    bench.finish(process_id)
    assert bench.start("import", key="once") == process_id


def test_a_delayed_process_waits(bench: Bench) -> None:
    process_id = bench.start("import", delay=timedelta(minutes=10))
    assert bench.get(process_id).wait_until == NOW + timedelta(minutes=10)
    assert bench.finish(process_id).status is ProcessStatus.STARTING
    bench.advance(minutes=10)
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED


def test_a_delay_of_nothing_is_none(bench: Bench) -> None:
    assert bench.get(bench.start("import", delay=timedelta(0))).wait_until is None


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"delay": timedelta(seconds=-1)}, "delay: must not be negative"),
        ({"delay": timedelta.max}, "delay: ends after the year 9999"),
        ({"priority": -1}, "priority: must be from 0"),
        ({"priority": 1_000_001}, "priority: must be from 0 (first) to 1,000,000 (last)"),
        ({"delay": 10}, "delay: must be a timedelta, such as timedelta(minutes=10), not 10"),
        ({"priority": 1.5}, "priority: must be from 0 (first) to 1,000,000 (last), a whole number"),
        ({"priority": "3"}, "priority: must be from 0"),
        ({"key": 5}, "key: must be 1 to 200 printable characters"),
        ({"key": ""}, "key: must be 1 to 200 printable characters"),
        ({"key": "x" * 201}, "key: must be 1 to 200 printable characters"),
        ({"key": "a\nb"}, "key: must be 1 to 200 printable characters"),
        ({"parameters": {"rows": [1, {"name": float("inf")}]}}, "parameters.rows[1].name: is inf"),
        ({"parameters": {"a": "x" * 1_000_000}}, "parameters: takes 1,000,008 bytes"),
        ({"parameters": [1]}, "parameters: must be a JSON object (dict), not list"),
        ({"parameters": []}, "parameters: must be a JSON object (dict), not list"),
        ({"parameters": "text"}, "parameters: must be a JSON object (dict), not str"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nothing_is_kept(bench: Bench, options: dict[str, Any], error: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        bench.start("import", **options)
    assert str(refused.value).startswith(error)
    assert bench.operations.count(Selection()) == 0


@pytest.mark.parametrize("priority", [0, 1_000_000])
def test_the_limits_of_priority_are_priorities(bench: Bench, priority: int) -> None:
    assert bench.get(bench.start("import", priority=priority)).priority == priority


def test_an_unknown_code_is_refused_naming_the_known_ones(bench: Bench) -> None:
    with pytest.raises(CodeNotFound, match="no definition for code 'imports'; known codes: import, nightly"):
        bench.start("imports")


@pytest.mark.parametrize("code", [None, 7, ["import"]])
def test_a_code_that_is_no_text_is_refused_in_words(bench: Bench, code: Any) -> None:
    with pytest.raises(InvalidValue, match="code: must be text, not "):
        bench.start(code)


@pytest.mark.parametrize("order", [("import",), ("import", {}, 1), 7, (["import"], {})])
def test_orders_that_are_no_pairs_are_refused_and_nothing_is_started(bench: Bench, order: Any) -> None:
    with pytest.raises(InvalidValue, match="orders: must be pairs of a code and its parameters"):
        bench.operations.start_many([("import", {}), order])
    assert bench.operations.count(Selection()) == 0


def test_a_code_that_only_a_worker_of_the_database_knows_can_be_started(bench: Bench) -> None:
    kept = DefinitionRecord(
        code="elsewhere", steps=("a", "b"), on_crash=CrashPolicy.FAIL, retention=timedelta(days=1)
    )
    bench.repository.remember([kept])
    process = bench.get(bench.start("elsewhere"))
    assert fields(process, "step", "on_crash", "retention") == ("a", CrashPolicy.FAIL, timedelta(days=1))
    assert bench.operations.definition("elsewhere") == kept


def test_a_code_that_a_worker_has_left_is_known_before_anything_of_it_was_started(bench: Bench) -> None:
    left = DefinitionRecord(code="left", steps=("a",), on_crash=CrashPolicy.FAIL, retention=timedelta(days=1))
    bench.repository.remember([left])
    assert bench.repository.defined_codes() == ["left"]
    assert "left" in bench.operations.codes()
    with pytest.raises(CodeNotFound, match="known codes: import, left, nightly"):
        bench.start("imports")


def test_what_is_not_there_is_repeated_only_as_far_as_it_can_be_read(bench: Bench) -> None:
    for refused in (bench.operations.get, bench.operations.start, bench.operations.schedule):
        with pytest.raises(NotFound) as told:
            refused("x" * 5000)
        assert "x…'" in str(told.value)
        assert len(str(told.value)) < 200


def test_several_are_started_all_or_none_and_in_order(bench: Bench) -> None:
    ids = bench.operations.start_many([("import", {"n": n}) for n in range(3)], keys=["a", None, "c"])
    assert [bench.get(process_id).parameters["n"] for process_id in ids] == [0, 1, 2]
    with pytest.raises(InvalidValue, match=r"^parameters\.n: "):
        bench.operations.start_many([("import", {"n": 3}), ("import", {"n": float("nan")})])
    assert bench.operations.count(Selection()) == 3
    assert bench.operations.start_many([]) == []


@pytest.mark.parametrize("keys", [[], ["only one"], ["one", "two", "three"]])
def test_each_order_has_a_key_of_its_own(bench: Bench, keys: list[str]) -> None:
    rule = f"keys: must be as many as there are orders, 2, not {len(keys)}"
    with pytest.raises(InvalidValue, match=rule):
        bench.operations.start_many([("import", {}), ("import", {})], keys=keys)
    assert bench.operations.count(Selection()) == 0


def test_what_is_started_can_be_counted_on_in_a_new_program(bench: Bench) -> None:
    process_id = bench.start("import")
    other = JobBoy(bench.url)
    try:
        assert other.get(process_id).id == process_id
    finally:
        other.close()
