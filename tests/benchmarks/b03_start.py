"""B3: starting processes, one by one and many at once."""

from __future__ import annotations

from tests.benchmarks.line import Contender, Figure, Goal, Line

ONE, MANY = "one by one", "1,000 at once"

LINE = Line(
    key="B3",
    title="`start` one by one, `start_many` of 1,000",
    figures=(Figure(ONE, "processes/s"), Figure(MANY, "processes/s")),
    contenders=(
        Contender("jobboy start", "ours:start", 10_000, 300),
        Contender("jobboy start_many", "ours:start_many", 50_000, 2_000),
        Contender("raw SQLite, insert", "raw:insert", 20_000, 500),
        Contender("raw SQLite, executemany", "raw:insert_many", 100_000, 2_000),
        Contender("Huey", "peers.huey_peer:enqueue", 10_000, 300, needs="huey"),
        Contender("localqueue", "peers.localqueue_peer:enqueue", 10_000, 300, needs="localqueue"),
        Contender("localqueue put_many", "peers.localqueue_peer:enqueue_many", 50_000, 2_000, needs="localqueue"),
        Contender("DBOS in WAL", "peers.dbos_peer:enqueue", 800, 50, needs="dbos"),
    ),
    goals=(
        Goal(ONE, "jobboy start", "at least", 0.8, "raw SQLite, insert"),
        Goal(MANY, "jobboy start_many", "at least", 0.4, "raw SQLite, executemany"),
    ),
    note="Each start of ours writes a process and its first event; the raw insert writes one row.",
)
