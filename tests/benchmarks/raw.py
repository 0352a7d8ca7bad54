"""What the database alone could do: the SQLite that jobboy uses, hand-written statements, WAL and FULL.

The single-commit limit is *finish and claim next*: one transaction for each piece of work, and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from jobboy.storage.driver import connect
from tests.benchmarks.payload import OUTPUT, PAYLOAD, STORE

_TABLES = """
    CREATE TABLE process (id INTEGER PRIMARY KEY, status INTEGER NOT NULL, payload TEXT, result TEXT);
    CREATE INDEX ready ON process (id) WHERE status = 0;
    CREATE TABLE step (process INTEGER, name TEXT, output TEXT, PRIMARY KEY (process, name)) WITHOUT ROWID;
"""
_INSERT = "INSERT INTO process (status, payload) VALUES (0, ?)"
_NEXT = "SELECT id, payload FROM process WHERE status = 0 ORDER BY id LIMIT 1"
_CLAIM = "UPDATE process SET status = 1 WHERE id = ?"
_FINISH = "UPDATE process SET status = 2, result = ? WHERE id = ?"
BATCH = 1000


def execute(folder: Path, count: int) -> dict[str, float]:
    """Finish one and claim the next in one commit, again and again."""
    connection, result = _filled(folder, count), json.dumps(OUTPUT)
    connection.execute(_CLAIM, (1,))
    began, current = time.perf_counter(), 1
    for _ in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_FINISH, (result, current))
        for number, _payload in connection.execute(_NEXT).fetchall():
            connection.execute(_CLAIM, (number,))
            current = number
        connection.execute("COMMIT")
    return {"steps": count / (time.perf_counter() - began)}


def execute_ten(folder: Path, count: int, *, steps: int) -> dict[str, float]:
    """Record each step's output and where the process stands, in one commit a step."""
    connection, result = _filled(folder, count), json.dumps(OUTPUT)
    began = time.perf_counter()
    for number in range(1, count + 1):
        for position in range(steps):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO step VALUES (?, ?, ?)", (number, f"step-{position}", result))
            connection.execute(_FINISH, (result, number))
            connection.execute("COMMIT")
    return {"steps": count * steps / (time.perf_counter() - began)}


def insert(folder: Path, count: int) -> dict[str, float]:
    """Insert rows one by one."""
    connection, payload = _open(folder), json.dumps(PAYLOAD)
    began = time.perf_counter()
    for _ in range(count):
        connection.execute(_INSERT, (payload,))
    return {"one by one": count / (time.perf_counter() - began)}


def insert_many(folder: Path, count: int) -> dict[str, float]:
    """Insert rows in transactions of 1,000."""
    connection, payload = _open(folder), json.dumps(PAYLOAD)
    began = time.perf_counter()
    for _ in range(0, count, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, [(payload,)] * BATCH)
        connection.execute("COMMIT")
    return {"1,000 at once": -(-count // BATCH) * BATCH / (time.perf_counter() - began)}


def update(folder: Path, count: int) -> dict[str, float]:
    """Rewrite the store of one row in a commit each."""
    connection = _filled(folder, 1)
    began = time.perf_counter()
    for number in range(count):
        store = json.dumps({"text": STORE, "n": number})
        connection.execute("UPDATE process SET result = ? WHERE id = 1", (store,))
    return {"iterations": count / (time.perf_counter() - began)}


def wait_with_timeout(folder: Path, count: int) -> dict[str, float]:
    """Write for `count` seconds with SQLite's own waiting, and return the longest wait."""
    connection = _open(folder)
    return {"worst": _longest_wait(connection, count, nullcontext)}


def wait_with_flock(folder: Path, count: int) -> dict[str, float]:
    """The same with a lock of the operating system in front."""
    connection = _open(folder)
    with open(folder / "front.lock", "w") as file:
        return {"worst": _longest_wait(connection, count, partial(_flocked, file))}


def prepare(folder: Path, _count: int) -> dict[str, float]:
    """Make the file."""
    _open(folder).close()
    return {}


def _longest_wait(connection: Any, seconds: int, lock: Callable[[], AbstractContextManager[None]]) -> float:
    longest, ends_at, payload = 0.0, time.monotonic() + seconds, json.dumps(PAYLOAD)
    while (began := time.monotonic()) < ends_at:
        with lock():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_INSERT, (payload,))
            connection.execute("COMMIT")
        longest = max(longest, time.monotonic() - began)
    return longest * 1000


@contextmanager
def _flocked(file: Any) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _open(folder: Path) -> Any:
    path = folder / "raw.db"
    is_new = not path.exists()
    path.touch()
    connection = connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if is_new:
        connection.executescript(_TABLES)
    return connection


def _filled(folder: Path, count: int) -> Any:
    connection, payload = _open(folder), json.dumps(PAYLOAD)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, [(payload,)] * count)
    connection.execute("COMMIT")
    return connection
