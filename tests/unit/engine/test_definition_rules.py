"""What a definition is refused for: limits that no worker could keep, and functions whose call would do nothing."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from jobboy import Backoff, HandledProcess, JobBoy
from jobboy.errors import InvalidDefinition
from tests.unit.bench import Bench

NO_TIME = "must be a timedelta, such as timedelta(minutes=10), not 10"


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"timeout": 10}, f"timeout of import: {NO_TIME}"),
        ({"timeout": timedelta(0)}, "timeout of import: must be more than 0, up to 36,500 days, not 0:00:00"),
        ({"timeout": timedelta.max}, "timeout of import: must be more than 0, up to 36,500 days, not 999999999 days"),
        ({"retention": 10}, f"retention of import: {NO_TIME}"),
        ({"retention": timedelta.max}, "retention of import: must be from 0 to 36,500 days, not 999999999 days"),
        ({"on_crash": "retry"}, "on_crash of import: must be recover, fail or hold, not 'retry'"),
    ],
)
def test_a_limit_of_a_process_that_no_worker_could_keep_is_refused(
    jobs: JobBoy, limits: dict[str, Any], error: str
) -> None:
    for define in (jobs.steps, jobs.define):
        with pytest.raises(InvalidDefinition) as refused:
            define("import", **limits)
        assert str(refused.value).startswith(error)
    assert jobs.registry.codes() == []
    jobs.steps("import")  # nothing of what was refused is in the way


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"timeout": 10}, f"timeout of step 'load': {NO_TIME}"),
        ({"timeout": timedelta.max}, "timeout of step 'load': must be more than 0"),
        ({"retries": "3"}, "retries of step 'load': must be a whole number from 0, not '3'"),
        ({"retries": -1}, "retries of step 'load': must be a whole number from 0, not -1"),
        ({"retries": True}, "retries of step 'load': must be a whole number from 0, not True"),
        ({"backoff": 10}, f"backoff: {NO_TIME}"),
        ({"memory_limit": "100"}, "memory_limit of step 'load': must be a whole number from 1, not '100'"),
    ],
)
def test_a_limit_of_a_step_that_no_worker_could_keep_is_refused(
    jobs: JobBoy, limits: dict[str, Any], error: str
) -> None:
    pipeline = jobs.steps("import")
    with pytest.raises(InvalidDefinition) as refused:
        pipeline.step(lambda data: None, name="load", **limits)
    assert str(refused.value).startswith(error)
    assert pipeline.definition.steps == ()


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf"), "2", True])
def test_a_backoff_that_is_no_time_is_refused(factor: Any) -> None:
    with pytest.raises(InvalidDefinition, match=r"^backoff\.factor: must be a number above 0"):
        Backoff(factor=factor)


def test_the_backoff_of_handlers_may_be_a_time_as_that_of_steps(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", retries=1, backoff=timedelta(minutes=1))
    attempts: list[int] = []

    @jobs.handler("import")
    def load(process: HandledProcess) -> None:
        attempts.append(process.attempt)
        if process.attempt == 1:
            raise LookupError
        process.complete()

    process_id = bench.start("import")
    bench.iterate()
    assert bench.get(process_id).wait_until == bench.clock.now() + timedelta(minutes=1)
    bench.advance(minutes=1)
    bench.finish(process_id)
    assert attempts == [1, 2]


@pytest.mark.parametrize("backoff", [10, "10s"])
def test_a_backoff_of_handlers_that_no_worker_could_keep_is_refused(jobs: JobBoy, backoff: Any) -> None:
    with pytest.raises(InvalidDefinition, match=r"^backoff: must be a timedelta"):
        jobs.define("import", backoff=backoff)
    assert jobs.registry.codes() == []


# --- functions that would not run ---


async def asynchronous(_: Any) -> None:
    """Nothing of this is done when it is called."""


def generating(_: Any) -> Iterator[int]:
    yield 1


async def generating_asynchronously(_: Any) -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("function", [asynchronous, generating, generating_asynchronously])
def test_a_handler_whose_call_would_do_nothing_is_refused(jobs: JobBoy, function: Any) -> None:
    with pytest.raises(InvalidDefinition, match=r"^handler of import: must "):
        jobs.handler("import")(function)
    with pytest.raises(InvalidDefinition, match=r"^handler SimpleNamespace: must "):
        jobs.register(SimpleNamespace(supports=lambda process: True, handle=function))
    assert jobs.handlers() == []


@pytest.mark.parametrize("function", [generating, generating_asynchronously])
def test_a_step_or_teardown_that_yields_is_refused(jobs: JobBoy, function: Any) -> None:
    pipeline = jobs.steps("import")
    with pytest.raises(InvalidDefinition, match=rf"^step '{function.__name__}': must return, not yield"):
        pipeline.step(function)
    with pytest.raises(InvalidDefinition, match=r"^teardown of import: must return, not yield"):
        pipeline.teardown(function)


@pytest.mark.parametrize("function", [asynchronous, generating, generating_asynchronously])
def test_a_condition_of_a_pause_whose_call_would_answer_nothing_is_refused(jobs: JobBoy, function: Any) -> None:
    pipeline = jobs.steps("import")
    with pytest.raises(InvalidDefinition, match=r"^interrupts of step 'load': must "):
        pipeline.step(lambda data: None, name="load", interrupts=function)
    assert pipeline.definition.steps == ()


@pytest.mark.parametrize("function", [asynchronous, generating, generating_asynchronously])
def test_a_handler_of_which_nothing_has_run_fails_the_process(bench: Bench, jobs: JobBoy, function: Any) -> None:
    jobs.handler("import")(lambda process: function(process))
    process_id = bench.start("import")
    bench.iterate()
    assert (bench.get(process_id).error or "").startswith("InvalidValue: answer of the handler: is a")


def test_an_object_that_can_be_called_is_a_handler(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import")(partial(HandledProcess.complete, output={"rows": 1}))
    assert bench.finish(bench.start("import")).output == {"rows": 1}
