"""Worlds that stand still, with counted ids: a busy list, one long history, a house, and invoices to be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobboy.model.documents import Parameters, ProcessStore
from jobboy.model.events import EventKind
from jobboy.model.logs import TurnLog
from jobboy.model.process import CrashPolicy
from jobboy.model.schedules import ScheduleStart
from jobboy.model.steps import StepRecord, StepStatus
from jobboy.model.workers import WorkerInfo
from jobboy.ports import DefinitionRecord
from tests.console.fake_operations import NOW, FakeOperations

WORKER = WorkerInfo(number=1, id="web1:412:9f", host="web1", pid=412, slots=2, codes=(), started_at=NOW, alive=True)
REASON = {
    "type": "TimeoutError",
    "message": "step 'fetch' was ended: the step may take 10 s",
    "traceback": 'Traceback (most recent call last):\n  File "imports.py", line 12, in fetch\nTimeoutError',
}


def a_world() -> FakeOperations:
    operations = FakeOperations()
    operations.living = [WORKER]
    codes = ["nightly-import", "billing-run", "export-ledger", "sync-users"]
    for number in range(24):
        failed = number % 6 == 2
        operations.add(
            codes[number % 4],
            ["running", "completed", "failed", "starting", "completed", "completed"][number % 6],
            step=["fetch", "parse", "report"][number % 3],
            error=f"TimeoutError: {REASON['message']}" if failed else None,
            reports={"reason": REASON, "warnings": ["row 12 has no price"]} if failed else {},
            id=f"01900000-0000-7000-8000-{(number + 1) * 2654435761 % 16**8:012x}",
        )
    operations.add("sync-users", handled=True, handled_by="web1:412:9f", step="pull", age=timedelta(seconds=4))
    operations.add("sync-users", wait_until=NOW + timedelta(minutes=10), step="pull", age=timedelta(seconds=40))
    operations.add(
        "nightly-import",
        paused=True,
        step="load",
        age=timedelta(minutes=14),
        output={"path": "/data/orders.csv", "rows": 812, "rejected": 3, "rejected_rows": [12, 77, 410]},
    )
    stuck = operations.stuck(
        code="export-ledger",
        step="write",
        attempt=2,
        age=timedelta(minutes=3),
        store={"batch": 74, "file": "/tmp/ledger-2031-05.csv", "totals": {"net": 1024.5, "tax": None}},
        parameters={"year": 2031},
        stuck_cause={"kind": "signal", "signal": "SIGKILL", "step": "write", "attempt": 2, "host": "web1", "pid": 77},
    )
    operations.recorded_steps[stuck.id] = [
        StepRecord(
            position=0,
            name="fetch",
            status=StepStatus.COMPLETED,
            attempts=1,
            output=Parameters({"rows": 812}),
            started_at=NOW - timedelta(minutes=9),
            ended_at=NOW - timedelta(minutes=8),
        ),
        StepRecord(position=1, name="write", status=StepStatus.RUNNING, attempts=2, error="StepCrashed: SIGKILL"),
        StepRecord(position=2, name="report", status=StepStatus.PENDING),
    ]
    for batch in (75, 76, 77):
        store = {**operations.processes[stuck.id].store.as_dict(), "batch": batch}
        operations.replace(stuck.id, store=ProcessStore(store), updated_at=NOW - timedelta(minutes=3))
    return operations


W1 = WorkerInfo(
    number=1, id="web1:412:9f", host="web1", pid=412, slots=4, codes=(), version="0.1.0", alive=True,
    started_at=NOW - timedelta(hours=3),
)  # fmt: skip
W2 = replace(W1, number=2, id="w2:77:ab", host="w2", pid=77, alive=False, version=None, codes=("billing-run",))


class OwnWorker:
    """A worker of a console that runs nowhere."""

    kind = "process"

    def __init__(self) -> None:
        self.log: Path | None = Path("/home/ada/.local/state/jobboy-console/worker-11.log")
        self.paused = False
        self.runs = True
        self.done: list[str] = []

    def state(self) -> str:
        return "own process" if self.runs else "ENDED (signal SIGKILL), see worker-11.log"

    def pid(self) -> int | None:
        return 412 if self.runs else None

    def start(self) -> None:
        self.done.append("start")
        self.runs = True

    def pause(self) -> None:
        self.done.append("pause")
        self.paused = True

    def resume(self) -> None:
        self.done.append("resume")
        self.paused = False

    def stop(self, grace_s: float = 5.0) -> None:
        self.done.append("stop")
        self.runs = False


class DeadWorker(OwnWorker):
    """One that ended as soon as it was begun."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = False

    def start(self) -> None:
        pass


