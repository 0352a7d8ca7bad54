"""The large file of B7: how it is made, kept, and read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobboy.operations.filters import parse_filter
from jobboy.storage.driver import connect
from tests.benchmarks.app import open_in
from tests.benchmarks.ours import work_through

CODES = 10
FAILED_EVERY = 25
PAGE = 50
DAY = 24 * 3600 * 1_000_000
"""Microseconds."""
_ALL_DAYS, _OLD_DAYS = 90, 60
"""Over how many the starts are spread, and from how many a process counts as old."""
_KEPT = 3650 * DAY
"""How much later than the first one's retention would remove the others."""
_SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ?)"


def cached_file(folder: Path, count: int) -> Path:
    """Return a file with so many finished processes, made if there is none of today's schema in the folder."""
    with tempfile.TemporaryDirectory(prefix="seed-", dir=folder) as fresh:
        seed = _seed(Path(fresh))
        path = folder / f"finished-{count}-{_fingerprint(seed)}.db"
        if not path.exists():
            _multiply(seed, count)
            os.replace(seed, path)
    return path


def _seed(folder: Path) -> Path:
    """Make a file with one real finished process."""
    jobs = open_in(folder)
    work_through(1, slots=1)
    jobs.close()
    path = folder / "jobboy.db"
    connection = connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def _fingerprint(path: Path) -> str:
    connection = connect(path, read_only=True)
    statements = [row[0] or "" for row in connection.execute("SELECT sql FROM sqlite_master ORDER BY name")]
    connection.close()
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()[:12]


def _multiply(path: Path, count: int) -> None:
    """Write the one process again and again in one transaction; the triggers keep the counters."""
    connection = connect(path)
    connection.execute("PRAGMA cache_size = -500000")
    connection.execute("BEGIN IMMEDIATE")
    _multiply_processes(connection, count)
    _multiply_parts(connection, "step", count)
    _multiply_parts(connection, "event", count)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _multiply_processes(connection: Any, count: int) -> None:
    """The newest was created when the first was; the others before it, each with its own dates."""
    earlier = f"(? - n) * {_ALL_DAYS * DAY // count}"
    milliseconds = f"((created_at - {earlier}) / 1000)"
    changed = {
        "number": "number + n",
        "id": f"printf('%08x-%04x-7000-8000-%012x', {milliseconds} >> 16, {milliseconds} & 65535, n)",
        "code": f"CASE n % {CODES} WHEN 0 THEN code ELSE 'code-' || (n % {CODES}) END",
        "status": f"CASE WHEN n % {FAILED_EVERY} = 0 THEN 'failed' ELSE status END",
        "expires_at": f"expires_at + {_KEPT}",
    }
    for name in ("created_at", "updated_at", "turn_at", "started_at", "ended_at"):
        changed[name] = f"{name} - {earlier}"
    columns = _columns(connection, "process")
    values = ", ".join(changed.get(name, name) for name in columns)
    given = [count] * (1 + values.count("?"))
    connection.execute(
        f"{_SERIES} INSERT INTO process ({', '.join(columns)}) SELECT {values} FROM series, process WHERE number = 1",
        given,
    )


def _multiply_parts(connection: Any, table: str, count: int) -> None:
    columns = [name for name in _columns(connection, table) if name != "seq"]
    values = ", ".join("process + n" if name == "process" else name for name in columns)
    copied = f"SELECT {values} FROM series, {table} WHERE process = 1"
    connection.execute(f"{_SERIES} INSERT INTO {table} ({', '.join(columns)}) {copied}", [count])


def _columns(connection: Any, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def our_readings(folder: Path) -> dict[str, Callable[[], object]]:
    """Return the readings of B7 through the door that console and command line use."""
    operations = open_in(folder).operations()
    everything, newest = parse_filter(""), operations.page(parse_filter(""), limit=1).rows[0]
    some_code, old = parse_filter("failed code:code-5"), parse_filter(f"failed age>{_OLD_DAYS}d")
    return {
        "first page": lambda: operations.page(everything, limit=PAGE),
        "deep page": lambda: operations.page(everything, below=newest.number // 2, limit=PAGE),
        "counts": operations.overview,
        "by code": lambda: operations.page(some_code, limit=PAGE),
        "by age": lambda: operations.page(old, limit=PAGE),
        "newest events": lambda: operations.history(newest.id, newest=True, limit=PAGE),
    }


def raw_readings(folder: Path) -> dict[str, Callable[[], object]]:
    """Return the same readings as somebody would write them by hand for this schema."""
    connection = connect(folder / "jobboy.db", read_only=True)
    newest, at = connection.execute("SELECT number, created_at FROM process ORDER BY number DESC").fetchone()
    page = "SELECT * FROM process {where} ORDER BY number DESC LIMIT 50"

    def reading(sql: str, *values: object) -> Callable[[], object]:
        return lambda: connection.execute(sql, values).fetchall()

    return {
        "first page": reading(page.format(where="")),
        "deep page": reading(page.format(where="WHERE number < ?"), newest // 2),
        "counts": reading("SELECT status, sum(n) FROM tally GROUP BY status"),
        "by code": reading(page.format(where="WHERE status = 'failed' AND code = ?"), "code-5"),
        "by age": reading(page.format(where="WHERE status = 'failed' AND created_at < ?"), at - _OLD_DAYS * DAY),
        "newest events": reading("SELECT * FROM event WHERE process = ? ORDER BY seq DESC LIMIT 50", newest),
    }
