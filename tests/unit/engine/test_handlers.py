"""Plain handlers: what they may do to a process, what their answers mean, and how a process comes to its end."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from jobboy import HandledProcess, InvalidValue, IterationResponse, JobBoy, ProcessStatus
from jobboy.engine.turns import sealed
from jobboy.errors import StatusTransitionNotAllowed
from jobboy.model.documents import Parameters, ProcessStore
from jobboy.model.process import iso
from tests.factories import NOW, a_process, fields
from tests.unit.bench import WORKER, Bench


def test_a_process_goes_from_start_to_end_in_committed_turns(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("create-file", status="starting")
    def initialize(process: HandledProcess) -> None:
        process.store["written"] = 0
        process.run()

    @jobs.handler("create-file", status="running")
    def write(process: HandledProcess) -> None:
        process.store["written"] += 1000
        if process.store["written"] >= process.parameters["rows"]:
            process.end()

    process_id = bench.start("create-file", {"rows": 2500})
    seen = []
    while bench.iterate().has_worked:
        process = bench.get(process_id)
        seen.append((process.status.value, process.store["written"]))
        bench.advance(seconds=1)
    assert seen == [("running", 0), ("running", 1000), ("running", 2000), ("ending", 3000), ("completed", 3000)]
    ended = bench.get(process_id)
    assert (ended.started_at, ended.ended_at) == (NOW, NOW + timedelta(seconds=4))
    assert (ended.handled, ended.error, ended.token) == (False, None, 5)


def test_a_handler_holds_the_process_and_releases_it_with_its_changes(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        process.store["half"] = True
        held = bench.get(process.id)
        assert (held.handled, held.handled_by, held.handled_at) == (True, WORKER, bench.clock.now())
        assert not held.store.has("half")
        process.complete()

    process_id = bench.start("import")
    assert bench.iterate() == IterationResponse(has_worked=True, process_id=process_id)
    process = bench.get(process_id)
    assert fields(process, "handled", "handled_by", "store") == (False, None, {"half": True})


# --- answers ---


@pytest.mark.parametrize(
    ("answer", "has_worked"),
    [
        (None, True),
        (True, True),
        (0, True),
        (IterationResponse(has_worked=True), True),
        (False, False),
        (IterationResponse(has_worked=False), False),
    ],
)
def test_the_answer_of_a_handler_says_whether_it_worked(
    bench: Bench, jobs: JobBoy, answer: object, has_worked: bool
) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> Any:
        process.store["touched"] = True
        return answer

    process_id = bench.start("import")
    assert bench.iterate().has_worked is has_worked
    process = bench.get(process_id)
    assert (process.handled, process.store.has("touched")) == (False, has_worked)
    assert len(bench.history(process_id)) == (2 if has_worked else 1)


def test_a_process_whose_handler_did_nothing_is_left_alone_for_a_moment(bench: Bench, jobs: JobBoy) -> None:
    asked = []

    @jobs.handler("import")
    def work(process: HandledProcess) -> bool:
        asked.append(process.attempt)
        return False

    process_id = bench.start("import")
    bench.iterate()
    bench.iterate()
    assert asked == [1]
    bench.advance(seconds=1)
    bench.iterate()
    assert asked == [1, 1]
    assert bench.get(process_id).status is ProcessStatus.STARTING


def test_the_seeds_own_pattern_of_a_moment_in_the_store_and_two_handlers(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("export", priority=1)
    def wait(process: HandledProcess) -> IterationResponse | None:
        if process.store.get("wait_until", "") > bench.clock.now().isoformat():
            return IterationResponse(has_worked=False)
        if not process.store.has("wait_until"):
            process.store["wait_until"] = (bench.clock.now() + timedelta(minutes=5)).isoformat()
        else:
            process.complete()
        return None

    process_id = bench.start("export")
    bench.finish(process_id)
    bench.advance(minutes=4)
    assert bench.finish(process_id).status is ProcessStatus.STARTING
    bench.advance(minutes=1)
    assert bench.finish(process_id).status is ProcessStatus.COMPLETED


def test_a_process_nobody_serves_waits_for_a_handler(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import", status="running")
    def work(process: HandledProcess) -> None:
        """Never called: the process is still starting."""

    process_id = bench.start("import")
    assert not bench.iterate().has_worked
    process = bench.get(process_id)
    assert (process.status, process.handled, process.attempt) == (ProcessStatus.STARTING, False, 0)


# --- moves ---


def test_ending_without_a_handler_is_completed_by_the_next_turn(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.end())
    process_id = bench.start("import")
    bench.iterate()
    assert bench.get(process_id).status is ProcessStatus.ENDING
    bench.iterate()
    assert bench.get(process_id).status is ProcessStatus.COMPLETED


def test_failing_without_a_handler_is_failed_by_the_next_turn(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("no such file"))
    process_id = bench.start("import")
    bench.iterate()
    assert bench.get(process_id).status is ProcessStatus.FAILING
    bench.iterate()
    process = bench.get(process_id)
    assert (process.status, process.error) == (ProcessStatus.FAILED, "no such file")
    assert process.reports["reason"] == {"type": None, "message": "no such file", "traceback": None}


def test_a_failing_handler_that_returns_has_torn_down(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("broken"))

    @jobs.handler("import", status="failing")
    def tear_down(process: HandledProcess) -> None:
        process.store["removed"] = True

    process = bench.finish(bench.start("import"))
    assert fields(process, "status", "store") == (ProcessStatus.FAILED, {"removed": True})
    assert process.error == "broken"
    assert process.reports["reason"]["message"] == "broken"


def test_a_failing_handler_may_ask_for_another_turn(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("broken"))

    @jobs.handler("import", status="failing")
    def tear_down(process: HandledProcess) -> None:
        if process.store.inc("turns") < 3:
            process.again()

    process = bench.finish(bench.start("import"))
    assert fields(process, "status", "store") == (ProcessStatus.FAILED, {"turns": 3})


def test_a_failing_handler_may_wait_before_its_next_turn(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("broken"))

    @jobs.handler("import", status="failing")
    def tear_down(process: HandledProcess) -> None:
        if process.store.inc("turns") == 1:
            process.wait(timedelta(minutes=1))

    process_id = bench.start("import")
    assert bench.finish(process_id).status is ProcessStatus.FAILING
    bench.advance(minutes=1)
    assert bench.finish(process_id).status is ProcessStatus.FAILED


def test_a_failing_handler_that_raises_ends_the_teardown_and_leaves_the_first_reason_in_sight(
    bench: Bench, jobs: JobBoy
) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("broken"))

    @jobs.handler("import", status="failing")
    def tear_down(process: HandledProcess) -> None:
        raise OSError("cannot remove it")

    process = bench.finish(bench.start("import"))
    assert (process.status, process.error) == (ProcessStatus.FAILED, "broken")
    assert process.reports["reason"]["message"] == "broken"
    assert process.reports["teardown"]["type"] == "OSError"


def test_a_process_may_be_failed_straight_from_its_teardown_with_a_reason(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import", status="starting")(lambda process: process.fail("broken"))
    jobs.handler("import", status="failing")(lambda process: process.fail("and the rest is lost"))
    process = bench.finish(bench.start("import"))
    assert (process.status, process.error) == (ProcessStatus.FAILED, "and the rest is lost")


def test_complete_keeps_its_output(bench: Bench, jobs: JobBoy) -> None:
    jobs.handler("import")(lambda process: process.complete({"rows": 812}))
    assert bench.finish(bench.start("import")).output == Parameters({"rows": 812})


def test_a_move_the_table_does_not_have_is_the_handlers_error(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import", status="starting")
    def work(process: HandledProcess) -> None:
        process.end()
        with pytest.raises(StatusTransitionNotAllowed, match='from "ending" to "running"'):
            process.run()
        process.complete()
        process.fail("too late")

    process_id = bench.start("import")
    bench.iterate()
    process = bench.get(process_id)
    assert process.status is ProcessStatus.FAILING
    assert process.error == (
        'StatusTransitionNotAllowed: Status transition from "completed" to "failing" is not allowed'
    )


# --- waiting ---


def test_a_waiting_process_is_picked_by_nobody_before_its_moment(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        if process.store.inc("turns") == 2:
            process.complete()
        process.wait(timedelta(minutes=10))

    process_id = bench.start("import")
    waiting = bench.finish(process_id)
    assert (waiting.wait_until, waiting.is_waiting) == (NOW + timedelta(minutes=10), True)
    bench.advance(minutes=9, seconds=59)
    assert not bench.iterate().has_worked
    bench.advance(seconds=1)
    assert bench.iterate().has_worked
    assert bench.get(process_id).status is ProcessStatus.COMPLETED


def test_a_moment_without_a_time_zone_is_refused(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        with pytest.raises(InvalidValue, match=r"^wait_until: must have a time zone"):
            process.wait_until(NOW.replace(tzinfo=None))
        process.complete()

    assert bench.finish(bench.start("import")).status is ProcessStatus.COMPLETED


def test_a_moment_in_another_zone_is_kept_and_told_as_utc(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        with pytest.raises(OverflowError):  # no date: whoever read the process would stumble over it
            process.wait_until(datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))))
        process.wait_until(NOW.astimezone(timezone(timedelta(hours=1))) + timedelta(hours=1))

    process_id = bench.start("import")
    bench.iterate()
    assert (bench.history(process_id)[-1].after or {})["wait_until"] == iso(NOW + timedelta(hours=1))


# --- what a handler is given ---


def test_a_handler_cannot_change_the_parameters(bench: Bench, jobs: JobBoy) -> None:
    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        process.parameters["rows"].append(4)
        process.complete()

    process = bench.finish(bench.start("import", {"rows": [1, 2, 3]}))
    assert process.parameters == {"rows": [1, 2, 3]}


def test_a_handler_has_an_idempotency_key_that_stays_the_same_over_its_attempts(bench: Bench, jobs: JobBoy) -> None:
    keys = []
    jobs.define("import", retries=1)

    @jobs.handler("import")
    def work(process: HandledProcess) -> None:
        keys.append((process.idempotency_key, process.attempt))
        raise OSError("not now")

    process_id = bench.start("import")
    bench.iterate()
    bench.advance(seconds=1)
    bench.iterate()
    assert keys == [(f"{process_id}/starting/1", 1), (f"{process_id}/starting/1", 2)]


def test_what_a_thread_left_behind_does_to_a_document_comes_too_late_for_the_turn() -> None:
    before = a_process(store=ProcessStore({"rows": [1]}))
    store = ProcessStore.from_text(before.store.text, "store")
    store["rows"].append(2)
    after = sealed(before.changed(store=store, reports=ProcessStore()), before)
    store["rows"].append(3)
    assert after.store.as_dict() == {"rows": [1, 2]}
    assert after.reports is before.reports  # it says the same, so there is nothing to compare or write
