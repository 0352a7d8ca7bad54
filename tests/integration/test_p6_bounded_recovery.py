"""P6: what a dead worker held goes on by itself, and a step that keeps killing its programs is given up.

That it goes on within two seconds is measured where a machine is quiet: `python -m tests.chaos.deaths`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jobboy.model.process import CRASH_LIMIT
from tests.integration.apps.deaths import ALWAYS
from tests.integration.worker_programs import Site, Supervisor


def test_p6_a_second_worker_goes_on_after_the_death(open_site: Callable[[str], Site]) -> None:
    site = open_site("deaths")
    workers = [site.ready_worker("--slots", "1") for _ in range(2)]

    process_id = site.start("dying", how="kill -9")

    assert site.await_status(process_id, "completed").output == {"survived": 2}
    assert [note["attempt"] for note in site.notes("attempts")] == [1, 2]
    assert sorted(worker.lives for worker in workers) == [False, True]


def test_p6_an_isolated_step_that_crashes_three_times_is_torn_down_and_fails(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("deaths")
    neighbour = site.start("neighbour")
    process_id = site.start("poison", how="segmentation fault", attempts=ALWAYS)
    worker = site.worker("--slots", "2")

    failed = site.await_status(process_id, "failed")

    assert failed.store == {"torn_down": True}
    assert [event.attempt for event in site.events(process_id, "crashed")] == list(range(1, CRASH_LIMIT + 1))
    assert [note["attempt"] for note in site.notes("attempts")] == list(range(1, CRASH_LIMIT + 1))
    statuses = [(event.after or {}).get("status") for event in site.jobs.history(process_id)]
    assert [status for status in statuses if status] == ["starting", "running", "failing", "failed"]
    assert worker.lives
    assert site.jobs.get(neighbour).crashes == 0


@pytest.mark.parametrize("how", ["kill -9", "segmentation fault"])
def test_p6_a_step_that_kills_its_workers_fails_and_an_innocent_neighbour_never_does(
    open_site: Callable[[str], Site], how: str
) -> None:
    site = open_site("deaths")
    neighbour = site.start("neighbour")
    process_id = site.start("dying", how=how, attempts=ALWAYS)
    supervisor = Supervisor(site, "--slots", "2")

    supervisor.keep_working(until=lambda: site.jobs.get(process_id).status == "failed")
    site.leave("neighbour-may-end")
    supervisor.keep_working(until=lambda: not site.jobs.get(neighbour).status.is_active)

    assert [note["attempt"] for note in site.notes("attempts")] == list(range(1, CRASH_LIMIT + 1))
    assert site.jobs.get(neighbour).status == "completed"
    assert supervisor.deaths == CRASH_LIMIT - 1, "the last attempt is made in a program of its own"
