"""P5: whatever dies, and however, the process shows it by itself, with what is known of the cause.

That it does within two seconds is measured where a machine is quiet: `python -m tests.chaos.deaths`.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

from jobboy.system import host
from tests.integration.apps.deaths import ALWAYS
from tests.integration.worker_programs import Site, eventually

DEATHS_OF_WORKERS = {
    "segmentation fault": -signal.SIGSEGV,
    "abort": -signal.SIGABRT,
    "exit 0": 0,
    "kill -9": -signal.SIGKILL,
}
DEATHS_OF_STEPS: dict[str, dict[str, Any]] = {
    "segmentation fault": {"kind": "signal", "signal": "SIGSEGV"},
    "abort": {"kind": "signal", "signal": "SIGABRT"},
    "kill -9": {"kind": "signal", "signal": "SIGKILL"},
    "exit 0": {"kind": "exit", "exit_code": 0},
    "exit 7": {"kind": "exit", "exit_code": 7},
}


@pytest.mark.parametrize("how", DEATHS_OF_WORKERS)
def test_p5_the_death_of_a_worker_in_a_step_is_seen_by_another_program(
    open_site: Callable[[str], Site], how: str
) -> None:
    site = open_site("deaths")
    process_id = site.start("dying-held", how=how)
    worker = site.worker("--slots", "1")

    assert worker.wait() == DEATHS_OF_WORKERS[how]

    assert site.jobs.get(process_id).stuck, "reading shows it before any sweep"
    assert [process.id for process in site.operations.sweep()] == [process_id]
    (event,) = site.events(process_id, "stuck")
    shown = site.jobboy_json("show", process_id)
    assert shown["stuck"]
    assert shown["stuck_cause"] == (event.after or {})["stuck_cause"]
    expected = {"kind": "holder died", "host": host(), "pid": worker.pid, "step": "die", "attempt": 1}
    assert expected.items() <= shown["stuck_cause"].items()


def test_p5_a_second_worker_records_a_death(open_site: Callable[[str], Site]) -> None:
    site = open_site("deaths")
    workers = [site.ready_worker("--slots", "1") for _ in range(2)]

    process_id = site.start("dying-held", how="kill -9")

    event = site.await_event(process_id, "stuck")

    assert sorted(worker.lives for worker in workers) == [False, True]
    assert event.actor.startswith("sweep:")


def test_p5_each_death_of_an_isolated_step_is_recorded_while_worker_and_neighbour_live_on(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("deaths")
    neighbour = site.start("neighbour")
    dying = {how: site.start("dying-isolated", how=how, attempts=ALWAYS) for how in DEATHS_OF_STEPS}
    worker = site.worker("--slots", "3")

    for how, process_id in dying.items():
        _assert_death_is_recorded(site, process_id, how)

    for process_id in dying.values():
        assert site.await_status(process_id, "failed").reports["reason"]["type"] == "StepCrashed"
    assert worker.lives
    assert site.jobs.get(neighbour).handled
    site.leave("neighbour-may-end")
    assert site.await_status(neighbour, "completed").output == {"attempt": 1}


@pytest.mark.parametrize(
    ("code", "how", "error"),
    [("dying-isolated", "out of memory", "MemoryError"), ("lasting-isolated", "timeout", "StepTimedOut")],
)
def test_p5_an_isolated_step_that_uses_up_memory_or_time_is_ended_and_told(
    open_site: Callable[[str], Site], code: str, how: str, error: str
) -> None:
    site = open_site("deaths")
    process_id = site.start(code, how=how)
    worker = site.worker()

    failed = site.await_status(process_id, "failed")

    (step,) = site.operations.details(process_id).steps
    assert failed.reports["reason"]["type"] == error
    assert (step.status, step.attempts) == ("failed", 1)
    assert error in (step.error or "")
    assert worker.lives


def test_p5_a_killed_worker_takes_its_isolated_step_with_it_and_never_two_run_at_once(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("gates")
    process_id = site.start("gate-isolated", gates=[1])
    worker = site.worker("--slots", "1")
    site.await_sign("reached-1")
    worker.kill()
    site.leave("open-1")  # an orphan that lived on would now go through and come to its end

    eventually(lambda: site.operations.sweep())
    site.work_until_idle()

    assert site.jobs.get(process_id).output == {"attempt": 2}
    assert not site.events(process_id, "fenced")


def _assert_death_is_recorded(site: Site, process_id: str, how: str) -> None:
    event = site.await_event(process_id, "crashed")
    cause: dict[str, Any] = (event.after or {})["stuck_cause"]
    noted = next(note for note in site.notes("attempts") if note["id"] == process_id)
    expected = {**DEATHS_OF_STEPS[how], "host": host(), "pid": noted["pid"], "step": "die", "attempt": 1}
    assert expected.items() <= cause.items()
    assert cause["last_lines"][0] == f"last words before {how}"
    assert (event.step, event.attempt) == ("die", 1)
