"""F1, kill -9 at random moments: ``python -m tests.chaos.kills --kills 1000 --seed 1``.

Four workers work on processes of five steps; every 0 to 150 ms one of them is killed, whatever it is doing, and
replaced. When all is done, the checker must find every promise kept. What three deaths in a row made the engine give
up (P6) is restarted at its step, as an operator would, and must come to its end too.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from jobboy.model.process import CRASH_LIMIT, Process
from jobboy.system import SystemClock
from tests.benchmarks.sampling import percentile
from tests.chaos.checker import CLOCK_GRAIN, Death, Expected, Verdict, Written, deaths, ledger
from tests.chaos.forked import end, fork_worker, kill
from tests.chaos.ground import ENDS, Ground
from tests.chaos.measured import Measured, say, say_complaints
from tests.integration.apps.trails import NAMES
from tests.integration.worker_programs import eventually

WORKERS = 4
SLOTS = 2
LONGEST_GAP = 0.15
"""Seconds between two kills at most."""
PROCESSES = 1500
MORE, FEW = 3, 8
"""A third of the first number is added when less than an eighth of it is left and kills are still to come."""
LOOK_EVERY = 20
"""Kills between two looks at how many are left."""
RANKS = {"p50": 50, "p99": 99, "max": 100}
STEP_PAUSE = 0.01
"""Seconds each step takes, but for the quick ones."""
DETECT_WITHIN = 2.0
"""Seconds: P5."""
CLAIM_WITHIN = DETECT_WITHIN + 1.0
HITS_AT_LEAST = 0.25
"""Processes found in dead hands for each kill."""
FINISHED_WITHIN = 300.0
"""Seconds after the last kill; only a run that fails ever takes so long."""


@dataclass
class Crew:
    """Workers of which one after the other is killed.

    Attributes:
        killed: pid of each that was killed, with the moment, in seconds since 1970.
    """

    ground: Ground
    chance: random.Random
    workers: list[BaseProcess] = field(default_factory=list)
    killed: dict[int, float] = field(default_factory=dict)

    def gather(self) -> None:
        """Bring it to its full number."""
        while len(self.workers) < WORKERS:
            self.workers.append(fork_worker(self.ground.site, slots=SLOTS))

    def lose_one(self) -> None:
        """Kill any one of them and replace it."""
        victim = self.workers.pop(self.chance.randrange(WORKERS))
        assert victim.pid is not None
        assert victim.pid not in self.killed, "the system has given a number twice: deaths could not be told apart"
        self.killed[victim.pid] = SystemClock().now().timestamp()
        kill(victim)
        self.gather()

    def dismiss(self) -> None:
        """End all that are left in order."""
        for worker in self.workers:
            assert end(worker) == 0
        self.workers.clear()


@dataclass(frozen=True)
class LostHold:
    """One process that was in the hands of a killed worker."""

    seen_after: float
    """Seconds from the kill until its death was recorded."""
    claimed_after: float | None
    """Seconds from the kill until another worker had it in hand; None when it was given up."""


def start_some(ground: Ground, times: int) -> None:
    """Start pipelines, some so quick that many are taken in hand, some with an isolated step, and plain handlers."""
    for code, share in (("plain-trail", 0.4), ("quick-trail", 0.3), ("turns", 0.2), ("trail", 0.1)):
        pause = 0.0 if code == "quick-trail" else STEP_PAUSE
        ground.start(code, times=round(times * share), pause=pause)


def disturb(crew: Crew, *, kills: int, processes: int) -> None:
    """Kill so many workers, with work for them until the last."""
    start_some(crew.ground, processes)
    crew.gather()
    moments = threading.Event()  # never set: the random moments are the point, nothing waits for them
    for number in range(kills):
        moments.wait(crew.chance.uniform(0, LONGEST_GAP))
        crew.lose_one()
        if number % LOOK_EVERY == 0 and left(crew.ground) < processes // FEW:
            start_some(crew.ground, processes // MORE)


def left(ground: Ground) -> int:
    """Return how many processes are active."""
    counts = ground.site.operations.overview().counts.by_status
    return sum(number for status, number in counts.items() if status.is_active)


def restart_given_up(ground: Ground) -> list[Process]:
    """Restart what was given up where it stopped, let it come to its end, and return the old generations."""
    given_up = list(ground.site.jobs.list("failed", limit=1_000_000))
    for process in given_up:
        done = NAMES.index(process.step) if process.step else 0
        end_of_code = ENDS[process.code]
        ground.expected[process.id] = Expected(output=None, steps=end_of_code.steps[:done], status="failed")
        successor = ground.site.jobs.restart(process.id, from_step=process.step, reason="its workers were killed")
        ground.expected[successor.id] = replace(
            end_of_code, steps=end_of_code.steps[done:], effects=end_of_code.effects[done:]
        )
    if given_up:
        ground.finish()
    return given_up


def has_died_enough(ground: Ground, process: Process) -> bool:
    """Say whether the history shows as many deaths in a row as P6 asks for before a process is given up."""
    history = ground.site.jobs.history(process.id)
    last = next(place for place, event in enumerate(history) if (event.after or {}).get("status") == "failing")
    deaths = history[last + 1 - CRASH_LIMIT : last + 1]
    return len(deaths) == CRASH_LIMIT and all(event.kind in ("stuck", "crashed") for event in deaths)


def lost_holds(ground: Ground, killed: Mapping[int, float]) -> list[LostHold]:
    """Return what became of each process that was found in the hands of a killed worker."""
    changes = ledger(ground.path)
    return [
        LostHold(death.at - killed[death.pid], _next_claim(changes[death.process_id], death, killed[death.pid]))
        for death in deaths(ground.path)
        if death.pid in killed
    ]


def _next_claim(changes: Sequence[Written], death: Death, killed_at: float) -> float | None:
    if death.is_given_up:
        return None
    return next(one.at - killed_at for one in changes if one.is_claim and one.at >= death.at - CLOCK_GRAIN)


def figures_of(crew: Crew, verdict: Verdict, *, given_up: int, seconds: float) -> dict[str, int | float]:
    """Return the figures of a run, times in seconds."""
    found = lost_holds(crew.ground, crew.killed)
    seen = [lost.seen_after for lost in found]
    claimed = [lost.claimed_after for lost in found if lost.claimed_after is not None]
    kills = len(crew.killed)
    return {
        "kills": kills,
        "in_hand_at_death": len(found),
        "given_up_after_three_deaths": given_up,
        **verdict.figures(),
        "effects_repeated_per_kill": round(verdict.effects_repeated / kills, 3),
        **quantiles("detect", seen),
        **quantiles("reclaim", claimed),
        "seconds": round(seconds, 1),
    }


def quantiles(what: str, seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p99 and the longest, none of them when there is nothing to tell of."""
    if not seconds:
        return {}
    return {f"{what}_{name}": round(percentile(seconds, rank), 3) for name, rank in RANKS.items()}


