"""Limits of steps and of whole processes. These tests wait for a real limit: a fraction of a second each."""

import asyncio
import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobboy import HandledProcess, JobBoy, ProcessStatus, StepProcess, sheltering
from jobboy.capturing import listen
from jobboy.engine import steps
from jobboy.engine.deadline import within
from tests.factories import NOW, a_process, fields
from tests.unit.bench import Bench

Data = dict[str, Any]
SHORT = timedelta(seconds=0.1)


def spin(data: Data) -> None:
    """Stay in Python for as long as one is let."""
    while True:
        sum(range(100))


def spin_on(data: Data) -> None:
    """Stay in Python, and do not be stopped by an error."""
    while True:
        try:
            sum(range(100))
        except Exception:  # noqa: BLE001  # the point of the test
            continue


async def sleep(data: Data) -> None:
    await asyncio.sleep(60)


async def spin_in_a_coroutine(data: Data) -> None:
    spin(data)


@pytest.mark.parametrize("step", [spin, spin_on, sleep, spin_in_a_coroutine])
def test_a_step_is_ended_at_its_limit(bench: Bench, jobs: JobBoy, step: Any) -> None:
    jobs.steps("nightly").step(step, name="slow", timeout=SHORT)
    process = bench.finish(bench.start("nightly"))
    assert process.status is ProcessStatus.FAILED
    assert process.error == "StepTimedOut: step 'slow' was ended: the step may take 0.1 s"
    assert [step.status for step in bench.operations.details(process.id).steps] == ["failed"]


