"""What steps in a thread of the worker fork: it keeps nothing of the worker held, and does not work in its place."""

from __future__ import annotations

from collections.abc import Callable

from tests.chaos.left_behind import LOCKS, left_behind
from tests.integration.worker_programs import Site, eventually

APP = "tests.chaos.steps"


def test_a_fork_that_a_step_left_behind_keeps_nothing_of_its_killed_worker_held(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site(APP)
    neighbour = site.start("neighbour")
    forking = site.start("forks", how="fork left behind", number=7)
    worker = site.worker("--slots", "2")
    site.await_status(forking, "completed")
    eventually(lambda: site.jobs.get(neighbour).handled)
    (fork,) = left_behind(site, forking)

    worker.kill()

    try:
        assert site.jobs.get(neighbour).stuck
        assert site.operations.overview().workers_alive == 0
        assert fork.runs
        assert fork.opened_of(site, *LOCKS) == []
    finally:
        fork.end()


def test_of_a_step_that_returns_on_both_sides_of_a_fork_one_goes_on_as_a_worker(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site(APP)
    forking = site.start("forks", how="both sides of a fork return", number=7)
    worker = site.worker("--slots", "1")

    assert site.await_status(forking, "completed").output == {"number": 7}

    (copy,) = left_behind(site, forking)
    eventually(lambda: not copy.runs)
    assert worker.lives
    assert [event.kind for event in site.jobs.history(forking)] == ["started", "step_completed"]
