"""B8: what a worker takes while it has nothing to do, and whether it grows with what it has done."""

from __future__ import annotations

import importlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.line import Contender, Figure, Goal, Line
from tests.benchmarks.programs import READY_SECONDS, command, serving, wait_until

CPU, MEMORY, GROWTH = "CPU", "memory", "growth"
SETTLING = 3.0  # seconds after which a new program has loaded what it will
MEBIBYTE = 1024 * 1024
OURS, BUSY, HUEY = "jobboy worker", "jobboy worker, after 100,000 processes", "Huey consumer"

LINE = Line(
    key="B8",
    title="An idle worker, and one that has worked",
    figures=(Figure(CPU, "% of a core", 2), Figure(MEMORY, "MiB", 1), Figure(GROWTH, "MiB", 1)),
    contenders=(
        Contender(OURS, "b08_idle:idle", 60, 3, needs="psutil"),
        Contender(BUSY, "b08_idle:busy", 100_000, 500, needs="psutil"),
        Contender(HUEY, "b08_idle:idle_huey", 60, 3, needs="huey"),
    ),
    goals=(
        Goal(CPU, OURS, "at most", 0.5),
        Goal(MEMORY, OURS, "at most", 60),
        Goal(MEMORY, BUSY, "at most", 60),
        Goal(GROWTH, BUSY, "at most", 3),
    ),
    durability="nothing is written",
    note="Resident memory of the worker and its children. Growth is from 10 % of the processes to all of them;"
    " what SQLite keeps of the file it reads (2 MiB a connection at most) is in it.",
)


def idle(folder: Path, count: int) -> dict[str, float]:
    """Watch an idle worker for `count` seconds."""
    from tests.benchmarks.app import open_in  # the harness needs no jobboy to list its lines

    jobs = open_in(folder)
    operations = jobs.operations()
    with command(_work(), {"JOBBOY_DATABASE_URL": jobs.database}) as worker:
        wait_until(lambda: operations.overview().workers_alive, READY_SECONDS)
        return _watched(worker.pid, count)


def idle_huey(folder: Path, count: int) -> dict[str, float]:
    """Watch an idle consumer for `count` seconds."""
    with serving("peers.huey_peer:serve", folder) as consumer:
        return _watched(consumer.pid, count)


def busy(folder: Path, count: int) -> dict[str, float]:
    """Let a worker complete processes and return what it holds then."""
    from tests.benchmarks.app import open_in
    from tests.benchmarks.ours import completed, fill

    jobs = open_in(folder)
    jobs.operations().overview()
    with command([*_work(), "--slots", "16"], {"JOBBOY_DATABASE_URL": jobs.database}) as worker:
        fill(count // 10, "one")
        wait_until(lambda: completed() == count // 10, 600.0, pause=0.2)
        early = _memory(worker.pid)
        fill(count - count // 10, "one")
        wait_until(lambda: completed() == count, 1800.0, pause=0.2)
        late = _memory(worker.pid)
    return {MEMORY: late, GROWTH: late - early}


def _work() -> Sequence[str]:
    return ["jobboy", "--app", "tests.benchmarks.app:jobs", "work"]


def _watched(pid: int, seconds: int) -> dict[str, float]:
    time.sleep(SETTLING)
    before = _cpu_seconds(pid)
    time.sleep(seconds)
    return {CPU: (_cpu_seconds(pid) - before) / seconds * 100, MEMORY: _memory(pid)}


def _cpu_seconds(pid: int) -> float:
    times = [process.cpu_times() for process in _family(pid)]
    return float(sum(time.user + time.system for time in times))


def _memory(pid: int) -> float:
    return float(sum(process.memory_info().rss for process in _family(pid)) / MEBIBYTE)


def _family(pid: int) -> list[Any]:
    psutil: Any = importlib.import_module("psutil")
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
