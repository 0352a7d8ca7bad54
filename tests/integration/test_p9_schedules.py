"""P9: each due time of a schedule starts at most one process, and what was missed follows the policy."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta

import pytest

from jobboy import bootstrap
from jobboy.failpoints import CRASH_VARIABLE
from jobboy.model.process import iso
from jobboy.model.schedules import MissedPolicy
from jobboy.model.selection import Selection
from jobboy.operations import Operations
from jobboy.testing import FrozenClock
from tests.integration.worker_programs import OPERATOR, Site, eventually

SECOND = timedelta(seconds=1)
NAMES = ["a", "b", "c"]
LOOKS_ONLY_WHEN_TOLD = "from jobboy.worker import ticks; ticks.LONGEST_PAUSE = 86_400.0"
"""So that new schedules are heard of through the bell, or not in a test's time."""


def due_times(site: Site, name: str) -> list[str]:
    """Return the due times that processes of a schedule were started for, in the order of their start."""
    processes = reversed(site.operations.list(Selection(), limit=1000))
    return [process.parameters["due_at"] for process in processes if process.parameters.get("name") == name]


def test_p9_several_workers_that_are_killed_start_every_due_time_exactly_once(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("timed")
    workers = [site.worker_with(LOOKS_ONLY_WHEN_TOLD, "--slots", "1") for _ in range(2)]
    eventually(lambda: {worker.pid for worker in workers} <= site.pids_of_workers())
    for name in NAMES:
        site.operations.add_schedule(name, "tick", every=SECOND, missed="all", parameters={"name": name})

    eventually(lambda: all(due_times(site, name) for name in NAMES))
    workers[0].kill()
    seen = len(due_times(site, "a"))
    eventually(lambda: len(due_times(site, "a")) >= seen + 2)
    for worker in workers[1:]:
        worker.kill()
    missed_from = site.operations.now()
    eventually(lambda: site.operations.now() > missed_from + 2 * SECOND)
    site.work_here()

    for name in NAMES:
        schedule, started = site.operations.schedule(name), due_times(site, name)
        expected = schedule.upcoming(schedule.anchor_at, len(started))
        assert started == [iso(due) for due in expected], "none is left out, none is there twice"
        assert schedule.last_at == expected[-1] > missed_from
    assert not site.operations.overview().counts.stuck


def test_p9_what_was_missed_while_no_worker_lived_follows_the_policy(open_site: Callable[[str], Site]) -> None:
    site = open_site("timed")
    now = site.operations.now()
    half_an_hour_ago = (now - timedelta(minutes=30)).minute
    with two_days_before(site, now) as earlier:
        for policy in MissedPolicy:
            earlier.add_schedule(
                policy, "tick", cron=f"{half_an_hour_ago} * * * *", missed=policy, parameters={"name": policy}
            )
    planned = site.operations.schedule("one")
    past = [iso(due) for due in planned.upcoming(planned.anchor_at, 60) if due <= now]
    assert len(past) == 48
    assert ("schedules", False) in [check[:2] for check in site.operations.doctor()]

    site.work_here()
    site.work_here()

    assert {policy: due_times(site, policy) for policy in MissedPolicy} == {
        MissedPolicy.SKIP: [],
        MissedPolicy.ONE: past[-1:],
        MissedPolicy.ALL: past,
    }
    assert all(one.status == "completed" for one in site.operations.list(Selection()))
    assert ("schedules", True) in [check[:2] for check in site.operations.doctor()]


@pytest.mark.parametrize(("crash_at", "left"), [("commit-asked", 0), ("commit-done", 1)])
def test_p9_a_worker_that_dies_at_its_commit_has_started_all_of_it_or_nothing(
    open_site: Callable[[str], Site], crash_at: str, left: int
) -> None:
    site = open_site("timed")
    with two_days_before(site, site.operations.now()) as earlier:
        planned = earlier.add_schedule("daily", "tick", cron="@daily", missed="one", parameters={"name": "daily"})

    ticker = site.program("-m", "tests.integration.programs.ticker", **{CRASH_VARIABLE: crash_at})

    assert ticker.wait() == -signal.SIGKILL, ticker.errors
    assert len(due_times(site, "daily")) == left
    assert (site.operations.schedule("daily") == planned) is (left == 0)
    site.operations.start_due()
    assert len(due_times(site, "daily")) == 1


def test_p9_a_schedule_of_an_app_is_made_by_its_first_worker_and_keeps_an_operators_pause(
    open_site: Callable[[str], Site],
) -> None:
    site = open_site("timed")
    site.work_here()
    assert site.operations.schedule("new-year").by_app

    site.operations.pause_schedule("new-year", reason="no one is here")
    site.work_here()
    started = site.operations.start_schedule("new-year")
    site.work_here()

    assert site.operations.schedule("new-year").paused
    assert site.jobs.get(started).status == "completed"
    kinds = [event.kind for event in site.operations.feed(after=0) if event.process_id is None]
    assert kinds == ["schedule_added", "schedule_paused", "schedule_started"]


@contextmanager
def two_days_before(site: Site, now: datetime) -> Iterator[Operations]:
    """Open the door of a site with a clock that stands two days before now."""
    clock = FrozenClock(now - timedelta(days=2))
    with closing(bootstrap.open_adapters(site.database, clock=clock)) as adapters:
        yield bootstrap.open_operations(adapters, site.jobs.registry, actor=OPERATOR)
