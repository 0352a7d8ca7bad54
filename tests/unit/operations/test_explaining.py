"""A process in words: its state, why, what comes next, and what one can do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jobboy import JobBoy
from jobboy.model.process import CrashPolicy, Process
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.workers import WorkerInfo
from jobboy.operations import Explanation, Verb
from jobboy.operations.explaining import Circumstances, explain
from jobboy.ports import Change, WorkPause
from tests.factories import NOW, WORKER, a_process
from tests.unit.bench import Bench

MINUTE = timedelta(minutes=1)
KILLED = {"kind": "signal", "signal": "SIGKILL", "step": "load", "attempt": 2, "host": "web1", "pid": 77}


def a_worker(**fields: Any) -> WorkerInfo:
    known = {"number": 1, "id": WORKER, "host": "web1", "pid": 77, "slots": 2, "codes": (), "alive": True}
    return WorkerInfo(**{**known, **fields}, started_at=NOW)


def explained(process: Process, *workers: WorkerInfo, **others: Any) -> Explanation:
    names = ("fetch", "load", "report")
    steps = [
        StepRecord(
            position=position,
            name=name,
            status=StepStatus.COMPLETED if position == 0 else StepStatus.PENDING,
            ended_at=NOW - 5 * MINUTE if position == 0 else None,
        )
        for position, name in enumerate(names)
    ]
    return explain(process, Circumstances(now=NOW, steps=steps, workers=workers, **others))


def advice(explanation: Explanation) -> dict[Verb, tuple[bool, str]]:
    return {found.verb: (found.allowed, found.text) for found in explanation.advice}


def test_a_stuck_one_is_told_with_its_holder_its_death_and_its_last_words() -> None:
    cause = {**KILLED, "last_lines": ["page 3", "Fatal Python error: Segmentation fault", ""]}
    process = a_process(
        step="load", attempt=2, handled=True, stuck=True, handled_at=NOW - 3 * MINUTE, stuck_cause=cause, crashes=1
    )
    told = explained(process, a_worker(alive=False))
    assert told.state == "It is stuck: running, and the worker that holds it is dead."
    assert told.why == (
        "It is at step 'load' (2 of 3), attempt 2.",
        f"{WORKER} (host web1, pid 77) has held it since 11:57:00 UTC (3 minutes ago).",
        "The holder's lock is free, and only the end of its program frees it: it cannot come back.",
        "The last program that died at it: killed by SIGKILL, step load, attempt 2, host web1, pid 77.",
        "Its last words: Fatal Python error: Segmentation fault",
        "Programs died 1 time in this step.",
    )
    assert told.next == (
        "Nothing: its crash policy is to hold, and no worker has a handler for this case. It needs you.",
    )
    assert advice(told)[Verb.RECOVER] == (
        True,
        "Takes it from its dead holder: the next free worker goes on with step 'load'.",
    )
    assert advice(told)[Verb.PROCEED] == (False, "Not now: it is not paused but stuck.")


def test_a_stuck_one_that_workers_may_take_over_needs_a_worker_only() -> None:
    process = a_process(
        step="load",
        handled=True,
        stuck=True,
        rescuable=True,
        on_crash=CrashPolicy.RECOVER,
        crashes=2,
        stuck_cause=KILLED,
    )
    told = explained(process)
    assert told.why[-1] == "Programs died 2 times in this step; after 3 times it is given up."
    assert told.next[0] == "The next free worker takes it over and goes on with step 'load'; its attempt counts."
    assert told.next[1].startswith("But no worker is alive")


def test_a_death_that_no_sweep_has_recorded_yet_is_told_as_such() -> None:
    process = a_process(handled=True, stuck=True, on_crash=CrashPolicy.RECOVER)
    assert "records the death and applies its policy" in explained(process).next[0]


def test_a_stalled_one_can_be_taken_away_with_force_only() -> None:
    process = a_process(step="load", handled=True, deadline_at=NOW - 2 * MINUTE)
    told = explained(process, a_worker())
    assert told.state == "It has stalled: its holder is alive, but past its deadline."
    assert told.why[-2:] == (
        "Its deadline was 11:58:00 UTC (2 minutes ago).",
        "Its step does not listen: inside one call into C only a step of a program of its own can be ended.",
    )
    assert advice(told)[Verb.RECOVER][1].startswith("Only with force: it has stalled")
    assert told.advice[0].verb is Verb.KILL


def test_one_that_was_claimed_ahead_says_what_it_waits_for() -> None:
    told = explained(a_process(step="load", handled=True, handled_at=NOW), a_worker(), ahead=True)
    assert told.why[-1] == "It was claimed together with others and has not begun: its turn comes after theirs."


def test_a_paused_one_names_the_step_that_asks() -> None:
    told = explained(a_process(step="load", paused=True))
    assert told.state == "It is paused: it needs somebody's answer to go on."
    assert "Its next step is 'load' (2 of 3)." in told.why
    assert "Step 'fetch' returned at 11:55:00 UTC (5 minutes ago) and asks what to do next." in told.why
    assert told.next == ("Nothing happens until it is answered; the time that it is paused does not count.",)
    assert advice(told)[Verb.PROCEED] == (
        True,
        "Merges your answer over its output and lets it go on with step 'load'.",
    )


def test_a_waiting_one_says_what_for() -> None:
    process = a_process(step="load", attempt=1, wait_until=NOW + 10 * MINUTE, error="OSError: disk")
    told = explained(process, a_worker())
    assert told.state == "It is waiting: nobody picks it before 12:10:00 UTC (in 10 minutes)."
    assert told.why[-1] == "Attempt 1 went wrong and is repeated: OSError: disk"
    assert told.next == ("After that the next free worker goes on with step 'load'.", "1 living worker can do that.")


def test_a_kill_that_was_asked_for_comes_before_a_pause() -> None:
    told = explained(a_process(paused=True, killed_at=NOW), a_worker())
    assert told.state == "It is running, and its end was asked for."
    assert told.next[0] == "The next turn begins its teardown, then it is failed."
    assert advice(told)[Verb.KILL] == (False, "Not now: its kill was asked for already.")


@pytest.mark.parametrize(
    ("workers", "words"),
    [
        ([], "But no worker is alive: start one with `jobboy --app MODULE:OBJECT work`."),
        ([a_worker(alive=False)], "But no worker is alive: start one with `jobboy --app MODULE:OBJECT work`."),
        ([a_worker(codes=("export",))], "But no living worker (of 1) serves the code 'import'."),
        ([a_worker(codes=("import",)), a_worker()], "2 living workers can do that."),
        ([a_worker(slots=1, holds=("x",))], "1 living worker can do that, all of them busy now."),
    ],
)
def test_who_could_do_the_work_is_told(workers: list[WorkerInfo], words: str) -> None:
    assert explained(a_process(status="starting"), *workers).next[1] == words


def test_a_pause_of_all_work_is_told_with_who_and_why() -> None:
    pause = WorkPause(at=NOW - 60 * MINUTE, actor="operator:ada@web1", reason="the disk is full")
    told = explained(a_process(), a_worker(), pause=pause)
    assert told.next[1] == (
        "But all work is paused, by operator:ada@web1 since 11:00:00 UTC (1 hour ago): the disk is full"
    )


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_what_has_ended_can_only_be_restarted(status: str) -> None:
    process = a_process(
        status=status, ended_at=NOW - 26 * 60 * MINUTE, expires_at=NOW + 48 * 60 * MINUTE, error="OSError: disk"
    )
    told = explained(process)
    assert "(1 day ago)" in told.state
    assert told.next == ("Nothing: it is over. Retention may remove it after 07 Jan 2026 12:00 UTC (in 2 days).",)
    assert [found.verb for found in told.advice if found.allowed] == [Verb.RESTART]
    assert told.why == ("The last error: OSError: disk",)


def test_what_failed_says_at_which_step_it_ended() -> None:
    told = explained(a_process(status="failed", step="load", attempt=3, killed_at=NOW, ended_at=NOW))
    assert told.why == (
        "It ended at step 'load' (2 of 3), attempt 3.",
        "Its end was asked for at 12:00:00 UTC (a moment ago).",
    )


@pytest.mark.parametrize("status", ["starting", "running", "ending", "failing", "completed", "failed"])
@pytest.mark.parametrize("mark", [{}, {"handled": True}, {"handled": True, "stuck": True}, {"paused": True}])
def test_every_state_is_told_in_whole_sentences(status: str, mark: dict[str, Any]) -> None:
    told = explained(a_process(status=status, **mark))
    sentences = [told.state, *told.next, *(found.text for found in told.advice)]
    assert all(sentence[0].isupper() and sentence.endswith((".", "`")) for sentence in sentences)
    assert len(told.advice) == len(Verb)


def test_an_explanation_is_json_with_what_can_be_done_first() -> None:
    told = explained(a_process(step="load", paused=True)).as_json()
    assert set(told) == {"id", "code", "state", "why", "next", "actions"}
    assert [action["allowed"] for action in told["actions"]] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("defined", "place"),
    [
        (("load", "report"), " (1 of 2)"),
        (("fetch", "report"), " (which its definition no longer has)"),
        ((), ""),
    ],
)
def test_a_place_is_counted_among_the_steps_that_are_defined_now(defined: tuple[str, ...], place: str) -> None:
    told = explained(a_process(step="load", attempt=2), defined=defined)
    assert f"It is at step 'load'{place}, attempt 2." in told.why


def test_steps_that_are_no_longer_defined_are_not_counted(bench: Bench, jobs: JobBoy) -> None:
    process = bench.put(a_process(code="nightly", step="report", status="running"))
    gone = StepRecord(position=0, name="fetch", status=StepStatus.COMPLETED, attempts=1)
    bench.repository.settle(Change(process=process, seen_token=process.token, steps=(gone,)))
    pipeline = jobs.steps("nightly")
    pipeline.step(lambda data: {}, name="load")
    pipeline.step(lambda data: {}, name="report")
    assert "Its next step is 'report' (2 of 2)." in bench.operations.explain(process.id).why
