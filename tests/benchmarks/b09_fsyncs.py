"""B9: how often the disk is waited for, counted by strace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import programs
from tests.benchmarks.line import Contender, Figure, Goal, Line

STEP, WHOLE = "a step", "a process"
LONE, QUEUED = "jobboy, a turn of a lone process", "jobboy, one step, queued, 4 slots"
SEVERAL = "jobboy, ten steps, queued, 1 slot"
_STRACE = "strace"


def _traced(program: str, figure: str, pieces: int, needs: str | None = None, **options: Any) -> Any:
    return {
        "program": "b09_fsyncs:count_fsyncs",
        "options": {"traced": program, "figure": figure, "pieces": pieces, "options": options},
        "tool": _STRACE,
        "needs": needs,
    }


LINE = Line(
    key="B9",
    title="Waits for the disk (fsync and fdatasync, counted with strace)",
    figures=(Figure(STEP, "fsyncs", 2), Figure(WHOLE, "fsyncs", 2)),
    contenders=(
        Contender(LONE, count=300, quick=100, **_traced("ours:iterate", STEP, 1)),
        Contender(SEVERAL, count=50, quick=20, **_traced("ours:execute", STEP, 10, slots=1, code="ten")),
        *(
            Contender(name, count=500, quick=100, **_traced("ours:start_then_complete", WHOLE, 1, slots=slots))
            for name, slots in (("jobboy, one step, queued, 1 slot", 1), (QUEUED, 4))
        ),
        Contender(
            "jobboy, one step, idle worker",
            count=200,
            quick=50,
            **_traced("ours:start_and_complete", WHOLE, 1),
        ),
        Contender("Huey task", count=500, quick=100, **_traced("peers.huey_peer:execute", WHOLE, 1, "huey")),
        Contender(
            "DBOS in WAL, ten steps", count=20, quick=5, **_traced("peers.dbos_peer:execute_ten", STEP, 10, "dbos")
        ),
        Contender(
            "DBOS in WAL, one step", count=50, quick=10, **_traced("peers.dbos_peer:execute", WHOLE, 1, "dbos")
        ),
    ),
    goals=(Goal(STEP, LONE, "at most", 1.1), Goal(WHOLE, QUEUED, "at most", 2)),
    note="What opening, closing and one run without work take is subtracted; what checkpoints take is in it. *Queued*"
    " processes are started one by one and then worked through; with an *idle worker* each is started when the one"
    " before is completed, and so is claimed in a commit of its own. Four slots are what a worker has by itself.",
)


def count_fsyncs(
    folder: Path, count: int, *, traced: str, figure: str, pieces: int, options: Mapping[str, Any]
) -> dict[str, float]:
    """Return how many waits for the disk one piece of work costs."""
    idle = _fsyncs(folder / "idle", traced, 0, options)
    busy = _fsyncs(folder / "busy", traced, count, options)
    return {figure: (busy - idle) / (count * pieces)}


def _fsyncs(folder: Path, program: str, count: int, options: Mapping[str, Any]) -> int:
    folder.mkdir()
    report = folder / "strace.txt"
    under = [_STRACE, "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", str(report)]
    programs.call(program, folder, count, options, before=under)
    return total_calls(report.read_text())


def total_calls(report: str) -> int:
    """Return the number of calls in what ``strace -c`` wrote; 0 when it saw none."""
    rows = (row.split() for row in report.splitlines())
    return sum(int(row[3]) for row in rows if row and row[-1] in ("fsync", "fdatasync"))
