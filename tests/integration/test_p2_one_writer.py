"""P2: a holder that lost its hold cannot change the process; its write is dropped and recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobboy.model.process import Process
from jobboy.model.steps import StepRecord
from tests.integration.worker_programs import Program, Site, eventually

CODES = ["gate-in-thread", "gate-isolated", "gate-handler"]


@pytest.mark.parametrize("code", CODES)
def test_p2_a_holder_that_was_frozen_and_replaced_is_fenced(open_site: Callable[[str], Site], code: str) -> None:
    site = open_site("gates")
    process_id, frozen = _frozen_at_its_gate(site, code)
    site.jobboy_json("recover", process_id, "--force", "--reason", "its host hangs")
    second = site.worker()
    site.await_status(process_id, "completed")
    settled = _all_that_is_kept(site, process_id)

    frozen.thaw()
    site.leave("open-1")

    fenced = site.await_event(process_id, "fenced")
    assert _all_that_is_kept(site, process_id) == settled
    assert settled[0].output == {"attempt": 2}
    assert str(frozen.pid) in fenced.actor
    assert frozen.lives
    assert second.lives
    assert len(site.events(process_id, "fenced")) == 1


def test_p2_a_fenced_worker_goes_on_with_other_processes(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id, frozen = _frozen_at_its_gate(site, "gate-in-thread")
    site.operations.fail(process_id, now=True, force=True, reason="not wanted any more")
    frozen.thaw()
    site.leave("open-1")
    site.await_event(process_id, "fenced")

    next_one = site.start("gate-in-thread")

    assert site.await_status(next_one, "completed").output == {"attempt": 1}
    assert site.jobs.get(process_id).status == "failed"


def test_p2_a_holder_that_lost_its_process_while_it_worked_writes_nothing_of_its_turn(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("gates")
    process_id = site.start("gate-handler", gates=[1])
    site.ready_worker("--slots", "1")
    site.await_sign("reached-1")
    taken = site.operations.recover(process_id, force=True, reason="taken from a living holder")
    site.leave("open-1")

    site.await_event(process_id, "fenced")

    again = site.await_status(process_id, "completed")
    assert again.output == {"attempt": 2}
    assert again.token > taken.token
    assert [event.kind for event in site.jobs.history(process_id)] == ["started", "recovered", "fenced", "iterated"]


def test_p2_a_holder_is_fenced_though_it_was_its_own_worker_that_took_the_process_again(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("gates")
    process_id = site.start("gate-in-thread", gates=[1])
    worker = site.ready_worker("--slots", "2")
    site.await_sign("reached-1")
    site.operations.recover(process_id, force=True, reason="taken from a living holder")
    assert site.await_status(process_id, "completed").output == {"attempt": 2}

    site.leave("open-1")

    assert str(worker.pid) in site.await_event(process_id, "fenced").actor
    assert site.jobs.get(process_id).output == {"attempt": 2}


def test_p2_an_isolated_step_whose_process_was_taken_away_is_ended(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-isolated", gates=[1])
    worker = site.ready_worker("--slots", "1")
    site.await_sign("reached-1")

    site.operations.fail(process_id, now=True, force=True, reason="not wanted any more")

    site.await_event(process_id, "fenced")  # though its gate is never opened
    assert site.jobs.get(process_id).status == "failed"
    assert worker.lives


def _frozen_at_its_gate(site: Site, code: str) -> tuple[str, Program]:
    """Return a process that stands at the gate of its first attempt, and its worker, stopped by SIGSTOP."""
    process_id = site.start(code, gates=[1])
    worker = site.worker("--slots", "1")
    site.await_sign("reached-1")
    worker.freeze()
    return process_id, worker


def _all_that_is_kept(site: Site, process_id: str) -> tuple[Process, list[StepRecord]]:
    details = eventually(lambda: site.operations.details(process_id))
    return details.process, details.steps
