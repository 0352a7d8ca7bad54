"""B5: from `start` to the first line of the work, in an idle worker that is another program."""

from __future__ import annotations

import time
from pathlib import Path

from tests.benchmarks.line import Contender, Figure, Goal, Line
from tests.benchmarks.programs import READY_SECONDS, command, wait_until
from tests.benchmarks.sampling import gaps, in_milliseconds

OURS, HUEY, DBOS = "jobboy", "Huey consumer", "DBOS queue"

LINE = Line(
    key="B5",
    title="From `start` to the first line of the work, idle worker in another program",
    figures=(Figure("p50", "ms", 2), Figure("p99", "ms", 2)),
    contenders=(
        Contender(OURS, "b05_latency:wake", 200, 30),
        Contender(HUEY, "peers.huey_peer:wake", 80, 10, needs="huey"),
        Contender(DBOS, "peers.dbos_peer:wake", 50, 6, needs="dbos"),
    ),
    goals=(
        Goal("p50", OURS, "at most", 5),
        Goal("p99", OURS, "at most", 25),
        Goal("p50", OURS, "at most", 0.1, HUEY),
        Goal("p50", OURS, "at most", 0.1, DBOS),
    ),
    note="Includes the durable commit of the start itself. Pauses between starts are irregular, 0.1 to 0.4 s, and the"
    " same for all; Huey and DBOS poll as they do by default.",
)


def wake(folder: Path, count: int) -> dict[str, float]:
    """Start processes now and then, and return how long each waited."""
    from tests.benchmarks.app import open_in  # the harness needs no jobboy to list its lines

    jobs = open_in(folder)
    operations = jobs.operations()
    with command(["jobboy", "--app", "tests.benchmarks.app:jobs", "work"], {"JOBBOY_DATABASE_URL": jobs.database}):
        wait_until(lambda: operations.overview().workers_alive, READY_SECONDS)
        ids = []
        for gap in gaps(count):
            time.sleep(gap)
            ids.append(jobs.start("wake", {"at": time.monotonic()}))
        wait_until(lambda: jobs.get(ids[-1]).output is not None, READY_SECONDS)
    outputs = [jobs.get(process_id).output for process_id in ids]
    return in_milliseconds([float(output["seconds"]) for output in outputs if output is not None])