def main() -> None:
    """Kill, finish, examine, tell; ends with 1 unless every promise was kept and the dead were found in time."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument(
        "--processes", type=int, default=PROCESSES, help="at first; more follow while kills are to come"
    )
    options = asked.parse_args()
    say(f"seed {options.seed}")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, closing(Ground(Path(folder))) as ground:
        ground.prepare()
        crew = Crew(ground, random.Random(options.seed))
        disturb(crew, kills=options.kills, processes=options.processes)
        eventually(lambda: left(ground) == 0, within=FINISHED_WITHIN)
        crew.dismiss()
        given_up = restart_given_up(ground)
        verdict = ground.verdict(killed=crew.killed)
        figures = figures_of(crew, verdict, given_up=len(given_up), seconds=time.monotonic() - begun)
        doubtful = [process.id for process in given_up if not has_died_enough(ground, process)]
    say_complaints(verdict)
    for process_id in doubtful:
        say(f"given up, though it had not died {CRASH_LIMIT} times in a row: {process_id}")
    sys.exit(judged(options.seed, {**figures, "given_up_too_early": len(doubtful)}).finish())


def judged(seed: int, figures: Mapping[str, float]) -> Measured:
    """Return the figures with what they must keep; kills that meet newborn workers prove little."""
    at_least = {"in_hand_at_death": figures["kills"] * HITS_AT_LEAST}
    at_most = {"detect_p99": DETECT_WITHIN, "reclaim_p99": CLAIM_WITHIN}
    exactly = {"complaints": 0, "given_up_too_early": 0}
    measured = Measured("kills", seed)
    for name, value in figures.items():
        bounds = {"exactly": exactly.get(name), "at_most": at_most.get(name), "at_least": at_least.get(name)}
        measured.add(name, value, **bounds)
    return measured


if __name__ == "__main__":
    main()
