"""B4: steps that run in a child process of their own."""

from __future__ import annotations

from tests.benchmarks.line import Contender, Figure, Goal, Line

OURS, ALONE = "jobboy, 4 slots", "jobboy, its step runner alone, 4 children"
FORK, POOL = "fork per step", "ProcessPoolExecutor, 4 workers"

LINE = Line(
    key="B4",
    title="Isolated steps, each in a child process",
    figures=(Figure("steps", "steps/s"),),
    contenders=(
        Contender("jobboy, 1 slot", "ours:isolated", 3_000, 100, {"slots": 1}),
        Contender(OURS, "ours:isolated", 6_000, 200, {"slots": 4}),
        Contender("jobboy, 16 slots", "ours:isolated", 6_000, 200, {"slots": 16}),
        Contender(ALONE, "ours:carry_out", 10_000, 300, {"in_flight": 4}),
        Contender(FORK, "peers.children:fork_each", 1_000, 50),
        Contender(POOL, "peers.children:pool", 10_000, 300, {"workers": 4, "in_flight": 4}),
    ),
    goals=(
        Goal("steps", OURS, "at least", 15, FORK),
        Goal("steps", OURS, "at least", 1, POOL),
        Goal("steps", ALONE, "at least", 15, FORK),
        Goal("steps", ALONE, "at least", 1, POOL),
    ),
    durability="jobboy: every commit waits for the disk (WAL, synchronous=FULL); its runner alone, fork and pool keep"
    " nothing",
    note="Children of jobboy and of the pool are warm before the clock starts; a forked one has all modules loaded.",
)
