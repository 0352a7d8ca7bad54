"""F16, isolated steps: what they start ends with them, and has nothing of the database open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from jobboy.locks import open_locks
from jobboy.ports import Locks, process_place
from tests.chaos.forking import FORKS
from tests.chaos.left_behind import DATABASE, LOCKS, left_behind
from tests.chaos.proof import Proof
from tests.integration.worker_programs import Site, eventually

KINDS = list(FORKS)
DAEMON, DIES = "daemon in a session of its own", "fork left behind, step dies"


def prove(run: Proof, site: Site, hows: Sequence[str]) -> None:
    """Let one worker run them one after the other, and look after each."""
    worker = site.ready_worker("--slots", "2")
    found: Counter[tuple[str, str]] = Counter()
    with closing(open_locks(Path(site.folder, "jobboy.db.lock"))) as locks:
        for number, how in enumerate(hows):
            _let_fork(run, site, locks, how, number, found)
    run.expect(worker.lives, "the worker of the isolated steps died")
    worker.kill()
    rows = [
        [how, hows.count(how), *(found[how, what] for what in ("left", "gone", "database", "locks"))] for how in KINDS
    ]
    run.table(("isolated step with", "steps", "programs left", "gone", "database open", "lock kept"), rows)
    run.exactly("database open in programs of isolated steps", _total(found, "database"), 0)
    run.exactly("wrong answers", _total(found, "wrong"), 0)


def _let_fork(run: Proof, site: Site, locks: Locks, how: str, number: int, found: Counter[tuple[str, str]]) -> None:
    process_id = site.start("forks-isolated", how=how, number=number)
    process = site.await_status(process_id, "completed")
    named = f"{how}, isolated, {process_id}"
    found[how, "wrong"] += not run.expect(process.output == {"number": number}, f"{named}: answered {process.output}")
    attempts = 2 if how == DIES else 1
    run.expect(len(site.events(process_id, "crashed")) == attempts - 1, f"{named}: crashed")
    programs = left_behind(site, process_id)
    found[how, "left"] += len(programs)
    found[how, "database"] += sum(len(program.opened_of(site, *DATABASE)) for program in programs)
    place = process_place(process.number, process.token)
    if how == DAEMON:
        found[how, "locks"] += locks.is_taken(place)
        run.expect(all(len(program.opened_of(site, *LOCKS)) <= 1 for program in programs), f"{named}: has more locks")
        run.expect(all(program.runs for program in programs), f"{named}: its daemon was ended")
    else:
        gone = sum(not program.runs for program in programs)
        found[how, "gone"] += gone
        run.expect(gone == len(programs), f"{named}: its programs outlived it")
    for program in programs:
        program.end()
    eventually(lambda: not locks.is_taken(place))


def _total(found: Counter[tuple[str, str]], what: str) -> int:
    return sum(count for (_, its), count in found.items() if its == what)
