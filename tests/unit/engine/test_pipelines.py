"""Steps: output to input, parameters first, pausing and going on, teardown, and what each leaves recorded."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobboy import HandledProcess, JobBoy, ProcessStatus, StepProcess
from jobboy.engine.definitions import wants_process
from jobboy.errors import InvalidDefinition
from jobboy.model.documents import Parameters
from jobboy.ports import StepResult
from tests.factories import NOW, fields
from tests.unit.bench import Bench

Data = dict[str, Any]


def steps_of(bench: Bench, process_id: str) -> list[tuple[str, str]]:
    return [(step.name, step.status.value) for step in bench.operations.details(process_id).steps]


# --- the flow of data ---


def test_the_output_of_each_step_is_the_input_of_the_next(bench: Bench, jobs: JobBoy) -> None:
    pipeline, inputs = jobs.steps("nightly"), []

    @pipeline.step
    def download(data: Data) -> Data:
        inputs.append(dict(data))
        return {"path": "/tmp/x"}

    @pipeline.step
    def validate(data: Data) -> Data:
        inputs.append(dict(data))
        return {**data, "rows": 812}

    @pipeline.step
    def load(data: Data) -> Data:
        inputs.append(dict(data))
        return {"loaded": data["rows"]}

    process = bench.finish(bench.start("nightly", {"url": "http://x"}))
    assert inputs == [{"url": "http://x"}, {"path": "/tmp/x"}, {"path": "/tmp/x", "rows": 812}]
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"loaded": 812})
    assert process.parameters == {"url": "http://x"}


def test_each_step_is_a_turn_of_its_own_and_recorded_once(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {"a": 1}, name="first")
    pipeline.step(lambda data: {"b": 2}, name="second")
    process_id = bench.start("nightly")
    assert (bench.get(process_id).step, bench.get(process_id).status) == ("first", ProcessStatus.STARTING)
    bench.iterate()
    process = bench.get(process_id)
    assert (process.step, process.status, process.started_at) == ("second", ProcessStatus.RUNNING, NOW)
    assert steps_of(bench, process_id) == [("first", "completed"), ("second", "pending")]
    bench.iterate()
    assert (bench.get(process_id).step, bench.get(process_id).status) == (None, ProcessStatus.COMPLETED)
    assert bench.kinds(process_id) == ["started", "step_completed", "step_completed"]
    assert [step.output for step in bench.operations.details(process_id).steps] == [{"a": 1}, {"b": 2}]


def test_a_step_that_returns_nothing_has_an_empty_output(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: None, name="only")
    assert bench.finish(bench.start("nightly", {"a": 1})).output == Parameters({})


def test_a_step_that_changes_its_data_in_place_changes_nothing_but_its_copy(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")

    @pipeline.step(retries=1)
    def spoil(data: Data, process: StepProcess) -> Data:
        data["rows"].append(2)
        if process.attempt == 1:
            raise OSError("once more")
        return data

    process_id = bench.start("nightly", {"rows": [1]})
    bench.finish(process_id)
    bench.advance(seconds=1)
    process = bench.finish(process_id)
    assert fields(process, "output", "parameters") == ({"rows": [1, 2]}, {"rows": [1]})


def test_a_pipeline_without_steps_completes_at_once(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nothing-to-do")
    assert bench.finish(bench.start("nothing-to-do")).status is ProcessStatus.COMPLETED


# --- what a step is given ---


def test_a_step_that_asks_for_the_process_can_read_and_write_it(bench: Bench, jobs: JobBoy) -> None:
    pipeline, keys = jobs.steps("nightly"), []

    @pipeline.step
    def count(data: Data, process: StepProcess) -> Data:
        process.store.inc("seen", 3)
        process.reports.add("warnings", "one row was empty")
        keys.append(process.idempotency_key)
        return {"url": process.parameters["url"], "step": process.step, "code": process.code}

    process_id = bench.start("nightly", {"url": "x"})
    process = bench.finish(process_id)
    assert process.output == {"url": "x", "step": "count", "code": "nightly"}
    assert fields(process, "store", "reports") == ({"seen": 3}, {"warnings": ["one row was empty"]})
    assert keys == [f"{process_id}/count/1"]


def test_what_a_step_wrote_before_it_raised_is_dropped(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")

    @pipeline.step
    def count(data: Data, process: StepProcess) -> Data:
        process.store["half"] = True
        raise ValueError("x")

    assert bench.finish(bench.start("nightly")).store == {}


class Stage:
    def execute(self, data: Data) -> Data:
        return data

    def with_process(self, data: Data, process: StepProcess) -> Data:
        return data


@pytest.mark.parametrize(
    ("perform", "wants"),
    [
        (lambda data: data, False),
        (lambda data, process: data, True),
        (lambda data, other: data, True),
        (lambda data, other=None: data, False),
        (lambda data, process=None: data, True),
        (lambda data, *, process: data, False),
        (lambda *data: data, False),
        (lambda **data: data, False),
        (Stage().execute, False),
        (Stage().with_process, True),
        (dict, False),
    ],
)
def test_whether_a_step_asks_for_the_process_is_told_by_its_parameters(perform: Any, wants: bool) -> None:
    assert wants_process(perform) is wants


@pytest.mark.parametrize(
    "perform",
    [
        lambda data, process: {"got": [data["n"], 3, process.step]},
        lambda data, *, process: {"got": [data["n"], 3, process.step]},
        lambda data, times=3, process=None: {"got": [data["n"], times, process.step]},
        lambda data, times=3, *, process=None: {"got": [data["n"], times, process.step]},
    ],
)
def test_a_step_gets_the_process_where_its_parameter_of_that_name_is(
    bench: Bench, jobs: JobBoy, perform: Any
) -> None:
    jobs.steps("nightly").step(perform, name="load")
    assert bench.finish(bench.start("nightly", {"n": 1})).output == {"got": [1, 3, "load"]}


def test_a_step_may_be_an_object_with_execute(bench: Bench, jobs: JobBoy) -> None:
    class Doubling:
        interrupts = True

        def execute(self, data: Data) -> Data:
            return {"n": data["n"] * 2}

    jobs.steps("nightly").step(Doubling(), name="double")
    process = bench.finish(bench.start("nightly", {"n": 21}))
    assert fields(process, "output", "paused") == ({"n": 42}, True)


def test_a_step_may_be_a_coroutine(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")

    @pipeline.step
    async def fetch(data: Data, process: StepProcess) -> Data:
        await asyncio.sleep(0)
        process.store["fetched"] = True
        return {"body": data["url"]}

    process = bench.finish(bench.start("nightly", {"url": "x"}))
    assert fields(process, "output", "store") == ({"body": "x"}, {"fetched": True})


def test_a_coroutine_is_done_where_an_event_loop_runs_already(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")

    @pipeline.step
    async def fetch(data: Data) -> Data:
        await asyncio.sleep(0)
        return {"body": "x"}

    async def program() -> object:
        return bench.finish(bench.start("nightly")).output

    assert asyncio.run(program()) == {"body": "x"}


def test_a_teardown_may_be_a_coroutine(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: 1 / 0, name="divide")

    @pipeline.teardown
    async def tear_down(process: StepProcess) -> None:
        await asyncio.sleep(0)
        process.store["removed"] = True

    process = bench.finish(bench.start("nightly"))
    assert fields(process, "status", "store") == (ProcessStatus.FAILED, {"removed": True})


async def raising(_: Data) -> None:
    raise LookupError("not there")


async def cancelling(_: Data) -> None:
    raise asyncio.CancelledError


async def timing_out(_: Data) -> None:
    raise TimeoutError("the server was slow")


@pytest.mark.parametrize(
    ("coroutine", "error"),
    [
        (raising, "LookupError: not there"),
        (cancelling, "CancelledError: "),
        (timing_out, "TimeoutError: the server was slow"),
    ],
)
def test_a_coroutine_that_raises_is_an_error_like_any(bench: Bench, jobs: JobBoy, coroutine: Any, error: str) -> None:
    jobs.steps("nightly").step(coroutine, timeout=timedelta(seconds=30))
    assert bench.finish(bench.start("nightly")).error == error


# --- pausing and going on ---


def a_paused_process(bench: Bench, jobs: JobBoy) -> str:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {"rows": 812, "rejected": 3}, name="validate", interrupts=True)
    pipeline.step(lambda data: {"got": data}, name="load")
    process_id = bench.start("nightly")
    bench.finish(process_id)
    return process_id


def test_an_interrupting_step_pauses_when_it_has_returned(bench: Bench, jobs: JobBoy) -> None:
    process = bench.get(a_paused_process(bench, jobs))
    assert (process.status, process.paused, process.handled) == (ProcessStatus.RUNNING, True, False)
    assert fields(process, "step", "output") == ("load", {"rows": 812, "rejected": 3})
    bench.advance(days=30)
    assert not bench.iterate().has_worked


def test_a_step_may_say_of_each_output_whether_somebody_must_look_at_it(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("invoice")
    schema = {"properties": {"approved": {"type": "boolean"}}, "required": ["approved"]}
    pipeline.step(lambda data: data, name="review", answer=schema, interrupts=lambda output: output["total"] > 1000)

    small, large = (bench.finish(bench.start("invoice", {"total": total})) for total in (10, 5000))

    assert fields(small, "status", "paused", "output") == ("completed", False, {"total": 10})
    assert fields(large, "status", "paused", "answer_schema") == ("running", True, schema)


def test_a_condition_of_a_pause_that_raises_is_an_error_of_its_step(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("invoice").step(lambda data: data, name="review", interrupts=lambda output: output["missing"])
    process = bench.finish(bench.start("invoice"))
    assert fields(process, "status", "error", "output") == ("failed", "KeyError: 'missing'", None)


def test_an_object_may_say_of_its_output_whether_it_interrupts(bench: Bench, jobs: JobBoy) -> None:
    class Review:
        def execute(self, data: Data) -> Data:
            return data

        def interrupts(self, output: Data) -> bool:
            return bool(output["rejected"])

    jobs.steps("nightly").step(Review(), name="review")
    assert not bench.finish(bench.start("nightly", {"rejected": 0})).paused
    assert bench.finish(bench.start("nightly", {"rejected": 3})).paused


def test_proceed_merges_its_data_over_the_paused_output(bench: Bench, jobs: JobBoy) -> None:
    process_id = a_paused_process(bench, jobs)
    proceeded = bench.operations.proceed(process_id, {"rejected": 0, "by": "ada"})
    assert fields(proceeded, "paused", "output") == (False, {"rows": 812, "rejected": 0, "by": "ada"})
    process = bench.finish(process_id)
    assert process.status is ProcessStatus.COMPLETED
    assert process.output == {"got": {"rows": 812, "rejected": 0, "by": "ada"}}


def test_proceed_without_data_goes_on_with_what_there_is(bench: Bench, jobs: JobBoy) -> None:
    process_id = a_paused_process(bench, jobs)
    bench.operations.proceed(process_id)
    assert bench.finish(process_id).output == {"got": {"rows": 812, "rejected": 3}}


def test_proceed_after_the_last_step_completes(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("ask").step(lambda data: {"question": "ok?"}, name="ask", interrupts=True)
    process_id = bench.start("ask")
    paused = bench.finish(process_id)
    assert (paused.paused, paused.step, paused.status) == (True, None, ProcessStatus.RUNNING)
    bench.advance(hours=1)
    process = bench.operations.proceed(process_id, {"answer": "yes"})
    assert (process.status, process.paused) == (ProcessStatus.COMPLETED, False)
    assert process.output == {"question": "ok?", "answer": "yes"}
    assert process.ended_at == bench.clock.now()


# --- going wrong ---


def test_a_failing_pipeline_tears_down_once_and_is_failed(bench: Bench, jobs: JobBoy) -> None:
    pipeline, torn = jobs.steps("nightly"), []
    pipeline.step(lambda data: 1 / 0, name="divide")

    @pipeline.teardown
    def tear_down(process: StepProcess) -> None:
        torn.append(process.id)
        process.store["removed"] = True

    process_id = bench.start("nightly")
    process = bench.finish(process_id)
    assert torn == [process_id]
    assert fields(process, "status", "step", "store") == (ProcessStatus.FAILED, "divide", {"removed": True})
    assert process.error == "ZeroDivisionError: division by zero"
    assert process.reports["reason"]["type"] == "ZeroDivisionError"


def test_a_step_the_definition_no_longer_has_fails_the_process_saying_so(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: data, name="first")
    pipeline.step(lambda data: data, name="second")
    process_id = bench.start("nightly")
    bench.iterate()
    pipeline.definition.by_name.popitem()
    process = bench.finish(process_id)
    assert process.status is ProcessStatus.FAILED
    assert process.error == (
        "StepNotFound: the definition of 'nightly' no longer has the step 'second'; it has first"
    )


def test_a_step_name_is_used_once_in_a_pipeline(jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: data, name="load")
    with pytest.raises(InvalidDefinition, match=r"^nightly\.load: a pipeline has each step name once"):
        pipeline.step(lambda data: data, name="load")
    with pytest.raises(InvalidDefinition, match=r"^step name: "):
        pipeline.step(lambda data: data, name="two words")


# --- kills ---


def test_a_killed_pipeline_tears_down_instead_of_going_on(bench: Bench, jobs: JobBoy) -> None:
    pipeline, done = jobs.steps("nightly"), []
    for name in ("first", "second"):
        pipeline.step(lambda data, name=name: done.append(name), name=name)
    pipeline.teardown(lambda process: done.append("teardown"))
    process_id = bench.start("nightly")
    bench.iterate()
    bench.operations.kill(process_id, reason="wrong file")
    bench.iterate()
    assert bench.get(process_id).status is ProcessStatus.FAILING
    process = bench.finish(process_id)
    assert done == ["first", "teardown"]
    assert (process.status, process.error) == (ProcessStatus.FAILED, "killed by an operator")


def test_a_kill_during_a_step_lets_it_return_and_then_tears_down(bench: Bench, jobs: JobBoy) -> None:
    pipeline, done = jobs.steps("nightly"), []

    @pipeline.step
    def first(data: Data, process: StepProcess) -> None:
        bench.operations.kill(process.id)
        done.append("first")

    pipeline.step(lambda data: done.append("second"), name="second")
    process = bench.finish(bench.start("nightly"))
    assert (process.status, done) == (ProcessStatus.FAILED, ["first"])
    assert process.killed_at is not None


def test_a_killed_process_of_plain_handlers_goes_to_its_failing_handler(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.run())

    @jobs.handler("import", status="failing")
    def tear_down(process: HandledProcess) -> None:
        process.store["removed"] = True

    process_id = bench.start("import")
    bench.iterate()
    bench.operations.kill(process_id)
    process = bench.finish(process_id)
    assert fields(process, "status", "store") == (ProcessStatus.FAILED, {"removed": True})


def test_a_process_that_was_started_where_no_step_was_known_does_them_all(bench: Bench, jobs: JobBoy) -> None:
    elsewhere = JobBoy(bench.url)
    elsewhere.steps("nightly")
    process_id = elsewhere.start("nightly", {"n": 5})
    elsewhere.close()
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {"n": data["n"] + 1}, name="add")
    pipeline.step(lambda data: {"n": data["n"] * 2}, name="double", isolated=True, timeout=timedelta(minutes=1))
    bench.runner.answer = lambda order: StepResult(output={"n": order.data["n"] * 2})
    process = bench.finish(process_id)
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"n": 12})
    assert steps_of(bench, process_id) == [("add", "completed"), ("double", "completed")]


# --- handlers of one's own before the pipeline ---


def test_a_handler_before_the_pipeline_has_the_process_as_it_was_started(bench: Bench, jobs: JobBoy) -> None:
    pipeline, seen = jobs.steps("nightly"), []
    pipeline.step(lambda data: {"loaded": True}, name="load")

    @jobs.handler("nightly", status="starting")
    def wait_for_the_file(process: HandledProcess) -> bool | None:
        kept = bench.get(process.id)
        seen.append((process.status.value, kept.status.value, kept.started_at))
        if len(seen) < 3:
            return False
        process.run()
        return None

    process_id = bench.start("nightly")
    for _ in range(2):
        bench.iterate()
        assert fields(bench.get(process_id), "status", "started_at") == (ProcessStatus.STARTING, None)
        bench.advance(seconds=1)
    process = bench.finish(process_id)
    assert seen == [("starting", "starting", None)] * 3
    assert fields(process, "status", "output", "started_at") == (
        ProcessStatus.COMPLETED,
        {"loaded": True},
        NOW + timedelta(seconds=2),
    )


def test_a_crash_of_a_handler_before_the_pipeline_does_not_skip_it(bench: Bench, jobs: JobBoy) -> None:
    pipeline, asked = jobs.steps("nightly"), []
    pipeline.step(lambda data: {"loaded": True}, name="load")

    @jobs.handler("nightly", status="starting")
    def check(process: HandledProcess) -> None:
        asked.append(process.attempt)
        if len(asked) == 1:
            raise KeyboardInterrupt
        process.run()

    process_id = bench.start("nightly")
    with pytest.raises(KeyboardInterrupt):
        bench.iterate()
    bench.sweep()
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED
    assert asked == [1, 2]


def test_a_first_step_after_a_handler_that_let_it_pass_is_retried_as_running(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly")
    pipeline.step(raising, retries=1)
    jobs.handler("nightly", status="ending")(lambda process: None)
    process = bench.finish(bench.start("nightly"))
    assert fields(process, "status", "error") == (ProcessStatus.RUNNING, "LookupError: not there")
    assert process.is_waiting
