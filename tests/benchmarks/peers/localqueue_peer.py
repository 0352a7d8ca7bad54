"""localqueue: a queue in Rust on SQLite, in its durable mode (WAL, FULL)."""

from __future__ import annotations

import importlib
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.payload import PAYLOAD

BATCH = 1000


def enqueue(folder: Path, count: int) -> dict[str, float]:
    """Rate of putting messages one by one."""
    queue = _open(folder)
    began = time.perf_counter()
    for _ in range(count):
        queue.put(PAYLOAD)
    return {"one by one": count / (time.perf_counter() - began)}


def enqueue_many(folder: Path, count: int) -> dict[str, float]:
    """Rate of putting messages in transactions of 1,000."""
    queue = _open(folder)
    began = time.perf_counter()
    for _ in range(0, count, BATCH):
        queue.put_many([PAYLOAD] * BATCH)
    return {"1,000 at once": -(-count // BATCH) * BATCH / (time.perf_counter() - began)}


def _open(folder: Path) -> Any:
    localqueue: Any = importlib.import_module("localqueue")
    return localqueue.SimpleQueue(str(folder / "queue"), durability=localqueue.DurabilityMode.DURABLE)