def test_a_step_that_timed_out_is_tried_again(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(sleep, timeout=SHORT, retries=1)
    process_id = bench.start("nightly")
    assert bench.finish(process_id).status is ProcessStatus.RUNNING
    bench.advance(seconds=1)
    assert bench.finish(process_id).status is ProcessStatus.FAILED
    assert bench.get(process_id).attempt == 2


def test_a_coroutine_can_tidy_up_when_its_time_is_over(
    bench: Bench, jobs: JobBoy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CLEAN_UP", 60.0)
    tidied = []

    async def careful(data: Data) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    jobs.steps("nightly").step(careful, timeout=SHORT)
    bench.finish(bench.start("nightly"))
    assert tidied == [True]


def test_a_step_within_its_limit_is_left_alone(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: {"done": True}, name="quick", timeout=timedelta(minutes=1))
    assert bench.finish(bench.start("nightly")).output == {"done": True}


def test_an_answer_that_comes_after_the_limit_is_dropped() -> None:
    before = threading.enumerate()

    def late() -> str:
        (watch,) = [one for one in threading.enumerate() if isinstance(one, threading.Timer) and one not in before]
        watch.join()  # waits inside a call into C, which is not ended, until the limit is over
        return "too late"

    with pytest.raises(TimeoutError, match="over"):
        within(0.05, late, lambda: TimeoutError("over"))


@pytest.mark.parametrize("limit", [0.0, 1e-9, 1e-5, 1e-4, 1e-3])
def test_a_limit_of_next_to_nothing_ends_the_call_and_nothing_else(limit: float) -> None:
    for _ in range(20):
        with pytest.raises(TimeoutError):
            within(limit, lambda: spin({}), TimeoutError)
    assert sum(range(10_000)) == 49_995_000  # nothing is left that is raised here


TRACED_AFTER_A_LIMIT = """
import sys
from jobboy.engine.deadline import within

def spin():
    while True:
        sum(range(100))

def end(limit, call):
    try:
        within(limit, call, TimeoutError)
    except TimeoutError:
        pass

end(0.01, spin)
for times in range(200):  # some end of themselves, at the moment of their limit
    end(times * 1e-6, lambda: sum(range(200)))
sys.settrace(lambda frame, event, argument: None)
sum(range(100))
(lambda: None)()
print("traced")
"""


def test_a_program_can_be_traced_after_a_limit_was_reached() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRACED_AFTER_A_LIMIT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("traced\n", "")


def test_without_a_limit_no_thread_watches() -> None:
    before = threading.active_count()
    assert within(None, threading.active_count, TimeoutError) == before


# --- the limit of the whole process ---


def test_a_process_whose_time_is_over_fails_at_its_next_turn(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly", timeout=timedelta(hours=1))
    pipeline.step(lambda data: bench.advance(minutes=59), name="long")
    pipeline.step(lambda data: bench.advance(minutes=59), name="longer")
    pipeline.step(lambda data: {"never": "reached"}, name="last")
    process = bench.finish(bench.start("nightly"))
    assert (process.status, process.step) == (ProcessStatus.FAILED, "last")
    assert process.error == "ProcessTimedOut: the time of the process is over"


def test_the_time_of_a_process_begins_with_its_first_turn(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly", timeout=timedelta(hours=1)).step(lambda data: {}, name="only", interrupts=True)
    process_id = bench.start("nightly")
    bench.advance(days=1)
    assert bench.finish(process_id).timeout_at == NOW + timedelta(days=1, hours=1)


def test_the_time_of_a_process_begins_with_its_first_turn_even_when_nothing_was_done(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.define("import", timeout=timedelta(minutes=1))
    jobs.handler("import", status="starting")(lambda process: False)
    process_id = bench.start("import")
    for _ in range(3):
        bench.iterate()
        bench.advance(seconds=30)
    assert bench.finish(process_id).error == "ProcessTimedOut: the time of the process is over"


def test_time_that_a_process_is_paused_does_not_count(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly", timeout=timedelta(hours=1))
    pipeline.step(lambda data: {}, name="ask", interrupts=True)
    pipeline.step(lambda data: {"done": True}, name="last")
    process_id = bench.start("nightly")
    bench.finish(process_id)
    bench.advance(days=3)
    bench.operations.proceed(process_id)
    process = bench.finish(process_id)
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"done": True})


def test_a_pause_over_which_the_clock_was_put_back_takes_no_time_away(bench: Bench, jobs: JobBoy) -> None:
    pipeline = jobs.steps("nightly", timeout=timedelta(hours=1))
    pipeline.step(lambda data: {}, name="ask", interrupts=True)
    pipeline.step(lambda data: {"done": True}, name="last")
    process_id = bench.start("nightly")
    limit = bench.finish(process_id).timeout_at
    bench.advance(hours=-2)
    assert bench.operations.proceed(process_id).timeout_at == limit


def test_a_process_waits_no_longer_than_it_may_take(bench: Bench, jobs: JobBoy) -> None:
    def break_down(data: Data) -> None:
        raise OSError("no route to host")

    limit = timedelta(minutes=30)
    jobs.define("import", timeout=limit)
    jobs.handler("import")(lambda process: process.wait(timedelta(days=7)))
    jobs.steps("nightly", timeout=limit).step(break_down, retries=9, backoff=timedelta(hours=1))
    started = [bench.start("import"), bench.start("nightly")]
    for process_id in started:
        assert bench.finish(process_id).wait_until == NOW + limit
    bench.advance(minutes=30)
    for process_id in started:
        assert bench.finish(process_id).error == "ProcessTimedOut: the time of the process is over"


def test_a_teardown_waits_as_long_as_it_wants_to(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", timeout=timedelta(hours=1))
    jobs.handler("import", status="running")(lambda process: process.fail())
    jobs.handler("import", status="failing")(lambda process: process.wait(timedelta(days=7)))
    process_id = bench.put(a_process(timeout_at=NOW + timedelta(hours=1))).id
    assert bench.finish(process_id).wait_until == NOW + timedelta(days=7)


def test_a_step_may_take_no_longer_than_its_process_has_left(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly", timeout=SHORT).step(sleep, timeout=timedelta(minutes=1))
    process_id = bench.start("nightly")
    process = bench.finish(process_id)
    assert process.error == "StepTimedOut: step 'sleep' was ended: the time of its process is over"


def test_a_process_of_plain_handlers_times_out_too(bench: Bench, jobs: JobBoy) -> None:
    jobs.define("import", timeout=timedelta(minutes=1))

    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        process.store.inc("turns")
        bench.advance(seconds=25)

    process = bench.finish(bench.start("import"))
    assert fields(process, "status", "store") == (ProcessStatus.FAILED, {"turns": 3})


class Unheard(logging.Handler):
    """Takes its lock like any, and writes nothing."""

    def emit(self, record: logging.LogRecord) -> None:
        """Leave it."""


def test_a_limit_that_is_reached_while_a_step_logs_leaves_the_log_to_the_others() -> None:
    listen()
    log, handler = logging.getLogger("steps.of.tests"), Unheard()
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addHandler(handler)

    def log_without_end() -> None:
        while True:
            log.info("still here")

    with ThreadPoolExecutor(2) as threads:
        handler.acquire()
        limited = threads.submit(within, 0.05, log_without_end, lambda: TimeoutError("the time is over"))
        while not sheltering._due:
            threading.Event().wait(0.001)
        handler.release()
        assert isinstance(limited.exception(60), TimeoutError)
        threads.submit(log.info, "another step").result(60)
    log.removeHandler(handler)


def test_a_limit_around_another_is_not_taken_for_the_one_inside() -> None:
    def inside() -> None:
        within(60, lambda: spin({}), lambda: TimeoutError("inside"))

    with pytest.raises(TimeoutError, match="around"):
        within(0.05, inside, lambda: TimeoutError("around"))


@pytest.mark.parametrize("own_limit", [None, timedelta(seconds=60)])
def test_the_limit_of_a_step_is_no_error_of_the_process_it_executes(
    tmp_path: Path, own_limit: timedelta | None
) -> None:
    jobs = JobBoy(f"sqlite:///{tmp_path / 'jobs.db'}")
    outer, inner = jobs.steps("outer"), jobs.steps("inner")

    @inner.step(timeout=own_limit)
    def slow_at_first(data: Data, process: StepProcess) -> None:
        if process.attempt == 1:
            spin(data)

    @outer.step(timeout=timedelta(seconds=1))
    def wait(data: Data) -> None:
        jobs.execute("inner")

    assert (jobs.execute("outer").error or "").startswith("StepTimedOut: step 'wait' was ended")
    for process in jobs.list("code:inner"):  # one, unless the second was over before it was started
        assert process.error is None
        assert "step_failed" not in [event.kind for event in jobs.history(process.id)]
    jobs.close()
