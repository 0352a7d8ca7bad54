"""When a handler or a step raises: what is written down, what is dropped, and when it is tried again."""

import logging
from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from jobboy import Backoff, HandledProcess, JobBoy, ProcessStatus, StepProcess
from jobboy.engine.turns import describe_error
from tests.factories import fields
from tests.unit.bench import Bench


def raising(error: BaseException) -> Callable[[Any], None]:
    def work(_: Any) -> None:
        raise error

    return work


def test_the_error_is_in_the_reports_and_the_history_and_on_its_own_line(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import")(raising(ValueError("row 7 is empty\nand so is row 8")))
    process_id = bench.start("import")
    bench.iterate()
    process = bench.get(process_id)
    assert (process.status, process.handled) == (ProcessStatus.FAILING, False)
    assert process.error == "ValueError: row 7 is empty"
    reason = process.reports["reason"]
    assert (reason["type"], reason["message"]) == ("ValueError", "row 7 is empty\nand so is row 8")
    assert reason["traceback"].startswith("Traceback (most recent call last)")
    assert "raise error" in reason["traceback"]
    last = bench.history(process_id)[-1]
    assert (last.kind, last.attempt) == ("raised", 1)
    assert (last.after or {})["reports"]["reason"]["type"] == "ValueError"
    assert (last.after or {})["error"] == "ValueError: row 7 is empty"


@pytest.mark.parametrize("limit", [None, timedelta(minutes=1)])
def test_the_log_of_an_error_begins_with_the_code_that_raised_it(
    bench: Bench, jobs: JobBoy, caplog: pytest.LogCaptureFixture, limit: timedelta | None
) -> None:
    jobs.steps("import").step(raising(ValueError("row 7 is empty")), name="load", timeout=limit)
    process_id = bench.start("import")
    with caplog.at_level(logging.INFO, "jobboy"):
        bench.iterate()
    (record,) = [record for record in caplog.records if record.getMessage() == f"load of {process_id} raised"]
    head, first, *_ = logging.Formatter().format(record).splitlines()[1:]
    assert head == "Traceback (most recent call last):"
    assert f'"{__file__}"' in first


def test_what_a_handler_changed_before_it_raised_is_dropped(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        process.store["half"] = True
        process.reports["warnings"] = ["x"]
        process.run()
        raise OSError("disk on fire")

    process_id = bench.start("import")
    bench.iterate()
    process = bench.get(process_id)
    assert process.store == {}
    assert set(process.reports) == {"reason"}
    assert process.status is ProcessStatus.FAILING


# --- which exceptions count ---


class Strange(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this works")


LINE_THAT_IS_NONE: Any = ("a.txt", 1, 2, 3)


class Leaving(Exception):
    def __str__(self) -> str:
        raise SystemExit(4)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (SystemExit(3), "SystemExit: 3"),
        (SystemExit("go away"), "SystemExit: go away"),
        (MemoryError(), "MemoryError: "),
        (RecursionError("too deep"), "RecursionError: too deep"),
        (AssertionError("text \ud800 and \0"), "AssertionError: text \\ud800 and ␀"),
        (Strange(), "Strange: its message could not be read"),
        (Leaving(), "Leaving: its message could not be read"),
        (SyntaxError("no line", LINE_THAT_IS_NONE), "SyntaxError: no line (a.txt, line 1)"),
        (ValueError("x" * 5000), "ValueError: " + "x" * 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_whatever_a_handler_raises_is_an_error_of_the_process(
    bench: Bench, jobs: JobBoy, error: BaseException, line: str
) -> None:
    jobs.handler("import")(raising(error))
    process_id = bench.start("import")
    assert bench.iterate().has_worked
    assert bench.get(process_id).error == line


def test_the_keyboard_interrupts_the_program_and_leaves_the_process_to_be_found_stuck(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.steps("import").step(raising(KeyboardInterrupt()), name="load")
    process_id = bench.start("import")
    with pytest.raises(KeyboardInterrupt):
        bench.iterate()
    assert bench.get(process_id).handled
    assert [process.id for process in bench.sweep()] == [process_id]


def test_a_traceback_is_kept_up_to_its_limit_and_from_its_end() -> None:
    described = describe_error(ValueError("y" * 100_000 + "the end"))
    assert {key: len(value) for key, value in described.items()} == {
        "type": 10,
        "message": 20_000,
        "traceback": 20_000,
    }
    assert described["message"].endswith("the end")
    assert described["traceback"].rstrip().endswith("the end")


def test_an_error_is_written_even_when_the_reports_are_full(bench: Bench, jobs: JobBoy) -> None:
    full = {"log": "x" * 999_980}

    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        if not process.reports:
            process.reports.append(full)
            return
        raise ValueError("no room for this")

    process = bench.finish(bench.start("import"))
    assert (process.status, process.error) == (ProcessStatus.FAILED, "ValueError: no room for this")
    assert process.reports == full


# --- what JSON cannot keep ---


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda store: store["rows"].append({1}), "InvalidValue: store.rows[0]: is of type set"),
        (lambda store: store["rows"].append(float("nan")), "InvalidValue: store.rows[0]: is nan"),
        (lambda store: store["rows"].append("x" * 1_000_001), "InvalidValue: store: takes 1,000,0"),
    ],
)
def test_a_store_spoiled_in_place_is_the_handlers_error(
    bench: Bench, jobs: JobBoy, spoil: Callable[[Any], None], line: str
) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        if not process.store.has("rows"):
            process.store["rows"] = []
            return
        spoil(process.store)

    process_id = bench.start("import")
    bench.iterate()
    bench.iterate()
    process = bench.get(process_id)
    assert (process.error or "").startswith(line)
    assert process.store == {"rows": []}


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ([1, 2], "InvalidValue: output of step 'load': must be a JSON object (dict), not list"),
        ("text", "InvalidValue: output of step 'load': must be a JSON object (dict), not str"),
        ({"a": (1, 2)}, "InvalidValue: output of step 'load'.a: is of type tuple"),
        ({"a": {"b": {1}}}, "InvalidValue: output of step 'load'.a.b: is of type set"),
        ({1: 2}, "InvalidValue: output of step 'load': has the key 1"),
    ],
)
def test_an_output_json_cannot_keep_is_the_steps_error(bench: Bench, jobs: JobBoy, answer: object, line: str) -> None:
    jobs.steps("import").step(lambda data: answer, name="load")
    process_id = bench.start("import")
    bench.iterate()
    assert (bench.get(process_id).error or "").startswith(line)


