"""What becomes of a process whose holder, or whose step's program, died: by its policy, counted, not for ever."""

from datetime import timedelta
from typing import Any

import pytest

from jobboy import CrashPolicy, HandledProcess, JobBoy, Process, ProcessStatus
from jobboy.engine.sweep import after_holder_death, never_begun, sweep_safely
from jobboy.engine.turns import crashed
from jobboy.errors import StepCrashed, StorageBusy
from jobboy.ports import StepOrder, StepResult
from tests.factories import NOW, a_process, fields
from tests.unit.bench import WORKER, Bench

LATER = NOW + timedelta(minutes=1)
CAUSE = {"kind": "signal", "signal": "SIGSEGV", "step": "load", "attempt": 1}


def held(policy: CrashPolicy, crashes: int = 0, **fields: Any) -> Process:
    return a_process(handled=True, on_crash=policy, crashes=crashes, step="load", **fields)


def test_a_handler_that_cannot_say_what_it_supports_keeps_no_other_stuck_process_waiting(
    bench: Bench, jobs: JobBoy
) -> None:
    class Broken:
        def supports(self, process: Process) -> bool:
            if process.code == "broken":
                raise LookupError("no such customer")
            return False

        def handle(self, process: HandledProcess) -> None:
            raise AssertionError

    jobs.register(Broken(), priority=1)
    jobs.handler("import", handled=True)(lambda process: process.fail())
    for code in ("broken", "import"):
        bench.put(a_process(code=code, handled=True, stuck=True, on_crash=CrashPolicy.HOLD))
    assert bench.sweeper().offer(jobs.registry) == 1
    assert [process.code for process in bench.repository.handled() if process.rescuable] == ["import"]


# --- rules ---


@pytest.mark.parametrize(
    ("policy", "crashes", "status", "handled", "rescuable"),
    [
        (CrashPolicy.RECOVER, 0, "running", True, True),
        (CrashPolicy.RECOVER, 1, "running", True, True),
        (CrashPolicy.RECOVER, 2, "failing", False, False),
        (CrashPolicy.HOLD, 0, "running", True, False),
        (CrashPolicy.HOLD, 9, "running", True, False),
        (CrashPolicy.FAIL, 0, "failing", False, False),
    ],
)
def test_what_becomes_of_a_process_whose_holder_died(
    policy: CrashPolicy, crashes: int, status: str, handled: bool, rescuable: bool
) -> None:
    after = after_holder_death(held(policy, crashes), LATER)
    assert (after.status, after.handled, after.stuck, after.rescuable) == (status, handled, handled, rescuable)
    assert (after.stuck_cause or {})["kind"] == "holder died"
    assert (after.stuck_cause or {})["host"] == "elsewhere"
    assert (after.stuck_cause or {})["pid"] == 4711
    assert after.crashes == (crashes + 1 if handled else 0)
    assert (after.error is not None) is (status == "failing")


@pytest.mark.parametrize("policy", list(CrashPolicy))
def test_a_teardown_that_keeps_killing_its_holder_ends_as_failed(policy: CrashPolicy) -> None:
    after = after_holder_death(held(policy, crashes=2, status="failing"), LATER)
    assert (after.status == "failed") is (policy is not CrashPolicy.HOLD)


@pytest.mark.parametrize(
    ("policy", "crashes", "status", "stuck"),
    [
        (CrashPolicy.RECOVER, 0, "running", False),
        (CrashPolicy.RECOVER, 2, "failing", False),
        (CrashPolicy.HOLD, 0, "running", True),
        (CrashPolicy.FAIL, 0, "failing", False),
    ],
)
def test_what_becomes_of_a_process_whose_step_crashed_in_its_own_program(
    policy: CrashPolicy, crashes: int, status: str, stuck: bool
) -> None:
    after = crashed(held(policy, crashes), "it died by SIGSEGV", CAUSE, LATER)
    assert (after.status, after.stuck) == (status, stuck)
    assert (after.stuck_cause, after.error) == (CAUSE, "StepCrashed: it died by SIGSEGV")


def test_what_was_never_begun_does_not_wait_for_a_clock_that_was_put_back() -> None:
    earlier = NOW - timedelta(hours=1)
    assert never_begun(held(CrashPolicy.RECOVER, turn_at=NOW), earlier).turn_at == earlier
    assert never_begun(held(CrashPolicy.RECOVER, turn_at=NOW), LATER).turn_at == NOW


# --- a dead holder ---


def a_pipeline(jobs: JobBoy, policy: CrashPolicy | str = CrashPolicy.RECOVER) -> None:
    pipeline = jobs.steps("nightly", on_crash=policy)
    pipeline.step(lambda data: {"n": 1}, name="first")
    pipeline.step(lambda data, process: {"attempt": process.attempt}, name="second")


