"""What is measured of jobboy; each function runs in a program of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jobboy.model.status import ProcessStatus
from jobboy.operations.filters import parse_filter
from jobboy.ports import StepOrder
from jobboy.runners import ChildStepRunner, StepSource
from jobboy.system import SystemClock, host
from jobboy.worker.worker import WorkerState
from tests.benchmarks.app import jobs, open_in
from tests.benchmarks.payload import PAYLOAD, STEPS
from tests.benchmarks.programs import MeasuringFailed, wait_until

BATCH = 1000
LOOK_PAUSE = 0.005  # seconds between two looks at a working worker; this much counts against us
LONGEST = 1800.0  # seconds
_STEPS_OF = {"one": 1, "ten": STEPS, "isolated": 1}


def execute(folder: Path, count: int, *, slots: int, code: str = "one") -> dict[str, float]:
    """Rate of steps from the first claim to the last commit, by one worker in this program."""
    open_in(folder)
    return {"steps": work_through(count, slots=slots, code=code) * _STEPS_OF[code]}


def work_through(count: int, *, slots: int, code: str = "one") -> float:
    """Start processes, let a worker complete them, and return how many it completed in a second."""
    before = completed()
    ids = fill(count, code)
    ended = work_until_idle(slots)
    if completed() - before != count:
        raise MeasuringFailed(f"{completed() - before} of {count} processes were completed")
    return count / (ended - first_claim(ids)).total_seconds() if ids else 0.0


def work_until_idle(slots: int) -> datetime:
    """Let a worker of this program work until nothing is left, and return when that was."""
    worker = jobs.worker(slots=slots, until_idle=True)
    worker.start()
    wait_until(lambda: worker.state is WorkerState.STOPPING, LONGEST, pause=LOOK_PAUSE)
    ended = SystemClock().now()
    worker.stop()
    return ended


def isolated(folder: Path, count: int, *, slots: int) -> dict[str, float]:
    """Rate of isolated steps, with the children warm."""
    open_in(folder)
    worker = jobs.worker(slots=slots)
    worker.start()
    fill(slots * 4, "isolated")
    wait_until(lambda: completed() == slots * 4, LONGEST)
    ids = fill(count, "isolated")
    wait_until(lambda: completed() == count + slots * 4, LONGEST)
    seconds = (SystemClock().now() - first_claim(ids)).total_seconds()
    worker.stop()
    return {"steps": count / seconds}


def carry_out(folder: Path, count: int, *, in_flight: int) -> dict[str, float]:
    """Rate of steps of the runner alone: sent to warm children and answered, nothing kept."""
    open_in(folder)
    process = jobs.get(*fill(1, "isolated"))
    order = StepOrder(
        code="isolated", step="only", process=process, data=PAYLOAD, timeout=None, memory_limit=None, lock=None
    )
    module = jobs.registry.module_of("isolated")
    runner = ChildStepRunner(host=host(), sources=lambda order: StepSource(module, order.code, order.step))
    with ThreadPoolExecutor(in_flight) as threads:
        list(threads.map(runner.run, [order] * in_flight * 4))
        began = time.perf_counter()
        list(threads.map(runner.run, [order] * count))
        seconds = time.perf_counter() - began
    runner.close()
    return {"steps": count / seconds}


def iterate(folder: Path, count: int) -> dict[str, float]:
    """Rate of iterations of one long process, which makes one at least."""
    open_in(folder)
    process_id = jobs.start("long", {"iterations": count})
    ended = work_until_idle(1)
    if jobs.get(process_id).store["n"] != max(count, 1):
        raise MeasuringFailed("the process was not iterated to its end")
    return {"iterations": count / (ended - first_claim([process_id])).total_seconds()}


def start(folder: Path, count: int) -> dict[str, float]:
    """Rate of starts one by one."""
    open_in(folder).start("one", PAYLOAD)
    began = time.perf_counter()
    for _ in range(count):
        jobs.start("one", PAYLOAD)
    return {"one by one": count / (time.perf_counter() - began)}


def start_many(folder: Path, count: int) -> dict[str, float]:
    """Rate of starts in transactions of 1,000."""
    open_in(folder).start("one", PAYLOAD)
    began = time.perf_counter()
    fill(count, "one")
    return {"1,000 at once": count / (time.perf_counter() - began)}


def start_and_complete(folder: Path, count: int) -> dict[str, float]:
    """Start one process, wait until an idle worker has completed it, and so on."""
    open_in(folder)
    worker = jobs.worker(slots=1)
    worker.start()
    for _ in range(count):
        process_id = jobs.start("one", PAYLOAD)
        wait_until(partial(_is_completed, process_id), 30.0, pause=0.001)
    worker.stop()
    return {}


def start_then_complete(folder: Path, count: int, *, slots: int) -> dict[str, float]:
    """Start processes one by one, and complete them afterwards."""
    open_in(folder)
    for _ in range(count):
        jobs.start("one", PAYLOAD)
    work_until_idle(slots)
    return {}


def wait_for_turn(folder: Path, count: int) -> dict[str, float]:
    """Start processes for `count` seconds, the file being open, and return the longest time one start took."""
    open_in(folder).start("one", PAYLOAD)
    longest, ends_at = 0.0, time.monotonic() + count
    while (began := time.monotonic()) < ends_at:
        jobs.start("one", PAYLOAD)
        longest = max(longest, time.monotonic() - began)
    return {"worst": longest * 1000}


def prepare(folder: Path, _count: int) -> dict[str, float]:
    """Make the database."""
    open_in(folder).operations().overview()
    return {}


def fill(count: int, code: str) -> list[str]:
    """Start processes in transactions of 1,000."""
    ids: list[str] = []
    while len(ids) < count:
        orders: list[tuple[str, dict[str, Any]]] = [(code, PAYLOAD)] * min(BATCH, count - len(ids))
        ids += jobs.start_many(orders)
    return ids


def completed() -> int:
    """Return how many processes are completed."""
    return jobs.operations().count(parse_filter(ProcessStatus.COMPLETED))


def _is_completed(process_id: str) -> bool:
    return jobs.get(process_id).status is ProcessStatus.COMPLETED


def first_claim(ids: Sequence[str]) -> datetime:
    """Return when the first of these processes was claimed."""
    moments = [jobs.get(process_id).started_at for process_id in ids[:64]]
    return min(moment for moment in moments if moment is not None)
