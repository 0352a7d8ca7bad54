"""What happens to those who recover while they recover: each scene leaves work in dead hands, and disturbs them.

A scene says whether its fault really came in the middle of a recovery; finishing the work may be left to others.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.process import BaseProcess

import psutil

from jobboy import Refused
from jobboy.storage.driver import connect
from tests.chaos.checker import Death, deaths
from tests.chaos.forked import end, fork_sweeper, fork_worker
from tests.chaos.ground import Ground
from tests.integration.apps import signs
from tests.integration.worker_programs import OPERATOR, PATIENCE, eventually

Scene = Callable[[Ground, random.Random], bool]
"""Called with the ground and the source of its moments; True when the fault came in the middle."""

HANDS = 30
"""Processes in dead hands; a recovery is in the middle when some of their deaths are recorded, and not all."""
IMPATIENCE = 0.2
"""Seconds that the writes of a recoverer wait for others, so that a lock need not be held for long to refuse them."""
LOCKED = 3 * IMPATIENCE


def killed_sweeper(ground: Ground, chance: random.Random) -> bool:
    """A program that only sweeps is killed, as a console that is closed."""
    ids = ground.leave_in_dead_hands(HANDS)
    sweeper = fork_sweeper(ground.site)
    _await_some(ground, ids, chance)
    ground.kill(sweeper)
    return _is_in_the_middle(ground, ids)


def killed_worker(ground: Ground, chance: random.Random) -> bool:
    """A worker is killed while it records deaths, or goes on with what it found."""
    ids = ground.leave_in_dead_hands(HANDS)
    worker = fork_worker(ground.site)
    _await_some(ground, ids, chance)
    ground.kill(worker)
    return _is_in_the_middle(ground, ids)


def several_at_once(ground: Ground, chance: random.Random) -> bool:
    """Two programs that sweep and two workers recover at the same time."""
    ids = ground.leave_in_dead_hands(HANDS)
    recoverers = [*(fork_sweeper(ground.site) for _ in range(2)), *(fork_worker(ground.site) for _ in range(2))]
    eventually(lambda: not ground.site.jobs.list("active", limit=1))
    for recoverer in recoverers:
        end(recoverer)
    return len({death.found_by for death in _found(ground, ids)}) > 1


def operator_too(ground: Ground, chance: random.Random) -> bool:
    """An operator recovers the same processes, last ones first, while a program sweeps."""
    ids = ground.leave_in_dead_hands(HANDS)
    sweeper = fork_sweeper(ground.site)
    operator, recovered = ground.site.jobs.operations(OPERATOR), 0
    _await_some(ground, ids, chance)
    for process_id in reversed(ids):
        try:
            operator.recover(process_id, reason="its worker is gone")
        except Refused:
            continue
        recovered += 1
    end(sweeper)
    return recovered > 0 and bool(_found(ground, ids))


def locked_database(ground: Ground, chance: random.Random) -> bool:
    """Another program writes for longer than a recovering worker waits; the same worker finishes afterwards."""
    ids = ground.leave_in_dead_hands(HANDS)
    worker = fork_worker(ground.site, busy_seconds=IMPATIENCE)
    _await_some(ground, ids, chance)
    with _locked(ground):
        in_the_middle = _is_in_the_middle(ground, ids)
        threading.Event().wait(LOCKED)
    eventually(lambda: not ground.site.jobs.list("active", limit=1))
    return end(worker) == 0 and in_the_middle


def full_disk(ground: Ground, chance: random.Random) -> bool:
    """Not one more byte can be written by a program that sweeps; the same program finishes afterwards."""
    ids = ground.leave_in_dead_hands(HANDS)
    sweeper = fork_sweeper(ground.site)
    assert sweeper.pid is not None
    stumbled, hard = f"stumbled-{sweeper.pid}", resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    _await_some(ground, ids, chance)
    resource.prlimit(sweeper.pid, resource.RLIMIT_FSIZE, (0, hard))
    eventually(lambda: signs.is_left(ground.site.folder, stumbled) or len(_found(ground, ids)) == HANDS)
    in_the_middle = _is_in_the_middle(ground, ids)
    resource.prlimit(sweeper.pid, resource.RLIMIT_FSIZE, (hard, hard))
    eventually(lambda: len(_found(ground, ids)) == HANDS)
    end(sweeper)
    return in_the_middle


def frozen_sweeper(ground: Ground, chance: random.Random) -> bool:
    """A program that sweeps stands still with an old picture, others finish, and it goes on with what it saw."""
    ids = ground.leave_in_dead_hands(HANDS)
    sweeper = fork_sweeper(ground.site)
    _await_some(ground, ids, chance)
    with _locked(ground):  # so it stands still where it keeps nobody from writing
        in_the_middle = _is_in_the_middle(ground, ids)
        _signal(sweeper, signal.SIGSTOP)
        eventually(lambda: psutil.Process(sweeper.pid).status() == psutil.STATUS_STOPPED)
    ground.finish()
    _signal(sweeper, signal.SIGCONT)
    later = ground.leave_in_dead_hands(1)
    eventually(lambda: _found(ground, later))  # so it has come to the end of its old picture
    end(sweeper)
    return in_the_middle


SCENES: tuple[Scene, ...] = (
    killed_sweeper,
    killed_worker,
    several_at_once,
    operator_too,
    locked_database,
    full_disk,
    frozen_sweeper,
)


def _found(ground: Ground, ids: Sequence[str]) -> list[Death]:
    return [death for death in deaths(ground.path) if death.process_id in ids]


def _await_some(ground: Ground, ids: Sequence[str], chance: random.Random) -> None:
    """Wait until some of the deaths, at most half, are recorded; a recovery is quick, so nothing is slept between."""
    enough, until = chance.randint(1, HANDS // 2), time.monotonic() + PATIENCE
    while len(_found(ground, ids)) < enough:
        assert time.monotonic() < until, "nobody recovers"


def _is_in_the_middle(ground: Ground, ids: Sequence[str]) -> bool:
    return 0 < len({death.process_id for death in _found(ground, ids)}) < HANDS


@contextmanager
def _locked(ground: Ground) -> Iterator[None]:
    with closing(connect(ground.path, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def _signal(program: BaseProcess, number: signal.Signals) -> None:
    assert program.pid is not None
    os.kill(program.pid, number)