def test_a_recovered_process_goes_on_from_its_last_recorded_step(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs)
    process_id = bench.start("nightly")
    bench.iterate()
    bench.die()
    assert not bench.iterate().has_worked  # nobody has found out yet
    (found,) = bench.sweep()
    assert (found.id, found.stuck, found.stuck_cause and found.stuck_cause["step"]) == (process_id, True, "second")
    process = bench.finish(process_id)
    assert fields(process, "status", "output") == (ProcessStatus.COMPLETED, {"attempt": 2})
    assert (process.stuck_cause, process.crashes) == (None, 0)
    assert bench.kinds(process_id) == ["started", "step_completed", "stuck", "step_completed"]


def test_a_step_that_kills_its_holder_three_times_is_given_up(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs)
    process_id = bench.start("nightly")
    for _ in range(3):
        assert bench.get(process_id).status in ("starting", "running")
        bench.die()
        bench.sweep()
    process = bench.get(process_id)
    assert (process.status, process.handled, process.attempt) == (ProcessStatus.FAILING, False, 3)
    assert (process.error or "").startswith(f"HolderDied: its worker {WORKER} ended")
    assert bench.finish(process_id).status is ProcessStatus.FAILED


def test_a_recorded_step_begins_a_new_count_of_crashes(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs)
    process_id = bench.start("nightly")
    for _ in range(2):
        for _ in range(2):
            bench.die()
            bench.sweep()
        bench.iterate()
    assert bench.get(process_id).status is ProcessStatus.COMPLETED


@pytest.mark.parametrize("kind", ["pipeline", "handler"])
def test_a_process_that_is_held_waits_for_an_operator(bench: Bench, jobs: JobBoy, kind: str) -> None:
    if kind == "pipeline":
        a_pipeline(jobs, "hold")
    else:
        jobs.handler("nightly")(lambda process: process.complete())
    process_id = bench.start("nightly")
    bench.die()
    bench.sweep()
    assert bench.sweeper().offer(jobs.registry) == 0
    assert not bench.iterate().has_worked
    assert bench.get(process_id).stuck
    bench.operations.recover(process_id, reason="looked at it")
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED


def test_a_process_that_is_held_is_offered_to_a_handler_of_the_handled_case(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.run())

    @jobs.handler("import", handled=True)
    def resume(process: HandledProcess) -> None:
        assert process.was_stuck
        assert (process.stuck_cause or {})["kind"] == "holder died"
        process.fail("the file may be half written")

    process_id = bench.start("import")
    bench.die()
    bench.sweep()
    assert bench.sweeper().offer(jobs.registry) == 1
    bench.iterate()
    process = bench.get(process_id)
    assert (process.status, process.error) == (ProcessStatus.FAILING, "the file may be half written")
    assert not process.handled


def test_a_policy_of_fail_tears_down(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs, "fail")
    process_id = bench.start("nightly")
    bench.die()
    bench.sweep()
    assert bench.finish(process_id).status is ProcessStatus.FAILED


def test_an_unknown_policy_is_refused(jobs: JobBoy) -> None:
    with pytest.raises(ValueError, match="ignore"):
        jobs.steps("nightly", on_crash="ignore")


def test_a_dead_holder_is_recorded_once_whoever_sweeps(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs, "hold")
    process_id = bench.start("nightly")
    bench.die()
    assert [len(bench.sweep()) for _ in range(3)] == [1, 0, 0]
    assert bench.kinds(process_id) == ["started", "stuck"]
    assert bench.get(process_id).crashes == 1


def test_a_living_holder_is_left_alone_however_long_it_takes(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs)
    process_id = bench.start("nightly")
    with bench.pick().lock:
        bench.advance(days=365)
        assert bench.sweep() == []
        assert not bench.operations.get(process_id).stuck


def test_a_sweep_leaves_a_database_that_cannot_be_reached_to_the_next_one(bench: Bench) -> None:
    class Unreachable:
        def sweep(self) -> list[Process]:
            raise StorageBusy("database is locked")

    sweeper: Any = Unreachable()
    assert sweep_safely(sweeper) == []


def test_a_dead_holder_of_a_process_with_full_reports_is_recorded_too(bench: Bench, jobs: JobBoy) -> None:
    a_pipeline(jobs, "fail")
    full = {"log": "x" * 999_980}
    process = bench.put(a_process(code="nightly", handled=True, on_crash=CrashPolicy.FAIL, reports=full))
    assert [found.id for found in bench.sweep()] == [process.id]
    assert bench.get(process.id).reports == full
    assert (bench.get(process.id).error or "").startswith("HolderDied: ")


# --- a step that crashed in its own program ---


def crash(cause: dict[str, Any]) -> Any:
    def answer(order: StepOrder) -> StepResult:
        raise StepCrashed("it died by SIGSEGV", {**cause, "attempt": order.process.attempt})

    return answer


