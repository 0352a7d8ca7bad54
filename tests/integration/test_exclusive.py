"""Exclusive mode, the seed's rule: one iteration at a time, whichever worker makes it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from itertools import pairwise

from jobboy import bootstrap
from jobboy.engine.claimants import make_claimant
from jobboy.engine.iteration_maker import IterationMaker
from jobboy.engine.process_iterator import ProcessIterator
from jobboy.model.iteration import IterationResponse
from jobboy.runners import ChildStepRunner, StepSource
from jobboy.system import host
from tests.integration.worker_programs import Site, eventually

PROCESSES = 6
TURNS = 8

Span = tuple[int, int]


def test_exclusive_workers_never_iterate_at_the_same_time(open_site: Callable[[str], Site]) -> None:
    site = open_site("turns")
    workers = [site.ready_worker("--exclusive", "--idle-time", "0.02") for _ in range(2)]

    ids = [site.start("slow-turns", turns=TURNS) for _ in range(PROCESSES)]
    busy = eventually(lambda: site.notes("turns"))[0]["pid"]
    eventually(lambda: len(site.notes("turns")) > TURNS)
    first = next(worker for worker in workers if worker.pid == busy)
    first.signal(signal.SIGTERM)  # the other one takes over
    assert first.wait() == 0, first.errors
    ids += [site.start("slow-turns", turns=TURNS)]

    for process_id in ids:
        site.await_status(process_id, "completed")
    turns = site.notes("turns")
    assert len(turns) == (PROCESSES + 1) * TURNS
    assert _overlaps((turn["began"], turn["ended"]) for turn in turns) == []
    assert {turn["pid"] for turn in turns} == {worker.pid for worker in workers}


def test_workers_that_are_not_exclusive_do_iterate_at_the_same_time(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    site.worker("--slots", "4")

    ids = [site.start("gate-handler", gates=[1], label=f"{number}-") for number in range(4)]

    for number in range(4):
        site.await_sign(f"reached-{number}-1")  # while all gates are shut
    for number in range(4):
        site.leave(f"open-{number}-1")
    for process_id in ids:
        site.await_status(process_id, "completed")


def test_an_iteration_maker_says_that_another_program_holds_the_lock(open_site: Callable[[str], Site]) -> None:
    site = open_site("gates")
    at_gate = site.start("gate-handler", gates=[1])
    site.ready_worker("--exclusive")
    site.await_sign("reached-1")
    waiting = site.start("gate-handler", label="other-")

    for exclusive in (True, False):
        assert _one_iteration(site, exclusive=exclusive) == IterationResponse(has_worked=False, lock_held=True)

    site.leave("open-1")
    for process_id in (at_gate, waiting):
        site.await_status(process_id, "completed")
    eventually(lambda: not _one_iteration(site, exclusive=True).lock_held)


def _one_iteration(site: Site, *, exclusive: bool) -> IterationResponse:
    adapters = bootstrap.open_adapters(site.database)
    registry, clock = site.jobs.registry, adapters.clock
    runner = ChildStepRunner(host=host(), sources=lambda order: StepSource(__name__, order.code, order.step))
    try:
        maker = IterationMaker(
            adapters.repository,
            adapters.locks,
            ProcessIterator(registry, clock, runner, actor="worker:test"),
            make_claimant(registry, adapters.locks, clock, adapters.identifiers.worker_id()),
            exclusive=exclusive,
        )
        return maker.work()
    finally:
        runner.close()
        adapters.close()


def _overlaps(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Return each span that begins before the one begun before it has ended, with that one."""
    return [(earlier, later) for earlier, later in pairwise(sorted(spans)) if later[0] < earlier[1]]
