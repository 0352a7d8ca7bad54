"""F3: the deaths of isolated steps, each with what must be told of it."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from jobboy.model.process import CRASH_LIMIT, Process
from jobboy.system import host
from tests.chaos.proof import Proof, percentiles, seconds_words
from tests.chaos.steps import attempts_book, runs
from tests.chaos.watcher import Seen, Watcher, watching
from tests.integration.worker_programs import Program, Site, eventually

DEATHS_OF_EACH_KIND = 50
PROMISED_SECONDS = 2.0
PATIENCE = 600.0
AT_ONCE = 2
"""Steps that die side by side; neighbours come on top."""


@dataclass(frozen=True)
class Death:
    """A way to die and what is to be told of it: the cause of a crash, or the error that was raised."""

    how: str
    cause: Mapping[str, Any] | None = None
    error: str = "StepCrashed"
    code: str = "dies"
    control_group: str | None = None

    @property
    def event(self) -> str:
        """Kind of the event that tells it."""
        return "crashed" if self.cause else "step_failed"


def _signal(name: str) -> dict[str, Any]:
    return {"kind": "signal", "signal": name}


DEATHS = [
    Death("segmentation fault", _signal("SIGSEGV")),
    Death("stack overflow", _signal("SIGSEGV")),
    Death("abort", _signal("SIGABRT")),
    Death("kill -9", _signal("SIGKILL")),
    Death("exit 0", {"kind": "exit", "exit_code": 0}),
    Death("exit 3", {"kind": "exit", "exit_code": 3}),
    Death("sys.exit", error="SystemExit"),
    Death("endless recursion", error="RecursionError"),
    Death("out of memory", error="MemoryError", code="dies-limited"),
    Death("fork bomb", error="BlockingIOError"),
    Death("memory of a control group", _signal("SIGKILL"), control_group="memory"),
    Death("fork bomb in a control group", error="BlockingIOError", control_group="pids"),
]


def prove(run: Proof, site: Site, groups: Mapping[str, Path], source: random.Random) -> None:
    """Let steps die until each kind has had its deaths, and compare what was told."""
    deaths = [death for death in DEATHS if death.control_group is None or death.control_group in groups]
    neighbours = [site.start("neighbour"), site.start("neighbour-isolated")]
    worker = site.ready_worker("--slots", str(AT_ONCE + len(neighbours)))
    for neighbour in neighbours:
        eventually(lambda neighbour=neighbour: site.notes(attempts_book(neighbour)))  # type: ignore[misc]
    processes = -(-run.scaled(DEATHS_OF_EACH_KIND) // CRASH_LIMIT)
    with watching(site.operations) as watcher:
        dying = _started(site, deaths * processes, groups, source)
        _await_all_ended(site, dying)
        judged = {death.how: _judged(run, site, watcher, death, dying) for death in deaths}
    _tell(run, judged, processes)
    _examine_survivors(run, site, worker, neighbours)


def _started(
    site: Site, deaths: list[Death], groups: Mapping[str, Path], source: random.Random
) -> list[tuple[Death, str]]:
    source.shuffle(deaths)
    started = []
    for death in deaths:
        group = {} if death.control_group is None else {"control_group": str(groups[death.control_group])}
        started.append((death, site.start(death.code, how=death.how, attempts=CRASH_LIMIT, **group)))
    return started


def _await_all_ended(site: Site, dying: list[tuple[Death, str]]) -> None:
    eventually(
        lambda: all(not site.jobs.get(process_id).status.is_active for _, process_id in dying), within=PATIENCE
    )


# --- judging -----------------------------------------------------------------------------------------------------


def _judged(run: Proof, site: Site, watcher: Watcher, death: Death, dying: list[tuple[Death, str]]) -> list[float]:
    """Return how long it took until each death of this kind was seen with its cause."""
    told: list[float] = []
    for process_id in (process_id for its_death, process_id in dying if its_death is death):
        notes = site.notes(attempts_book(process_id))
        events = eventually(lambda process_id=process_id: _all_seen(watcher, death, process_id))  # type: ignore[misc]
        process = site.jobs.get(process_id)
        named = f"{death.how}, {process_id}"
        run.expect([note["attempt"] for note in notes] == _ATTEMPTS, f"{named}: attempts {notes}")
        run.expect(str(process.status) == "failed", f"{named}: it is {process.status}")
        for note, seen in zip(notes, events, strict=False):
            if run.expect(_is_right(death, process, note, seen), f"{named}: told {seen.event.after} of {note}"):
                told.append(seen.monotonic - note["monotonic"])
        left = _programs_in_groups({note["pid"] for note in notes})
        run.expect(not left, f"{named}: left the programs {left} running")
    return told


_ATTEMPTS = list(range(1, CRASH_LIMIT + 1))


def _all_seen(watcher: Watcher, death: Death, process_id: str) -> list[Seen]:
    seen = watcher.seen(process_id, death.event)
    return seen if len(seen) >= CRASH_LIMIT else []


def _is_right(death: Death, process: Process, note: Mapping[str, Any], seen: Seen) -> bool:
    event = seen.event
    if (event.step, event.attempt) != ("die", note["attempt"]):
        return False
    if death.cause is None:  # the same error each time, so the history has it once: the process keeps it
        return process.reports["reason"]["type"] == death.error and process.crashes == 0
    cause = (event.after or {}).get("stuck_cause") or {}
    where = {"step": "die", "attempt": note["attempt"], "host": host(), "pid": note["pid"]}
    words = [f"last words of attempt {note['attempt']}"]
    return {**death.cause, **where}.items() <= cause.items() and cause["last_lines"][:1] == words


def _programs_in_groups(groups: set[int]) -> list[int]:
    """Return what runs in groups of steps, short of the leaders: the program of a step that raised is used again."""
    others = [pid for pid in psutil.pids() if pid not in groups and _group_of(pid) in groups]
    return [pid for pid in others if runs(pid, _created(pid))]


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _created(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return -1.0


# --- telling -----------------------------------------------------------------------------------------------------


def _tell(run: Proof, judged: Mapping[str, list[float]], processes: int) -> None:
    made = processes * CRASH_LIMIT
    rows: list[list[object]] = []
    for how, told in judged.items():
        p50, p99 = percentiles(told)
        right = f"{100 * len(told) / made:g} %"
        rows.append([how, made, right, seconds_words(p50), seconds_words(p99), seconds_words(max(told, default=0))])
    run.table(("step dies by", "deaths", "right cause", "seen p50 s", "p99 s", "max s"), rows)
    everything = [seconds for told in judged.values() for seconds in told]
    p50, p99 = percentiles(everything)
    run.told("step deaths", made * len(judged))
    run.exactly("right cause %", 100 * len(everything) / (made * len(judged)), 100)
    run.told("death seen p50 s", p50)
    run.at_most("death seen p99 s", p99, PROMISED_SECONDS)


def _examine_survivors(run: Proof, site: Site, worker: Program, neighbours: list[str]) -> None:
    alive = worker.lives
    site.leave("neighbours-may-end")
    unharmed = 0
    for neighbour in neighbours:
        process = site.await_status(neighbour, "completed")
        unharmed += process.output == {"attempt": 1} and process.crashes == 0
    run.exactly("worker alive", int(alive), 1)
    run.exactly("neighbours unharmed", unharmed, len(neighbours))
