"""F4: workers that are killed while a step runs, and what becomes of step, hold and process."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from jobboy.locks import open_locks
from jobboy.ports import Locks, process_place
from jobboy.runners import guardian
from jobboy.system import SystemClock
from tests.chaos.proof import Proof, percentiles, seconds_words, spread
from tests.chaos.steps import HOLDS, attempts_book, runs
from tests.integration.worker_programs import Program, Site, eventually

WORKER_DEATHS = 100
PROMISED_SECONDS = 2.0
"""From the death of the last program that held a process to its next claim (P6)."""
ORPHANED_SECONDS = 1.0
"""How long a step without worker and guardian is left alone, to see that nobody takes its process."""
LATEST_KILL = 0.2
"""Seconds after the beginning of a step."""

IN_THREAD, ALONE, ORPHANED = "in a thread", "isolated", "isolated, guardian killed first"
CODES = {IN_THREAD: "holds-on", ALONE: "holds-on-isolated", ORPHANED: "holds-on-isolated"}
KINDS = [f"{how}, {where}" for how in HOLDS for where in (IN_THREAD, ALONE)] + [f"sleeps, {ORPHANED}"]


@dataclass
class Measured:
    """What one kind of death came to."""

    deaths: int = 0
    beside: int = 0
    """How many of them left the process free, or begun again, while the step still ran."""
    gone: list[float] = field(default_factory=list)
    """Seconds from the kill to the end of the step's program."""
    claimed: list[float] = field(default_factory=list)
    """Seconds from the death of the last program that held the process to its next claim."""
    again: list[float] = field(default_factory=list)
    """Seconds from there to the first line of the step; an isolated one starts a program in between."""


class Pool:
    """Two workers of one slot each: one has the step in hand and dies, the other takes over and is the next."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._workers = [site.ready_worker("--slots", "1") for _ in range(2)]

    def holder(self, process_id: str) -> Program:
        """Return the worker that has a process in hand."""
        handled_by = eventually(lambda: self._site.jobs.get(process_id).handled_by)
        assert handled_by is not None
        pid = int(handled_by.split(":")[1])
        return next(worker for worker in self._workers if worker.pid == pid)

    def replace(self, dead: Program) -> None:
        """Start a new worker for a dead one."""
        self._workers.remove(dead)
        self._workers.append(self._site.ready_worker("--slots", "1"))


def prove(run: Proof, site: Site, source: random.Random) -> None:
    """Kill workers until all deaths are made, and tell what became of their steps."""
    measured: dict[str, Measured] = defaultdict(Measured)
    pool = Pool(site)
    with closing(open_locks(Path(site.folder, "jobboy.db.lock"))) as locks:
        for kind in spread(run.scaled(WORKER_DEATHS), KINDS):
            _let_one_die(run, site, pool, locks, kind, measured[kind], source.uniform(0, LATEST_KILL))
    _tell(run, measured)


def _let_one_die(
    run: Proof, site: Site, pool: Pool, locks: Locks, kind: str, measured: Measured, delay: float
) -> None:
    how, where = kind.split(", ", 1)
    process_id = site.start(CODES[where], how=how)
    book = attempts_book(process_id)
    first = eventually(lambda: site.notes(book))[0]
    holder = pool.holder(process_id)
    process = site.jobs.get(process_id)
    watched = Watched(locks, process_place(process.number, process.token), first)
    time.sleep(delay)
    if where == ORPHANED:
        _kill_guardian(holder, first["pid"])
    clock = SystemClock()
    killed_at, killed_on = time.monotonic(), clock.now()
    holder.kill()
    if where == ORPHANED:
        watched.look_for(ORPHANED_SECONDS, lambda: len(site.notes(book)) > 1)
        run.expect(watched.runs and len(site.notes(book)) == 1, f"{kind}, {process_id}: taken from an orphan")
        os.kill(first["pid"], signal.SIGKILL)
        killed_at, killed_on = time.monotonic(), clock.now()
    watched.look_for(PROMISED_SECONDS * 10, lambda: watched.gone_at < float("inf"))
    site.await_status(process_id, "completed")
    measured.beside += not _judged(run, site, f"{kind}, {process_id}", process_id, watched)
    second = site.notes(book)[1]
    measured.deaths += 1
    measured.gone.append(watched.gone_at - killed_at)
    measured.again.append(second["monotonic"] - killed_at)
    claimed_on = site.operations.details(process_id).steps[0].started_at
    assert claimed_on is not None
    measured.claimed.append((claimed_on - killed_on).total_seconds())
    pool.replace(holder)


class Watched:
    """The program of a step and the place its process is held by: never may the place be free while it runs."""

    def __init__(self, locks: Locks, place: int, note: Mapping[str, Any]) -> None:
        self._locks, self._place = locks, place
        self._pid, self._created = note["pid"], note["created"]
        self.free_while_it_ran = 0
        self.gone_at = float("inf")

    @property
    def runs(self) -> bool:
        """Whether the program runs."""
        return runs(self._pid, self._created)

    def look_for(self, seconds: float, over: Callable[[], bool]) -> None:
        """Look again and again for some time, or until it is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._look()
            if over():
                return

    def _look(self) -> None:
        held = self._locks.is_taken(self._place)  # first: what still runs afterwards ran while it was free
        if self.runs:
            self.free_while_it_ran += not held
        else:
            self.gone_at = min(self.gone_at, time.monotonic())


def _kill_guardian(worker: Program, step: int) -> None:
    for child in psutil.Process(worker.pid).children():
        if child.pid != step and guardian.__file__ in child.cmdline():
            child.kill()
            return
    raise AssertionError(f"worker {worker.pid} has no guardian")


def _judged(run: Proof, site: Site, named: str, process_id: str, watched: Watched) -> bool:
    """Say whether the process was never free, nor begun again, while a program of its step ran."""
    notes = site.notes(attempts_book(process_id))
    run.expect(len(notes) == 2, f"{named}: {len(notes)} attempts")
    run.expect(len(site.events(process_id, "stuck")) == 1, f"{named}: its death was not recorded once")
    never_free = run.expect(watched.free_while_it_ran == 0, f"{named}: free while its step ran")
    ended = run.expect(watched.gone_at < float("inf"), f"{named}: its step outlived it")
    alone = run.expect(not any(note["running"] for note in notes), f"{named}: two attempts at once: {notes}")
    return never_free and ended and alone


def _tell(run: Proof, measured: Mapping[str, Measured]) -> None:
    rows: list[list[object]] = []
    for kind, one in measured.items():
        times = [*percentiles(one.gone), *percentiles(one.claimed), *percentiles(one.again)]
        rows.append([kind, one.deaths, *map(seconds_words, times)])
    head = ("worker killed, step", "deaths", "gone p50 s", "p99 s", "claimed p50 s", "p99 s", "again p50 s", "p99 s")
    run.table(head, rows)
    again = [seconds for one in measured.values() for seconds in one.again]
    claimed = [seconds for one in measured.values() for seconds in one.claimed]
    gone = [seconds for one in measured.values() for seconds in one.gone]
    run.told("worker deaths", len(again))
    run.exactly("free or tried again beside a running step", sum(one.beside for one in measured.values()), 0)
    run.told("step gone p99 s", percentiles(gone)[1])
    run.told("claimed again p50 s", percentiles(claimed)[0])
    run.at_most("claimed again p99 s", percentiles(claimed)[1], PROMISED_SECONDS)
    run.told("step runs again p99 s", percentiles(again)[1])
