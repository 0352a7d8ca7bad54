"""B10: the worst wait for the turn to write among four programs, and how soon a program can begin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.line import Contender, Figure, Goal, Line

WAIT, OPEN = "worst wait", "import and open"
WRITERS = 4

LINE = Line(
    key="B10",
    title="Worst wait to write among four programs; import and open of an existing file",
    figures=(Figure(WAIT, "ms"), Figure(OPEN, "ms")),
    contenders=(
        Contender("jobboy", "b10_waiting:both", 10, 2),
        Contender("raw SQLite, busy_timeout", "b10_waiting:contend", 10, 2, {"writer": "raw:wait_with_timeout"}),
        Contender("raw SQLite, flock in front", "b10_waiting:contend", 10, 2, {"writer": "raw:wait_with_flock"}),
        Contender("DBOS", "b10_waiting:open_dbos", 3, 1, needs="dbos"),
    ),
    goals=(Goal(WAIT, "jobboy", "at most", 250), Goal(OPEN, "jobboy", "at most", 250)),
    note="A wait is the longest `start` (or insert) from call to return, its commit included, while four programs"
    " write without pause. Opening is timed inside a new program, from before the import to the first read,"
    " when it runs for the second time: its bytecode is there, as it is for what pip has installed.",
)

_OURS = "import jobboy; jobboy.JobBoy({url!r}).operations().overview()"
_DBOS = (
    "from dbos import DBOS"
    "; DBOS(config={{'name': 'benchmark', 'system_database_url': {url!r}, 'log_level': 'ERROR'}})"
    "; DBOS.launch()"
)
_TIMED = "import time; began = time.perf_counter(); {code}; print(time.perf_counter() - began, flush=True); {end}"


def both(folder: Path, count: int) -> dict[str, float]:
    """Return jobboy's two figures."""
    waited = contend(folder, count, writer="ours:wait_for_turn")
    return waited | _opened(folder, _OURS.format(url=f"sqlite:///{folder / 'jobboy.db'}"))


def open_dbos(folder: Path, _count: int) -> dict[str, float]:
    """Return how long DBOS takes to import and launch on an existing file."""
    programs.call("peers.dbos_peer:prepare", folder, 0, {})
    return _opened(folder, _DBOS.format(url=f"sqlite:///{folder / 'dbos.db'}"), end="DBOS.destroy()")


def contend(folder: Path, count: int, *, writer: str) -> dict[str, float]:
    """Let four programs write for `count` seconds, and return the longest wait of any."""
    module, _, _ = writer.partition(":")
    programs.call(f"{module}:prepare", folder, 0, {})
    writing = [programs.start(writer, folder, count, {}) for _ in range(WRITERS)]
    answers = [program.communicate(timeout=count + 120.0)[0] for program in writing]
    return {WAIT: max(json.loads(answer)["worst"] for answer in answers)}


def _opened(folder: Path, code: str, *, end: str = "pass") -> dict[str, float]:
    """Return how long a program takes that was run once before: what is installed has its bytecode."""
    command = [sys.executable, "-c", _TIMED.format(code=code, end=end)]
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    surroundings["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    run = partial(
        subprocess.run, capture_output=True, text=True, check=True, cwd=programs.ROOT, timeout=60.0, env=surroundings
    )
    run(command)
    answer = run(command)
    return {OPEN: float(answer.stdout.split()[-1]) * 1000}
