"""DBOS on SQLite, its file in WAL: four times fewer waits for the disk than the journal it would choose itself."""

from __future__ import annotations

import importlib
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.payload import OUTPUT, PAYLOAD, STEPS
from tests.benchmarks.programs import READY, serving
from tests.benchmarks.sampling import gaps, in_milliseconds

QUEUE = "benchmark"


class _App:
    """A launched DBOS on a file in a folder, with the workflows that are measured."""

    def __init__(self, folder: Path) -> None:
        self._dbos: Any = importlib.import_module("dbos")
        self.url = f"sqlite:///{_in_wal(folder)}"
        door = self._dbos.DBOS
        door(config={"name": "benchmark", "system_database_url": self.url, "log_level": "ERROR"})
        step = door.step(name="step")(lambda _data: OUTPUT)
        self.one = door.workflow(name="one")(lambda data: step(data))
        self.ten = door.workflow(name="ten")(lambda data: [step(data) for _ in range(STEPS)][-1])
        self.latency = door.workflow(name="latency")(lambda at: time.monotonic() - at)
        door.launch()
        door.register_queue(QUEUE)

    def client(self) -> Any:
        return self._dbos.DBOSClient(system_database_url=self.url)

    def close(self) -> None:
        self._dbos.DBOS.destroy()


def _in_wal(folder: Path) -> Path:
    path = folder / "dbos.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    return path


def execute(folder: Path, count: int) -> dict[str, float]:
    """Rate of one-step workflows called one after the other: faster than through its queue."""
    return {"steps": _called(folder, count, "one")}


def execute_ten(folder: Path, count: int) -> dict[str, float]:
    """Rate of the steps of ten-step workflows."""
    return {"steps": _called(folder, count, "ten") * STEPS}


def _called(folder: Path, count: int, name: str) -> float:
    app = _App(folder)
    workflow = getattr(app, name)
    workflow(PAYLOAD)
    began = time.perf_counter()
    for _ in range(count):
        workflow(PAYLOAD)
    rate = count / (time.perf_counter() - began)
    app.close()
    return rate


def enqueue(folder: Path, count: int) -> dict[str, float]:
    """Rate of enqueuing one by one by a client, while nobody works."""
    app = _App(folder)
    client = app.client()
    app.close()
    began = time.perf_counter()
    for _ in range(count):
        client.enqueue({"queue_name": QUEUE, "workflow_name": "one"}, PAYLOAD)
    rate = count / (time.perf_counter() - began)
    client.destroy()
    return {"one by one": rate}


def serve(folder: Path, _count: int) -> dict[str, float]:
    """Work on the queue until it is ended."""
    app = _App(folder)
    (folder / READY).touch()
    signal.sigwait({signal.SIGTERM})
    app.close()
    return {}


def wake(folder: Path, count: int) -> dict[str, float]:
    """Time from enqueuing to the first line of the workflow, in an idle queue worker of another program."""
    with serving("peers.dbos_peer:serve", folder):
        client: Any = importlib.import_module("dbos").DBOSClient(
            system_database_url=f"sqlite:///{folder / 'dbos.db'}"
        )
        waited = []
        for gap in gaps(count):
            time.sleep(gap)
            order = {"queue_name": QUEUE, "workflow_name": "latency"}
            waited.append(client.enqueue(order, time.monotonic()).get_result())
        client.destroy()
    return in_milliseconds(waited)


def prepare(folder: Path, _count: int) -> dict[str, float]:
    """Make the file."""
    _App(folder).close()
    return {}
