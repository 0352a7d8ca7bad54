"""What a turn says is kept with its result: by attempt, for the holder of the right token only."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from jobboy import JobBoy
from jobboy.capturing import Capture
from jobboy.model.logs import MOST_TURNS, TurnLog
from jobboy.ports import StepOrder, StepResult
from tests.unit.bench import Bench

LOG = logging.getLogger("shop.orders")


@pytest.fixture(autouse=True)
def _info() -> None:
    LOG.setLevel(logging.INFO)


def told(bench: Bench, process_id: str) -> list[tuple[str | None, int, str]]:
    return [
        (log.step, log.attempt, line.rpartition(": ")[2])
        for log in bench.operations.house.logs(process_id)
        for line in log.lines
    ]


def test_each_attempt_of_a_step_keeps_what_it_logged(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("import")

    @pipeline.step(retries=1)
    def fetch(data: dict[str, Any], process: Any) -> dict[str, Any]:
        LOG.info("try %d", process.attempt)
        if process.attempt == 1:
            raise ValueError("no answer")
        return {}

    @pipeline.step
    def quiet(data: dict[str, Any]) -> dict[str, Any]:
        return {}

    process_id = bench.start("import")
    bench.iterate()
    bench.advance(hours=1)
    assert bench.finish(process_id).status == "completed"
    assert told(bench, process_id) == [("fetch", 1, "try 1"), ("fetch", 2, "try 2")]


def test_a_plain_handler_keeps_the_last_turns_that_said_anything(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("count")
    def count(process: Any) -> None:
        process.store["n"] = process.store.get("n", 0) + 1
        if process.status == "starting":
            process.run()
        if process.store["n"] % 2:
            LOG.info("turn %d", process.store["n"])

    process_id = bench.start("count")
    maker = bench.maker()
    for _ in range(2 * MOST_TURNS + 6):
        maker.work()
    kept = told(bench, process_id)
    assert len(kept) == MOST_TURNS
    assert kept[-1] == (None, 1, f"turn {2 * MOST_TURNS + 5}")


def test_the_log_of_a_hold_that_was_lost_is_not_kept(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("import").step(lambda data: {}, name="fetch")
    process_id = bench.start("import")
    held = bench.die()
    log = TurnLog(token=held.process.token, step="fetch", attempt=1, at=bench.clock.now(), left_out=0, text="mine")
    bench.repository.keep_log(held.process.number, log)
    assert told(bench, process_id) == [("fetch", 1, "mine")]
    bench.sweep()
    bench.operations.recover(process_id)
    late = TurnLog(token=held.process.token, step="fetch", attempt=1, at=bench.clock.now(), left_out=0, text="late")
    bench.repository.keep_log(held.process.number, late)
    assert told(bench, process_id) == [("fetch", 1, "mine")]


def test_what_a_program_of_a_step_printed_is_kept_with_what_was_logged(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("import").step(lambda data: {}, name="load", isolated=True)

    def run(order: StepOrder) -> StepResult:
        from jobboy.capturing import current

        capture = current()
        assert capture is not None
        capture.printed("\n812 rows\nok\n")
        return StepResult(output={})

    bench.runner.answer = run
    process_id = bench.start("import")
    bench.finish(process_id)
    assert bench.operations.house.logs(process_id)[0].text == "\n812 rows\nok"


def test_following_yields_each_line_once_and_ends_with_the_process(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("import")
    for name in ("fetch", "load"):
        pipeline.step(lambda data: LOG.info("said") or {}, name=name)  # type: ignore[func-returns-value]  # for brevity
    process_id = bench.start("import")
    followed = bench.operations.house.follow_logs(process_id)
    bench.iterate()
    assert next(followed)[0].step == "fetch"
    bench.iterate()
    assert [(log.step, len(lines)) for log, lines in followed] == [("load", 1)]


def test_a_capture_without_words_makes_no_log() -> None:
    capture = Capture()
    capture.printed(" \n\n")
    assert capture.text() is None


def test_logs_go_with_their_process(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("import").step(lambda data: LOG.info("said") or {}, name="fetch")  # type: ignore[func-returns-value]  # for brevity
    process_id = bench.start("import")
    number = bench.finish(process_id).number
    assert bench.repository.logs(number, limit=10)
    bench.advance(days=400)
    bench.operations.prune()
    assert bench.repository.logs(number, limit=10) == []
