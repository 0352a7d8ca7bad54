"""B6: iterations of one long process."""

from __future__ import annotations

from tests.benchmarks.line import Contender, Figure, Goal, Line

OURS, LIMIT = "jobboy, one process", "raw SQLite, update"

LINE = Line(
    key="B6",
    title="Iterations of one long process with a store of 2 kB",
    figures=(Figure("iterations", "iterations/s"),),
    contenders=(
        Contender(OURS, "ours:iterate", 100_000, 500),
        Contender(LIMIT, "raw:update", 100_000, 500),
    ),
    goals=(Goal("iterations", OURS, "at least", 0.5, LIMIT),),
    note="A lone process has nobody to share a commit with: each iteration is one commit, and leaves one event.",
)
