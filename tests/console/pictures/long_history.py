"""A world of one pipeline that failed in its second step after three attempts, with a long history of its store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from jobboy.model.documents import Parameters, ProcessStore, Reports
from jobboy.model.events import EventKind
from jobboy.model.process import Process
from jobboy.model.steps import StepRecord, StepStatus
from tests.console.fake_operations import NOW, FakeOperations
from tests.console.pictures.worlds import WORKER

LOAD_REASON = {
    "type": "TimeoutError",
    "message": "step 'load' was ended: the step may take 10 s",
    "traceback": (
        'Traceback (most recent call last):\n  File "/srv/imports/nightly.py", line 112, in load\n'
        "    copy(rows, connection)\nTimeoutError: step 'load' was ended: the step may take 10 s"
    ),
}
NOTE = "Rows 12, 77 and 410 have no price; they were left out and written to the list of rejected rows. " * 3


def at(minutes: float) -> Any:
    return NOW - timedelta(minutes=minutes)


def a_process_world() -> FakeOperations:
    """A pipeline that failed in its second step after three attempts, with a long history of its store."""
    operations = FakeOperations()
    operations.living = [WORKER]
    process = operations.add(
        "nightly-import",
        "running",
        step="fetch",
        attempt=1,
        age=timedelta(minutes=20),
        started_at=at(20),
        parameters={"url": "https://example.org/orders.csv", "limits": {"rows": 10_000, "rejected": 5}},
        id="01900000-0000-7000-8000-00009e3779b1",
    )
    process = change(operations, process, 19, store=ProcessStore({"cursor": 0, "tmp_file": "/tmp/orders.csv"}))
    for place in range(1, 7):
        store = {**process.store.as_dict(), "cursor": place * 1000, "totals": {"net": place * 10.5, "tax": None}}
        process = change(operations, process, 19 - place, store=ProcessStore(store))
    process = change(
        operations,
        process,
        12,
        EventKind.STEP_COMPLETED,
        step="load",
        output=Parameters({"path": "/data/orders.csv", "rows": 812, "rejected_rows": [12, 77, 410]}),
    )
    for attempt in (1, 2, 3):
        errors = [f"row {row} has no price" for row in range(attempt * 7)]
        store = {**process.store.as_dict(), "errors": errors, "note": NOTE}
        process = change(
            operations,
            process.changed(attempt=attempt),
            11 - attempt * 2,
            EventKind.STEP_FAILED,
            store=ProcessStore(store),
            error=f"TimeoutError: {LOAD_REASON['message']}, attempt {attempt}",
        )
    store = {key: value for key, value in process.store.as_dict().items() if key != "tmp_file"}
    change(
        operations,
        process,
        4,
        EventKind.FAILED,
        status=process.status.change(process.status.FAILED),
        ended_at=at(4),
        store=ProcessStore({**store, "cursor": 6400, "slowest": {"path": "orders.csv", "ms": 755.0}}),
        reports=Reports({"reason": LOAD_REASON, "warnings": ["row 12 has no price", "row 77 has no price"]}),
    )
    operations.recorded_steps[process.id] = [
        step(0, "fetch", StepStatus.COMPLETED, 1, 20, 12),
        step(1, "load", StepStatus.FAILED, 3, 5.2, 4, error=f"TimeoutError: {LOAD_REASON['message']}"),
        step(2, "report", StepStatus.PENDING, 0),
    ]
    return operations


def change(
    operations: FakeOperations, before: Process, minutes: float, kind: EventKind = EventKind.ITERATED, **changes: Any
) -> Process:
    after = before.changed(**changes, updated_at=at(minutes))
    operations.processes[after.id] = after
    operations.record(after, kind, before=before, at=at(minutes), step=before.step)
    return after


def step(
    position: int,
    name: str,
    status: StepStatus,
    attempts: int,
    started: float | None = None,
    ended: float | None = None,
    **fields: Any,
) -> StepRecord:
    moments = {name: at(value) for name, value in (("started_at", started), ("ended_at", ended)) if value is not None}
    return StepRecord(position=position, name=name, status=status, attempts=attempts, **moments, **fields)
