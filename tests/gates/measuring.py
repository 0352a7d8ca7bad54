"""Measures the gates one after the other on one file."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobboy import JobBoy
from tests.benchmarks.million import cached_file
from tests.benchmarks.sampling import gaps, percentile
from tests.gates.console import Console, opened
from tests.gates.gates import WHILE_WORKING, Ground

STARTS, MOVES, PAGES, COMMITS, FILTERS = 5, 300, 120, 60, 10
IDLE_S = 30
MARGIN = 3
"""Rows below the first at which moving begins: there is always one above."""
MOVES_DOWN = 40
"""Row moves in one direction before it turns."""
PAGES_DOWN = 20
COMMITTED, BURNING = "committed", "burning"
APP = "tests.gates.busy:jobs"


def measure(ground: Ground) -> dict[str, float]:
    """Return every figure by the name of its gate; milliseconds where its unit says so."""
    values: dict[str, float] = {}

    def tell(found: dict[str, float]) -> None:
        values.update(found)
        for name, value in found.items():
            ground.tell(f"{name}: {value:,.1f}")

    with _file(ground) as (database, home):
        if ground.wants("beginning"):
            tell(_beginning(ground, database, home))
        if ground.wants("using"):
            with opened("--database", database, home=home) as console:
                _show_all(console)
                tell(_moving(ground, console, database))
                tell(_filtering(ground, console))
                tell(_idling(ground, console))
        if ground.wants("working"):
            _add_work(ground, database)
            with opened("--database", database, "--app", APP, "--worker", "process", home=home) as console:
                console.until(lambda: "1 alive" in console.text)
                _show_all(console)
                tell({WHILE_WORKING + name: value for name, value in _moving(ground, console, database).items()})
    return values


@contextmanager
def _file(ground: Ground) -> Iterator[tuple[str, Path]]:
    """Give a copy of the large file, which is made once, and a folder for what else is written."""
    source = cached_file(ground.folder, ground.count)
    with tempfile.TemporaryDirectory(prefix="run-", dir=ground.folder) as folder:
        path = Path(folder) / "jobboy.db"
        shutil.copyfile(source, path)
        yield f"sqlite:///{path}", Path(folder)


def _beginning(ground: Ground, database: str, home: Path) -> dict[str, float]:
    """Return the medians of several starts, after one that is not counted."""
    paints, rows = [], []
    for _ in range(ground.samples(STARTS) + 1):
        with opened("--database", database, home=home) as console:
            paints.append(console.until(lambda: "jobboy" in console.text))
            rows.append(console.until(lambda: "failed" in "".join(console.rows)))
    return {"first paint": statistics.median(paints[1:]) * 1000, "first rows": statistics.median(rows[1:]) * 1000}


def _show_all(console: Console) -> None:
    console.until(lambda: console.cursor is not None)
    console.type("6")
    console.until(lambda: "All" in console.text and console.cursor is not None and console.is_complete)
    console.settle()


def _moving(ground: Ground, console: Console, database: str) -> dict[str, float]:
    for _ in range(MARGIN):
        _move(console, "j")
    rows = [_move(console, key) for key in _there_and_back("j", "k", MOVES_DOWN, ground.samples(MOVES))]
    pages = [_move(console, key) for key in _there_and_back("\x1b[6~", "\x1b[5~", PAGES_DOWN, ground.samples(PAGES))]
    commits = _committing(ground, console, database)
    return {
        "row move, p95": percentile(rows, 95) * 1000,
        "page, p95": percentile(pages, 95) * 1000,
        "page, p99": percentile(pages, 99) * 1000,
        "commit to screen, p95": percentile(commits, 95) * 1000,
    }


def _there_and_back(down: str, up: str, length: int, count: int) -> list[str]:
    return [down if number // length % 2 == 0 else up for number in range(count)]


def _move(console: Console, key: str) -> float:
    """Return how long it takes until the cursor is on another process and every row around it is there."""
    before = _process_of(console.cursor)
    return console.answer(key, lambda: _process_of(console.cursor) not in (None, before) and console.is_complete)


def _process_of(row: str | None) -> str | None:
    """Return what tells a row from others, whatever else of it changes: its id."""
    words = (row or "").replace("▌", " ").split()
    return next((word for word in words if len(word) == 8 and set(word) <= set("0123456789abcdef")), None)


def _committing(ground: Ground, console: Console, database: str) -> list[float]:
    """Return how long after its commit each of some new processes is on the screen."""
    console.type("g")
    console.settle()
    jobs = JobBoy(database)
    operations = jobs.operations()
    jobs.steps(COMMITTED).step(lambda data: data, name="never")
    taken = []
    for gap in gaps(ground.samples(COMMITS)):
        console.type("g")  # the cursor stays on its process, and would in time take the list down with it
        console.watch(gap)
        process_id = operations.start(COMMITTED)
        at = time.perf_counter()
        taken.append(console.until(lambda: process_id[-8:] in console.text, since=at))  # noqa: B023
    jobs.close()
    return taken


def _filtering(ground: Ground, console: Console) -> dict[str, float]:
    """Return the median time from the last character of a filter to its first rows."""
    taken = []
    for number in range(ground.samples(FILTERS)):
        code = f"code-{number % 9 + 1}"
        console.answer("/", lambda: "code:NAME" in console.text)
        console.type(f"code:{code[:-1]}")
        console.until(lambda: "Nothing" in console.text)
        console.settle()
        taken.append(console.answer(code[-1], lambda: code in console.rows[0] and console.is_complete))  # noqa: B023
        console.type("\x1b")
        console.until(lambda: console.cursor is not None and "code:" not in console.text)
        console.settle()
    return {"indexed filter, first result": statistics.median(taken) * 1000}


def _idling(ground: Ground, console: Console) -> dict[str, float]:
    console.type("5")  # rows so old that their ages stay as they are
    console.settle()
    processor, written = console.watch(IDLE_S / 5 if ground.quick else IDLE_S)
    return {"idle, processor": processor, "idle, written": written, "memory": console.memory()}


def _add_work(ground: Ground, database: str) -> None:
    """Start more CPU-bound processes than can be done while it is measured."""
    jobs = JobBoy(database)
    jobs.steps(BURNING).step(lambda data: data, name="burn")
    jobs.operations().start_many([(BURNING, {}) for _ in range(20_000 if not ground.quick else 2_000)])
    jobs.close()
