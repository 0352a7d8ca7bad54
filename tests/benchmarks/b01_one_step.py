"""B1: processes of one step, executed to completed."""

from __future__ import annotations

from tests.benchmarks.line import Contender, Figure, Goal, Line

OURS, LIMIT, HUEY, DBOS = "jobboy, 16 slots", "raw SQLite, finish + claim next", "Huey", "DBOS in WAL"

LINE = Line(
    key="B1",
    title="One-step processes executed, by one worker",
    figures=(Figure("steps", "processes/s"),),
    contenders=(
        Contender("jobboy, 1 slot", "ours:execute", 5_000, 300, {"slots": 1}),
        Contender("jobboy, 4 slots", "ours:execute", 10_000, 300, {"slots": 4}),
        Contender(OURS, "ours:execute", 20_000, 500, {"slots": 16}),
        Contender("jobboy, 64 slots", "ours:execute", 20_000, 500, {"slots": 64}),
        Contender(LIMIT, "raw:execute", 20_000, 500),
        Contender(HUEY, "peers.huey_peer:execute", 5_000, 200, needs="huey"),
        Contender(DBOS, "peers.dbos_peer:execute", 400, 30, needs="dbos"),
    ),
    goals=(
        Goal("steps", OURS, "at least", 1.5, LIMIT),
        Goal("steps", OURS, "at least", 4, HUEY),
        Goal("steps", OURS, "at least", 60, DBOS),
    ),
    note="Each process leaves its row, its step with output, and two events; the raw limit is one row. A worker's"
    " time runs from its first claim until it has seen that nothing is left.",
)
