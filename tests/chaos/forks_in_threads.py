"""F16, steps in a thread of the worker: what they leave behind keeps nobody's process when the worker is killed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from tests.chaos.left_behind import DATABASE, LOCKS, LeftBehind, left_behind
from tests.chaos.proof import Proof, percentiles
from tests.chaos.steps import attempts_book
from tests.integration.worker_programs import Program, Site, eventually

KINDS = [
    "fork that ends",
    "fork left behind",
    "program left behind",
    "pool of forks left behind",
    "daemon in a session of its own",
    "both sides of a fork return",
]
PROGRAM, BOTH = "program left behind", "both sides of a fork return"
PROMISED_SECONDS = 2.0
SOON = 5.0


def prove(run: Proof, site: Site, hows: Sequence[str]) -> None:
    """Let each fork beside a neighbour, kill their worker, and see what becomes of the neighbour."""
    found: Counter[tuple[str, str]] = Counter()
    seen: list[float] = []
    for number, how in enumerate(hows):
        _let_fork(run, site, how, number, found, seen)
    columns = ("left", "locks", "database")
    rows = [[how, hows.count(how), *(found[how, what] for what in columns)] for how in KINDS]
    run.table(("step in a thread with", "steps", "programs left", "locks open", "database open"), rows)
    run.exactly("locks open in programs of steps in threads", sum(found[how, "locks"] for how in KINDS), 0)
    run.exactly("database open in programs they started", found[PROGRAM, "database"], 0)
    run.told("database files open in their forks", sum(found[how, "database"] for how in KINDS if how != PROGRAM))
    run.at_most("neighbour of a killed worker seen stuck p99 s", percentiles(seen)[1], PROMISED_SECONDS)


def _let_fork(
    run: Proof, site: Site, how: str, number: int, found: Counter[tuple[str, str]], seen: list[float]
) -> None:
    worker = site.ready_worker("--slots", "2")
    neighbour = site.start("neighbour")
    eventually(lambda: site.notes(attempts_book(neighbour)))
    process_id = site.start("forks", how=how, number=number)
    process = site.await_status(process_id, "completed")
    named = f"{how}, in a thread, {process_id}"
    run.expect(process.output == {"number": number}, f"{named}: answered {process.output}")
    run.expect(not site.events(process_id, "fenced"), f"{named}: somebody else wanted to write")
    programs = left_behind(site, process_id)
    found[how, "left"] += len(programs)
    found[how, "locks"] += sum(len(program.opened_of(site, *LOCKS)) for program in programs if how != BOTH)
    found[how, "database"] += sum(len(program.opened_of(site, *DATABASE)) for program in programs if how != BOTH)
    lived = [program for program in programs if program.runs]
    _kill_beside(run, site, worker, named, neighbour, seen)
    if how == BOTH:
        run.expect(_are_gone(programs), f"{named}: its copy goes on as a worker")
    else:
        run.expect(all(program.runs for program in lived), f"{named}: what it left was ended, so this proved nothing")
    for program in programs:
        program.end()
    site.operations.fail(neighbour, now=True, reason="it has shown what it was there for")


def _kill_beside(run: Proof, site: Site, worker: Program, named: str, neighbour: str, seen: list[float]) -> None:
    """Kill the worker and note how long it took until its neighbour was seen stuck."""
    worker.kill()
    killed_at = time.monotonic()
    try:
        eventually(lambda: site.jobs.get(neighbour).stuck, within=SOON)
    except AssertionError:
        run.expect(False, f"{named}: keeps its neighbour held after their worker was killed")
    seen.append(time.monotonic() - killed_at)


def _are_gone(programs: Sequence[LeftBehind]) -> bool:
    try:
        return eventually(lambda: not any(program.runs for program in programs), within=SOON)
    except AssertionError:
        return False
