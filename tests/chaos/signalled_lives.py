"""The life of one worker that is ended by signals: as a generator, so that many are lived at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.chaos.proof import Proof
from tests.chaos.steps import attempts_book
from tests.chaos.terminal_programs import SIGNALS, TerminalWorker
from tests.integration.worker_programs import Site

PHASES: dict[str, tuple[str, str] | None] = {
    "starting": None,
    "idle": None,
    "many quick steps": None,
    "step in a thread ends": ("", "gate"),
    "step in a thread goes on": ("", "sleeps"),
    "isolated step ends": ("-isolated", "gate"),
    "isolated step goes on": ("-isolated", "sleeps"),
    "isolated step refuses to end": ("-isolated", "refuses to end"),
}
"""When the signal comes; for a step in hand, its code after the lane and how it lingers."""
IN_ORDER = {"TERM", "INT", "control+c"}
"""Signals that let a step end within the grace."""
QUICK_PROCESSES = 10
LATEST_WHEN_STARTING, LATEST = 0.8, 0.3
"""Seconds within which the signal comes: after the program was started, and after the phase began."""
BETWEEN = 0.2
"""Seconds between two signals, and until the gate is opened."""
PATIENCE = 30.0


@dataclass
class Life:
    """One worker: what ended it, when, and what became of what it held."""

    number: int
    sign: str
    phase: str
    chance: float
    """From 0 to 1: where in its span the signal comes."""
    process_ids: list[str] = field(default_factory=list)
    exit_seconds: float = float("inf")
    """From its first signal to its end."""
    released: int = 0
    stuck: int = 0
    held: int = 0
    """Processes that look as if it lived, though it is gone."""


def live(run: Proof, site: Site, lane: str, life: Life) -> Iterator[None]:
    """Live it; yields whenever it waits."""
    _start_processes(site, lane, life)
    worker = TerminalWorker(site, lane)
    try:
        yield from _until(lambda: _has_begun(site, worker, life))
        yield from _pause(life.chance * (LATEST_WHEN_STARTING if life.phase == "starting" else LATEST))
        signalled = time.monotonic()
        for act in SIGNALS[life.sign]:
            act(worker)
            yield from _pause(BETWEEN if len(SIGNALS[life.sign]) > 1 else 0)
        yield from _open_gate(site, life)
        yield from _until(lambda: worker.exit_code is not None)
        if run.expect(worker.exit_code is not None, f"{life.sign}, {life.phase}: it lives on"):
            life.exit_seconds = time.monotonic() - signalled
    finally:
        worker.end()
    _examine(run, site, life)
    if any(site.jobs.get(process_id).status.is_active for process_id in life.process_ids):
        yield from _rescue(site, lane)
    _examine_end(run, site, life)


def _start_processes(site: Site, lane: str, life: Life) -> None:
    lingers = PHASES[life.phase]
    if lingers is not None:
        code, how = lingers
        life.process_ids.append(site.start(f"{lane}{code}", how=how, gate=f"gate-{life.number}"))
    elif life.phase != "idle":
        orders = [(f"{lane}-quick", {"folder": site.folder})] * QUICK_PROCESSES
        life.process_ids += site.jobs.start_many(orders)


def _has_begun(site: Site, worker: TerminalWorker, life: Life) -> bool:
    if life.phase == "starting":
        return True
    if life.phase == "idle":
        return worker.pid in site.pids_of_workers()
    return any(site.notes(attempts_book(process_id)) for process_id in life.process_ids)


def _open_gate(site: Site, life: Life) -> Iterator[None]:
    yield from _pause(BETWEEN)
    site.leave(f"gate-{life.number}")


def _examine(run: Proof, site: Site, life: Life) -> None:
    """See that nothing is in the hands of a worker that is gone, and that a step which could end did."""
    named = f"{life.sign}, {life.phase}, worker {life.number}"
    for process_id in life.process_ids:
        process = site.jobs.get(process_id)
        life.stuck += process.stuck
        life.released += not process.handled
        if not run.expect(not process.handled or process.stuck, f"{named}: {process_id} is held by nobody"):
            life.held += 1
    if life.sign in IN_ORDER and life.phase.endswith("ends"):
        process = site.jobs.get(life.process_ids[0])
        in_order = process.output == {"attempt": 1}
        run.expect(in_order, f"{named}: {process.id} did not end in its grace: {process.status} {process.output}")


def _rescue(site: Site, lane: str) -> Iterator[None]:
    """Let a new worker do what is left: whatever was stuck is seen by it before anything else."""
    worker = TerminalWorker(site, lane, until_idle=True)
    try:
        yield from _until(lambda: worker.exit_code is not None)
    finally:
        worker.end()


def _examine_end(run: Proof, site: Site, life: Life) -> None:
    """See that it is all done in the end, and that nothing ran beside another attempt of itself."""
    for process_id in life.process_ids:
        process, named = site.jobs.get(process_id), f"{life.sign}, {life.phase}, {process_id}"
        run.expect(str(process.status) == "completed", f"{named}: it is {process.status} in the end")
        notes = site.notes(attempts_book(process_id))
        run.expect(not any(note["running"] for note in notes), f"{named}: two attempts at once: {notes}")


def _until(condition: Callable[[], object]) -> Iterator[None]:
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        yield


def _pause(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