def a_house() -> FakeOperations:
    operations = FakeOperations()
    operations.living = [W2, W1]
    held: dict[str, Any] = {"handled": True, "handled_by": "web1:412:9f", "handled_at": NOW - timedelta(seconds=51)}
    operations.add("nightly-import", step="fetch", attempt=2, **held)
    stuck = operations.stuck(code="export-ledger", step="write")
    operations.record(stuck, EventKind.RECOVERED, actor="operator:ada@web1", reason="its holder is gone")
    operations.record(stuck, EventKind.KILL_REQUESTED, actor="operator:bob@web2", reason="wrong account")
    done = operations.add("billing-run", "completed")
    operations.plan("nightly", "billing-run", cron="0 3 * * 1-5", timezone="Europe/Vienna", by_app=True)
    operations.plan("poll", "nightly-import", every=timedelta(minutes=10), parameters={"url": "https://example.org"})
    operations.started["poll"] = [ScheduleStart(due_at=NOW, process_id=done.id, at=NOW)]
    operations.planned["poll"] = replace(operations.planned["poll"], last_at=NOW - timedelta(minutes=4))
    return operations


REVIEW = {
    "type": "object",
    "properties": {
        "approved": {"type": "boolean", "title": "Approved", "description": "Pay this invoice?"},
        "amount": {"type": "number", "minimum": 1, "description": "In euro, with tax"},
        "account": {"enum": ["travel", "office", "other"], "description": "On which it is booked"},
        "due": {"type": ["string", "null"], "format": "date"},
        "note": {"type": ["string", "null"], "maxLength": 40},
    },
    "required": ["approved"],
    "additionalProperties": False,
}
OUTPUT = {
    "amount": 120.5,
    "account": "travel",
    "due": "2031-06-01",
    "file": "/inbox/2031-05/invoice-7.pdf",
    "lines": [{"text": "hotel", "price": 100}, {"text": "tax", "price": 20.5}],
}
WRONG = """{
  "approved": "yes",
  "amount": 0,
  "account": "trave",
  "due": null,
  "file": "/etc/x",
  "lines": []
}"""


def an_invoice() -> FakeOperations:
    """A pause that asks for an answer with a schema."""
    operations = FakeOperations()
    operations.add("invoices", paused=True, step="pay", output=OUTPUT, answer_schema=REVIEW)
    return operations


def a_world_that_knows_its_codes() -> FakeOperations:
    """The busy list, with definitions of two of its codes."""
    operations = a_world()
    for code in ("export-ledger", "sync-users"):
        operations.known[code] = DefinitionRecord(
            code=code, steps=("fetch", "write", "report"), on_crash=CrashPolicy.HOLD, retention=timedelta(days=90)
        )
    return operations


def a_house_that_speaks() -> FakeOperations:
    """The house, with what its first process said."""
    operations = a_house()
    held = next(iter(operations.processes.values()))
    text = "12:29:01.120 INFO imports: 812 rows\n12:29:03.007 WARNING imports: row 12 has no price"
    operations.house.said[held.id] = [TurnLog(token=2, step="fetch", attempt=2, at=NOW, left_out=1204, text=text)]
    return operations


def a_new_one() -> FakeOperations:
    """One process of which nothing is known yet."""
    operations = FakeOperations()
    operations.add("nightly-import", "starting", age=timedelta(seconds=8))
    return operations
