"""Retention: what has ended goes when its time is over, what is active never."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from jobboy import ProcessStatus, bootstrap
from jobboy.errors import ProcessNotFound
from jobboy.system import SystemClock
from tests.integration.worker_programs import Site


class LaterClock:
    """A clock that is ahead.

    Args:
        ahead: by how much.
    """

    def __init__(self, ahead: timedelta) -> None:
        self._clock, self._ahead = SystemClock(), ahead

    def now(self) -> datetime:
        return self._clock.now() + self._ahead


def test_each_definition_is_kept_as_long_as_it_says(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    short, long, active = site.start("kept-for-a-day"), site.start("trail"), site.start("asking")
    site.work_here()

    assert [_pruned(site, timedelta(days=days)) for days in (0.9, 1.1, 89, 91)] == [0, 1, 0, 1]

    for process_id in (short, long):
        with pytest.raises(ProcessNotFound):
            site.jobs.get(process_id)
    assert site.jobs.get(active).paused


def test_workers_that_only_live_until_they_are_idle_keep_house_too(
    open_site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = open_site("trails")
    over, active = site.start("kept-for-a-day"), site.start("asking")
    site.work_here()
    assert site.jobs.get(over).status is ProcessStatus.COMPLETED
    monkeypatch.setattr(site.jobs, "clock", LaterClock(timedelta(days=1.1)))

    site.work_here()

    assert [process.id for process in site.jobs.list()] == [active]
    assert len(site.operations.workers()) == 1, "the row of the worker of the day before is gone too"


def test_a_dry_run_counts_and_removes_nothing(open_site: Callable[[str], Site]) -> None:
    site = open_site("trails")
    ids = [site.start("kept-for-a-day") for _ in range(3)]
    active = site.start("asking")
    site.work_here()

    counted = site.jobboy_json("prune", "--older-than", "0s", "--dry-run")

    assert counted == {"pruned": 3, "dry_run": True}
    assert {process.id for process in site.jobs.list()} == {*ids, active}
    assert site.jobboy_json("prune", "--older-than", "0s") == {"pruned": 3, "dry_run": False}
    assert [process.id for process in site.jobs.list()] == [active]


def _pruned(site: Site, ahead: timedelta) -> int:
    with closing(bootstrap.open_adapters(site.database, clock=LaterClock(ahead))) as adapters:
        return bootstrap.open_operations(adapters, site.jobs.registry).prune()
