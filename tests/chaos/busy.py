"""F10, a busy database: ``python -m tests.chaos.busy --seed 1 --rounds 50``."""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from jobboy.errors import StorageBusy
from jobboy.model.selection import Selection
from jobboy.storage.sqlite import BUSY_SECONDS
from tests.chaos.foreign import WRITE, foreign
from tests.chaos.measured import Measured, say
from tests.integration.worker_programs import Program, Site, eventually

SHORTEST, LONGEST = 1.0, 30.0
"""Seconds that a foreign program keeps the write lock."""
PROCESSES = 6
"""In the hands of workers in each round."""
PAUSE = 0.02
"""Seconds by which the steps of each process take longer than those of the one before."""
SLOWEST = 120.0
"""Seconds until what waited must be completed once the lock is free."""
BAD_EVENTS = frozenset({"stuck", "recovered", "fenced", "crashed", "raised", "step_failed", "failed"})
WAYS = ("foreign transaction", "stopped writer", "writer killed while stopped")


def main() -> int:
    """Keep the database busy and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rounds", type=int, default=50)
    asked.add_argument("--scale", type=float, default=1.0, help="of the 1 to 30 s that the lock is kept each time")
    options = asked.parse_args()
    return measure(options.seed, options.rounds, options.scale).finish()


def measure(seed: int, rounds: int, scale: float) -> Measured:
    """Keep the write lock again and again while real workers have processes in hand."""
    begun, chance, happened = time.monotonic(), random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="busy-") as folder, closing(Site(Path(folder), "trails")) as site:
        workers = [site.ready_worker("--slots", "3") for _ in range(2)]
        for number in range(rounds):
            _keep_busy(site, WAYS[number % len(WAYS)], chance.uniform(SHORTEST, LONGEST) * scale, happened)
            say(f"round {number + 1}: {dict(happened)}")
        _judge(site, workers, happened)
    return _measured(seed, rounds, happened, time.monotonic() - begun)


def _measured(seed: int, rounds: int, happened: Counter[str], seconds: float) -> Measured:
    measured = Measured("busy", seed)
    measured.add("times the write lock was kept", sum(happened[way] for way in WAYS), exactly=rounds)
    for way in WAYS:
        measured.add(way, happened[way])
    measured.add("seconds it was kept", happened["milliseconds kept"] / 1000)
    measured.add("processes completed", happened["completed"], exactly=rounds * PROCESSES)
    for what in ("failed processes", "lost holds", "steps done twice", "workers ended", "reads that failed"):
        measured.add(what, happened[what], exactly=0)
    measured.add("clients told to try again", happened["clients told"])
    measured.add(
        "of these, told the pid of the writer", happened["clients told the pid"], exactly=happened["clients told"]
    )
    measured.add("seconds", round(seconds, 1))
    return measured


def _keep_busy(site: Site, way: str, seconds: float, happened: Counter[str]) -> None:
    ids = [site.start("trail", pause=PAUSE * number) for number in range(PROCESSES)]
    eventually(lambda: any(site.jobs.get(one).handled or not site.jobs.get(one).status.is_active for one in ids))
    with foreign(Path(site.folder, "jobboy.db"), WRITE) as writer:
        if way != WAYS[0]:
            writer.send_signal(signal.SIGSTOP)
        _wait(site, writer, seconds, happened)
        if way == WAYS[1]:
            writer.send_signal(signal.SIGCONT)
    happened[way] += 1
    happened["milliseconds kept"] += round(seconds * 1000)
    eventually(lambda: all(not site.jobs.get(one).status.is_active for one in ids), within=SLOWEST)


def _wait(site: Site, writer: subprocess.Popen[bytes], seconds: float, happened: Counter[str]) -> None:
    """Be a client while nobody can write: reads go on, and a write that waits too long is told whom it waits for."""
    end = time.monotonic() + seconds
    if seconds > BUSY_SECONDS:
        try:
            site.operations.pause(reason="nobody can write this")
        except StorageBusy as error:
            happened["clients told"] += 1
            happened["clients told the pid"] += f"(pid {writer.pid})" in str(error)
    while time.monotonic() < end:
        try:
            site.operations.page(Selection(), limit=20)
        except StorageBusy:
            happened["reads that failed"] += 1
        time.sleep(0.05)


def _judge(site: Site, workers: list[Program], happened: Counter[str]) -> None:
    processes = site.jobs.list(limit=100_000)
    happened["completed"] = sum(process.status == "completed" for process in processes)
    happened["failed processes"] = len(processes) - happened["completed"]
    kinds = Counter(event.kind.value for process in processes for event in site.jobs.history(process.id))
    happened["lost holds"] = sum(kinds[kind] for kind in BAD_EVENTS)
    effects = Counter((note["id"], note["name"]) for note in site.notes("effects"))
    happened["steps done twice"] = sum(count - 1 for count in effects.values())
    happened["workers ended"] = sum(not worker.lives for worker in workers)


if __name__ == "__main__":
    sys.exit(main())
