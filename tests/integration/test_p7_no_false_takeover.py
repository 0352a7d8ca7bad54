"""P7: nothing makes a living holder look dead: no slow step, no held interpreter, no stopped program, no clock."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jobboy import bootstrap
from jobboy.errors import Refused
from jobboy.operations import Operations
from jobboy.storage.driver import connect
from jobboy.system import SystemClock
from jobboy.worker import WorkerSettings
from tests.integration.apps.gates import HELD_SECONDS
from tests.integration.worker_programs import OPERATOR, Site

WATCHED_SECONDS = 2.0
LOOKS = 50
"""So many sweeps are made at least while a holder does nothing that can be seen."""


class JumpingClock:
    """A clock that is an hour early, then an hour late, then right, in turn."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._errors = itertools.cycle([timedelta(hours=1), timedelta(hours=-1), timedelta(0)])

    def now(self) -> datetime:
        return self._clock.now() + next(self._errors)


def test_p7_a_step_that_holds_the_interpreter_is_not_taken_over(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("greedy")
    holder = site.worker("--slots", "1")
    site.await_sign("holding")
    site.ready_worker("--idle-time", "0.05")

    _sweep_for(site.operations, HELD_SECONDS - 1)

    done = site.await_status(process_id, "completed")
    _assert_never_taken_over(site, process_id, holder.pid)
    assert done.output == {"attempt": 1}


def test_p7_a_stopped_worker_is_not_taken_over(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-in-thread", gates=[1])
    holder = site.worker("--slots", "1")
    site.await_sign("reached-1")
    holder.freeze()
    site.ready_worker("--idle-time", "0.05")

    _sweep_for(site.operations, WATCHED_SECONDS)

    assert site.jobs.get(process_id).handled
    assert not site.jobs.get(process_id).stuck
    holder.thaw()
    site.leave("open-1")
    site.await_status(process_id, "completed")
    _assert_never_taken_over(site, process_id, holder.pid)


def test_p7_a_clock_that_jumps_by_hours_makes_no_living_holder_look_dead(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-in-thread", gates=[1])  # its own limit of ten minutes is over for the early clock
    holder = site.worker("--slots", "1")
    site.await_sign("reached-1")

    with _operations_with(site, JumpingClock()) as confused:
        _sweep_for(confused, WATCHED_SECONDS)
        for _ in range(3):
            assert not confused.get(process_id).stuck
            with pytest.raises(Refused, match="its holder is alive"):
                confused.recover(process_id)

    site.leave("open-1")
    site.await_status(process_id, "completed")
    _assert_never_taken_over(site, process_id, holder.pid)


def test_p7_a_worker_whose_clock_jumps_takes_nothing_from_a_living_one(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-handler", gates=[1])
    holder = site.worker("--slots", "1")
    site.await_sign("reached-1")

    adapters = bootstrap.open_adapters(site.database, clock=JumpingClock())
    confused = bootstrap.make_worker(adapters, site.jobs.registry, WorkerSettings(slots=2, idle_time=0.05))
    confused.start()
    try:
        _sweep_for(site.operations, WATCHED_SECONDS)
        assert not confused.busy
        site.leave("open-1")
        site.await_status(process_id, "completed")
    finally:
        confused.stop()
        adapters.close()

    _assert_never_taken_over(site, process_id, holder.pid)


def test_p7_a_busy_database_costs_no_holder_its_process(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    process_id = site.start("gate-in-thread", gates=[1])
    holder = site.worker("--slots", "1")
    site.await_sign("reached-1")

    with closing(connect(Path(site.folder, "jobboy.db"))) as hog:
        hog.execute("BEGIN IMMEDIATE")
        site.leave("open-1")
        _look_for(site, process_id, WATCHED_SECONDS)
        hog.execute("ROLLBACK")

    site.await_status(process_id, "completed")
    _assert_never_taken_over(site, process_id, holder.pid)


@contextmanager
def _operations_with(site: Site, clock: JumpingClock) -> Iterator[Operations]:
    with closing(bootstrap.open_adapters(site.database, clock=clock)) as adapters:
        yield bootstrap.open_operations(adapters, site.jobs.registry, actor=OPERATOR)


def _sweep_for(operations: Operations, seconds: float) -> None:
    """Sweep as fast as this program can, and find nothing."""
    end, sweeps = time.monotonic() + seconds, 0
    while time.monotonic() < end or sweeps < LOOKS:
        assert operations.sweep() == []
        sweeps += 1


def _look_for(site: Site, process_id: str, seconds: float) -> None:
    """Read as fast as this program can, and see a living holder."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        process = site.jobs.get(process_id)
        assert process.handled
        assert not process.stuck


def _assert_never_taken_over(site: Site, process_id: str, pid: int) -> None:
    history = site.jobs.history(process_id)
    assert {event.kind for event in history}.isdisjoint({"stuck", "recovered", "fenced", "crashed", "raised"})
    assert f":{pid}:" in history[-1].actor
    assert site.jobs.get(process_id).token == 1