def test_an_isolated_step_that_crashes_three_times_is_given_up(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: {}, name="load", isolated=True)
    bench.runner.answer = crash(CAUSE)
    process_id = bench.start("nightly")
    for attempt in (1, 2, 3):
        bench.iterate()
        (step,) = bench.operations.details(process_id).steps
        assert (step.status, step.attempts, step.error) == ("failed", attempt, "StepCrashed: it died by SIGSEGV")
    process = bench.get(process_id)
    assert (process.status, process.stuck_cause) == (ProcessStatus.FAILING, {**CAUSE, "attempt": 3})
    assert bench.kinds(process_id) == ["started", "crashed", "crashed", "crashed"]


def test_an_isolated_step_that_crashed_once_goes_on(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: {}, name="load", isolated=True)
    bench.runner.answer = crash(CAUSE)
    process_id = bench.start("nightly")
    bench.iterate()
    assert bench.get(process_id).error == "StepCrashed: it died by SIGSEGV"
    bench.runner.answer = lambda order: StepResult(output={"loaded": 1}, store={"s": 1}, reports={"r": 1})
    process = bench.finish(process_id)
    assert fields(process, "output", "store", "reports") == ({"loaded": 1}, {"s": 1}, {"r": 1})
    assert (process.error, process.stuck_cause, process.crashes) == (None, None, 0)


def test_a_crash_under_hold_leaves_the_process_stuck_for_an_operator(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly", on_crash="hold").step(lambda data: {}, name="load", isolated=True)
    bench.runner.answer = crash(CAUSE)
    process_id = bench.start("nightly")
    bench.iterate()
    process = bench.get(process_id)
    assert (process.handled, process.stuck, process.crashes) == (True, True, 1)
    assert bench.sweep() == []
    bench.runner.answer = lambda order: StepResult(output={"done": True})
    recovered = bench.operations.recover(process_id)
    assert recovered.crashes == 1  # this crash was counted when it happened
    assert bench.finish(process_id).output == {"done": True}


def test_a_step_that_was_stopped_on_purpose_is_no_crash_of_its_own(bench: Bench, jobs: JobBoy) -> None:
    jobs.steps("nightly").step(lambda data: {}, name="load", isolated=True)
    bench.runner.answer = crash({"kind": "stopped"})
    process_id = bench.start("nightly")
    bench.iterate()
    process = bench.get(process_id)
    assert (process.status, process.handled, process.crashes) == (ProcessStatus.RUNNING, False, 0)
    assert process.stuck_cause == {"kind": "stopped", "attempt": 1, "stops": 1}


# --- retries are for what a step raises itself ---


def test_a_step_whose_holder_died_twice_has_all_its_retries_left(bench: Bench, jobs: JobBoy) -> None:
    raising(jobs)
    process_id = bench.start("nightly")
    for _ in range(2):
        bench.die()
        bench.sweep()
    bench.runner.answer = a_raise  # it is a suspect now, and no longer run here
    assert raised_until_failed(bench, process_id) == 3
    assert bench.get(process_id).attempt == 5


def test_a_step_that_was_stopped_twice_with_its_worker_has_all_its_retries_left(bench: Bench, jobs: JobBoy) -> None:
    raising(jobs, isolated=True)
    process_id = bench.start("nightly")
    bench.runner.answer = crash({"kind": "stopped"})
    bench.iterate()
    bench.iterate()
    bench.runner.answer = a_raise
    assert raised_until_failed(bench, process_id) == 3


def test_stops_are_not_forgotten_over_deaths_nor_by_who_recovers(bench: Bench, jobs: JobBoy) -> None:
    raising(jobs, isolated=True)
    process_id = bench.start("nightly")
    bench.runner.answer = crash({"kind": "stopped"})
    bench.iterate()
    bench.runner.answer = crash(CAUSE)
    bench.iterate()
    with bench.pick().lock:
        bench.operations.recover(process_id, force=True)
    assert fields(bench.get(process_id), "attempt", "crashes") == (3, 2)
    bench.runner.answer = a_raise
    assert raised_until_failed(bench, process_id) == 3


def test_the_wait_before_a_retry_does_not_grow_with_deaths(bench: Bench, jobs: JobBoy) -> None:
    raising(jobs)
    process_id = bench.start("nightly")
    bench.die()
    bench.sweep()
    bench.iterate()
    assert bench.get(process_id).wait_until == bench.clock.now() + timedelta(seconds=1)


def a_raise(order: StepOrder) -> StepResult:
    raise OSError("no route to host")


def raising(jobs: JobBoy, *, isolated: bool = False) -> None:
    """Define a step with two retries that raises wherever it is run, elsewhere by `a_raise`."""

    def load(data: object) -> None:
        raise OSError("no route to host")

    jobs.steps("nightly").step(load, retries=2, isolated=isolated)


def raised_until_failed(bench: Bench, process_id: str) -> int:
    """Iterate until the process is failed, and return how often its step raised."""
    for _ in range(10):
        bench.finish(process_id)
        bench.advance(minutes=1)
    assert bench.get(process_id).status is ProcessStatus.FAILED
    return bench.kinds(process_id).count("step_failed")
