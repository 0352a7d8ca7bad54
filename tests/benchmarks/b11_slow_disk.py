"""B11: B1, B3 and B6 once more, where each wait for the disk takes a millisecond longer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import programs
from tests.benchmarks.line import Contender, Figure, Goal, Line
from tests.chaos import shims

LONGER_US = 1_000
WORKER, LIMIT, HUEY, DBOS = "jobboy, 16 slots", "raw SQLite, finish + claim next", "Huey", "DBOS in WAL"
START, INSERT = "jobboy start", "raw SQLite, insert"
LONE, UPDATE = "jobboy, one process", "raw SQLite, update"


def _slowed(program: str, needs: str | None = None, **options: Any) -> Any:
    return {
        "program": "b11_slow_disk:slowed",
        "options": {"program": program, "options": options},
        "tool": "cc",
        "needs": needs,
    }


LINE = Line(
    key="B11",
    title="On a disk whose every wait takes a millisecond longer",
    figures=(
        Figure("steps", "processes/s"),
        Figure("one by one", "processes/s"),
        Figure("iterations", "iterations/s"),
    ),
    contenders=(
        Contender(WORKER, count=20_000, quick=500, **_slowed("ours:execute", slots=16)),
        Contender(LIMIT, count=2_000, quick=200, **_slowed("raw:execute")),
        Contender(HUEY, count=500, quick=50, **_slowed("peers.huey_peer:execute", "huey")),
        Contender(DBOS, count=150, quick=10, **_slowed("peers.dbos_peer:execute", "dbos")),
        Contender(START, count=2_000, quick=100, **_slowed("ours:start")),
        Contender(INSERT, count=2_000, quick=100, **_slowed("raw:insert")),
        Contender(LONE, count=2_000, quick=100, **_slowed("ours:iterate")),
        Contender(UPDATE, count=2_000, quick=100, **_slowed("raw:update")),
    ),
    goals=(
        Goal("steps", WORKER, "at least", 1.5, LIMIT),
        Goal("steps", WORKER, "at least", 4, HUEY),
        Goal("steps", WORKER, "at least", 60, DBOS),
        Goal("one by one", START, "at least", 0.8, INSERT),
        Goal("iterations", LONE, "at least", 0.5, UPDATE),
    ),
    note="The programs of B1, B3 and B6 and their goals. A small library is preloaded into each program, which sleeps"
    " for a millisecond after every fsync and fdatasync, as a disk without a cache that outlives its power would make"
    " it; what else such a disk does, for one with several programs that write, is not in it.",
)


def slowed(folder: Path, count: int, *, program: str, options: Mapping[str, Any]) -> dict[str, float]:
    """Return the figures of a program for which every wait for the disk takes longer."""
    library = shims.build(Path(__file__).with_name("slow_disk.c"), folder)
    work = folder / "work"
    work.mkdir()
    under = ["env", f"LD_PRELOAD={library}", f"JOBBOY_DISK_WAIT_US={LONGER_US}"]
    return programs.call(program, work, count, options, before=under)
