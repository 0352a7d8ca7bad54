"""B2: steps a second of pipelines of ten steps, each step's output durable before the next begins."""

from __future__ import annotations

from tests.benchmarks.line import Contender, Figure, Goal, Line

STEPS = 10
OURS, LIMIT, HUEY, DBOS = "jobboy, 16 slots", "raw SQLite, one commit a step", "Huey", "DBOS in WAL"

LINE = Line(
    key="B2",
    title="Steps of ten-step pipelines, each output durable",
    figures=(Figure("steps", "steps/s"),),
    contenders=(
        Contender("jobboy, 1 slot", "ours:execute", 500, 30, {"slots": 1, "code": "ten"}),
        Contender(OURS, "ours:execute", 2_000, 50, {"slots": 16, "code": "ten"}),
        Contender("jobboy, 64 slots", "ours:execute", 2_000, 100, {"slots": 64, "code": "ten"}),
        Contender(LIMIT, "raw:execute_ten", 2_000, 50, {"steps": STEPS}),
        Contender(HUEY, "peers.huey_peer:execute_ten", 500, 20, needs="huey"),
        Contender(DBOS, "peers.dbos_peer:execute_ten", 60, 5, needs="dbos"),
    ),
    goals=(
        Goal("steps", OURS, "at least", 1.5, LIMIT),
        Goal("steps", OURS, "at least", 30, DBOS),
    ),
    note="Huey's are pipelines of ten tasks, each enqueued by the one before.",
)
