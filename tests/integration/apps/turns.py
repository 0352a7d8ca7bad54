"""Plain handlers: the seed's own pattern of waiting, long turns for exclusive mode, and one quick turn."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from jobboy import JobBoy
from jobboy.engine.handled_process import HandledProcess
from jobboy.model.iteration import IterationResponse
from jobboy.model.process import Process
from jobboy.system import SystemClock
from tests.integration.apps import signs

jobs = JobBoy()


class WaitsForItsMoment:
    """Serves a process whose store says that it is not time yet, by doing nothing."""

    def supports(self, process: Process) -> bool:
        return process.code == "patient" and _is_early(process)

    def handle(self, process: HandledProcess) -> IterationResponse:
        signs.note(process.parameters["folder"], "waits", id=process.id)
        return IterationResponse(has_worked=False)


class WorksWhenItIsTime:
    """Serves the same process before and after its wait."""

    def supports(self, process: Process) -> bool:
        return process.code == "patient" and process.status.is_active and not _is_early(process)

    def handle(self, process: HandledProcess) -> IterationResponse:
        if process.store.has("wait_until"):
            process.complete({"waited": True})
        else:
            moment = SystemClock().now() + timedelta(seconds=process.parameters["seconds"])
            process.store["wait_until"] = moment.isoformat()
            process.run()
        return IterationResponse(has_worked=True)


def _is_early(process: Process) -> bool:
    moment = process.store.get("wait_until")
    return moment is not None and SystemClock().now() < datetime.fromisoformat(moment)


jobs.register(WaitsForItsMoment())
jobs.register(WorksWhenItIsTime(), code="patient")


@jobs.handler("slow-turns", status="starting")
def begin(process: HandledProcess) -> None:
    process.store["turns"] = 0
    process.run()


@jobs.handler("slow-turns", status="running")
def take_a_while(process: HandledProcess) -> None:
    """Note when the turn began and ended, by the clock that all programs of a machine share."""
    began = time.monotonic_ns()
    time.sleep(0.02)
    signs.note(process.parameters["folder"], "turns", began=began, ended=time.monotonic_ns())
    process.store["turns"] += 1
    if process.store["turns"] == process.parameters["turns"]:
        process.complete()


@jobs.handler("sleepy", status="starting")
def wait_an_hour(process: HandledProcess) -> None:
    process.run()
    process.wait(timedelta(hours=1))


@jobs.handler("quick", status="starting")
def be_quick(process: HandledProcess) -> None:
    signs.note(process.parameters["folder"], "quick", id=process.id, monotonic=time.monotonic())
    process.complete()