def test_objects_that_are_written_as_json_may_be_kept_again_and_again(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        process.store["given"] = process.parameters
        process.store["several"] = [MappingProxyType({"a": 1})]
        if process.status is ProcessStatus.STARTING:
            process.run()
        else:
            process.complete()

    process = bench.finish(bench.start("import", {"rows": {"first": 1}}))
    assert (process.status, process.error) == (ProcessStatus.COMPLETED, None)
    assert process.store == {"given": {"rows": {"first": 1}}, "several": [{"a": 1}]}


def test_a_turn_is_kept_as_it_returned_whatever_a_thread_it_left_behind_writes(
    bench: Bench, jobs: JobBoy, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[HandledProcess] = []

    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        process.store["rows"] = [1]
        left.append(process)
        process.complete({"all": []})

    settle = bench.repository.settle_hand

    def late(*args: Any, **named: Any) -> Any:
        left[0].store["rows"].append(float("nan"))
        assert left[0].output is not None
        left[0].output["all"].append({1, 2})
        return settle(*args, **named)

    monkeypatch.setattr(bench.repository, "settle_hand", late)
    process = bench.finish(bench.start("import"))
    assert fields(process, "status", "store", "output") == (ProcessStatus.COMPLETED, {"rows": [1]}, {"all": []})


# --- retries ---


def test_a_handler_is_tried_again_after_a_growing_pause(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", retries=2, backoff=Backoff(timedelta(seconds=10)))
    jobs.handler("import")(raising(OSError("not now")))
    process_id = bench.start("import")
    pauses = []
    for _ in range(2):
        process = bench.finish(process_id)
        assert process.wait_until is not None
        pauses.append((process.wait_until - bench.clock.now()).total_seconds())
        assert (process.status, process.error) == (ProcessStatus.STARTING, "OSError: not now")
        bench.clock.advance(process.wait_until - bench.clock.now())
    assert pauses == [10, 20]
    assert bench.finish(process_id).status is ProcessStatus.FAILED
    assert bench.get(process_id).attempt == 3


def test_a_step_is_tried_again_and_its_attempts_are_recorded(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("import")

    @pipeline.step(retries=2, backoff=timedelta(seconds=5))
    def load(data: dict[str, Any], process: StepProcess) -> dict[str, int]:
        if process.attempt < 3:
            raise OSError(f"attempt {process.attempt}")
        return {"attempt": process.attempt}

    process_id = bench.start("import")
    for attempt in (1, 2):
        process = bench.finish(process_id)
        (step,) = bench.operations.details(process_id).steps
        assert (step.status, step.attempts, step.error) == ("failed", attempt, f"OSError: attempt {attempt}")
        assert process.status is ProcessStatus.RUNNING
        bench.advance(seconds=10)
    process = bench.finish(process_id)
    (step,) = bench.operations.details(process_id).steps
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"attempt": 3})
    assert (step.status, step.attempts, step.error) == ("completed", 3, None)
    assert bench.kinds(process_id) == ["started", "step_failed", "step_failed", "step_completed"]


def test_an_error_is_taken_away_by_the_success_after_it(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", retries=1)

    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        if process.attempt == 1:
            raise OSError("not now")
        process.reports["note"] = "kept"
        process.run()

    process_id = bench.start("import")
    bench.iterate()
    assert bench.get(process_id).reports.has("reason")
    bench.advance(seconds=1)
    bench.iterate()
    process = bench.get(process_id)
    assert fields(process, "error", "reports", "attempt") == (None, {"note": "kept"}, 0)


@pytest.mark.parametrize(
    ("backoff", "attempt", "seconds"),
    [
        (Backoff(), 1, 1),
        (Backoff(), 2, 2),
        (Backoff(), 5, 16),
        (Backoff(), 100, 3600),
        (Backoff(timedelta(seconds=10), factor=3), 3, 90),
        (Backoff(timedelta(0)), 9, 0),
        (Backoff(timedelta(days=2)), 1, 3600),
        (Backoff(factor=1e300), 100, 3600),
    ],
)
def test_a_backoff_grows_up_to_an_hour(backoff: Backoff, attempt: int, seconds: float) -> None:
    assert backoff.after(attempt).total_seconds() == seconds
