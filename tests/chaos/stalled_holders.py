"""F6: holders that give no sign of life for some seconds, or whose clock jumps, and keep what they hold."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psutil

from jobboy import bootstrap
from jobboy.worker import Worker, WorkerSettings
from tests.chaos.proof import Proof, spread
from tests.chaos.steps import STALLED_SECONDS, attempts_book
from tests.integration.test_p7_no_false_takeover import JumpingClock
from tests.integration.worker_programs import OPERATOR, Program, Site, eventually

STALLS = 50
SUSPENDED, SUSPENDED_ALONE = "worker suspended, in a thread", "worker and isolated step suspended"
CLOCK = "clock of the holder jumps"
KINDS = {
    "interpreter held by a call into C": ("stalls", "C call"),
    "interpreter held by a regular expression": ("stalls", "regular expression"),
    "interpreter held in an isolated step": ("stalls-isolated", "regular expression"),
    SUSPENDED: ("stalls", "gate"),
    SUSPENDED_ALONE: ("stalls-isolated", "gate"),
    CLOCK: ("stalls", "gate"),
}
"""What happens: the code and its way to stall."""
TAKEN = {"stuck", "recovered", "fenced", "crashed", "raised", "step_failed"}
"""Kinds of events that a process never has whose holder is let alone."""


@dataclass(frozen=True)
class Stall:
    """A process in the hands of a holder that stalls."""

    kind: str
    process_id: str


def prove(run: Proof, site: Site, source: random.Random) -> None:
    """Make rounds of one stall of each kind until there were enough."""
    kinds = list(spread(run.scaled(STALLS), list(KINDS)))
    lost: Counter[str] = Counter()
    sweeps = 0
    for begin in range(0, len(kinds), len(KINDS)):
        batch = kinds[begin : begin + len(KINDS)]
        source.shuffle(batch)
        sweeps += _make_round(run, site, batch, f"gate-{begin}", lost)
    made = Counter(kinds)
    rows = [[kind, made[kind], lost[kind]] for kind in made]
    run.table(("what happens", "stalls", "taken over"), rows)
    run.told("stalls", len(kinds))
    run.told("sweeps while they lasted", sweeps)
    run.exactly("false takeovers", lost.total(), 0)


def _make_round(run: Proof, site: Site, kinds: Sequence[str], gate: str, lost: Counter[str]) -> int:
    """Let the holders stall all at once; returns how often it was looked for dead ones meanwhile."""
    elsewhere = [kind for kind in kinds if kind != CLOCK]
    holders = [site.ready_worker("--slots", "1") for _ in elsewhere]
    stalls = [_begun(site, kind, gate) for kind in elsewhere]
    with _confused_holder(site) as confused:
        if CLOCK in kinds:
            confused.start()
            stalls.append(_begun(site, CLOCK, gate))
        taker = site.ready_worker("--slots", str(len(stalls)), "--idle-time", "0.05")
        with _suspended(site, holders, stalls):
            sweeps = _sweep(site, STALLED_SECONDS)
        site.leave(gate)
        for stall in stalls:
            lost[stall.kind] += not _is_kept(run, site, stall)
    for program in (*holders, taker):
        program.kill()
    return sweeps


def _begun(site: Site, kind: str, gate: str) -> Stall:
    code, how = KINDS[kind]
    process_id = site.start(code, how=how, gate=gate)
    eventually(lambda: site.notes(attempts_book(process_id)))
    return Stall(kind, process_id)


@contextmanager
def _confused_holder(site: Site) -> Iterator[Worker]:
    """Give a worker in this program, not started yet, whose clock jumps by hours with every look at it."""
    adapters = bootstrap.open_adapters(site.database, clock=JumpingClock())
    with closing(adapters):
        worker = bootstrap.make_worker(adapters, site.jobs.registry, WorkerSettings(slots=1))
        yield worker
        if worker.state != "new":
            worker.stop()


@contextmanager
def _suspended(site: Site, holders: Sequence[Program], stalls: Sequence[Stall]) -> Iterator[None]:
    """Stop the holders of suspended kinds with everything they have started, as a suspended machine does."""
    by_pid = {holder.pid: holder for holder in holders}
    programs: list[psutil.Process] = []
    for stall in stalls:
        if stall.kind in (SUSPENDED, SUSPENDED_ALONE):
            handled_by = site.jobs.get(stall.process_id).handled_by or ""
            worker = psutil.Process(by_pid[int(handled_by.split(":")[1])].pid)
            programs += [worker, *worker.children(recursive=True)]
    for program in programs:
        program.send_signal(signal.SIGSTOP)
    eventually(lambda: all(program.status() == psutil.STATUS_STOPPED for program in programs))
    yield
    for program in programs:
        program.send_signal(signal.SIGCONT)


def _sweep(site: Site, seconds: float) -> int:
    """Sweep by the right clock and by one that jumps, as fast as this program can; returns how often."""
    end, sweeps = time.monotonic() + seconds, 0
    with closing(bootstrap.open_adapters(site.database, clock=JumpingClock())) as adapters:
        confused = bootstrap.open_operations(adapters, site.jobs.registry, actor=OPERATOR)
        while time.monotonic() < end:
            for operations in (site.operations, confused):
                operations.sweep()
                sweeps += 1
    return sweeps


def _is_kept(run: Proof, site: Site, stall: Stall) -> bool:
    """Wait for its end and say whether its first holder brought it there."""
    process = site.await_status(stall.process_id, "completed")
    kinds = {str(event.kind) for event in site.jobs.history(stall.process_id)}
    attempts = len(site.notes(attempts_book(stall.process_id)))
    kept = kinds.isdisjoint(TAKEN) and process.token == 1 and attempts == 1
    return run.expect(kept, f"{stall.kind}, {stall.process_id}: token {process.token}, {attempts} attempts, {kinds}")
