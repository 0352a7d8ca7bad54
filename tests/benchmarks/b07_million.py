"""B7: a file with 1,000,000 finished processes: does work, and does reading, cost more there?"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.line import Contender, Figure, Goal, Line
from tests.benchmarks.sampling import percentile

MANY, FEW = 1_000_000, 20_000
READINGS = ("first page", "deep page", "counts", "by code", "by age", "newest events")
REPEATS, WARM_UPS = 200, 20
SLOTS = 16
FULL_FILE, EMPTY_FILE, RAW = "jobboy, full file", "jobboy, empty file", "raw SQL, full file"

LINE = Line(
    key="B7",
    title="With 1,000,000 finished processes in the file",
    figures=(Figure("processes", "processes/s"), *(Figure(name, "ms, p95", 2) for name in READINGS)),
    contenders=(
        Contender(FULL_FILE, "b07_million:full_file", MANY, FEW),
        Contender(EMPTY_FILE, "b07_million:empty_file", MANY, FEW),
        Contender(RAW, "b07_million:raw_reading", MANY, FEW),
    ),
    goals=(
        Goal("processes", FULL_FILE, "at least", 0.9, EMPTY_FILE),
        *(Goal(name, FULL_FILE, "at most", 5) for name in READINGS),
    ),
    note="The file is made once and copied for each round. Each finished process is a real one written again under"
    " another id, with its step and events; one in 25 failed, ten codes, started in the course of 90 days; *by age*"
    " is the failed older than 60. A page has 50 rows; connections are open, the file is in the memory of the"
    " operating system.",
)


def full_file(folder: Path, count: int) -> dict[str, float]:
    """Read from a full file, then work in it."""
    from tests.benchmarks import million  # loads jobboy, which the harness need not

    _copy(million.cached_file(folder.parent, count), folder / "jobboy.db")
    return _timed(million.our_readings(folder)) | _worked(folder, count)


def empty_file(folder: Path, count: int) -> dict[str, float]:
    """Work in an empty file."""
    return _worked(folder, count)


def raw_reading(folder: Path, count: int) -> dict[str, float]:
    """Read the same from a full file with hand-written SQL."""
    from tests.benchmarks import million

    _copy(million.cached_file(folder.parent, count), folder / "jobboy.db")
    return _timed(million.raw_readings(folder))


def _worked(folder: Path, count: int) -> dict[str, float]:
    from tests.benchmarks.app import open_in
    from tests.benchmarks.ours import work_through

    open_in(folder)
    return {"processes": work_through(count // 50, slots=SLOTS)}


def _timed(readings: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return p95 of each reading in milliseconds, once statements and pages are in memory."""
    for reading in list(readings.values()) * WARM_UPS:
        reading()
    return {name: _p95(reading) * 1000 for name, reading in readings.items()}


def _p95(reading: Callable[[], object]) -> float:
    return percentile([_seconds(reading) for _ in range(REPEATS)], 95)


def _seconds(reading: Callable[[], object]) -> float:
    began = time.perf_counter()
    reading()
    return time.perf_counter() - began


def _copy(source: Path, target: Path) -> None:
    """Copy a file and wait until it is on the disk, so that nobody's commits wait for it."""
    shutil.copyfile(source, target)
    with open(target, "rb") as copied:
        os.fsync(copied.fileno())
