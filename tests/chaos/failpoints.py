"""F2, kill -9 at every named point: ``python -m tests.chaos.failpoints --times 20 --seed 1``.

For each trial a program of its kind is killed at a point, at an arrival there drawn by the seed; then a second worker
finishes, and the checker must find every promise kept. A trial whose program does not die at its point fails.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from jobboy.failpoints import POINTS
from tests.chaos import failpoint_scenes as scenes
from tests.chaos.checker import Verdict
from tests.chaos.ground import Ground
from tests.chaos.measured import Measured, say, say_complaints, table

TRIES = 3
"""How often a round is played until its program dies at its point: on a busy machine no turn may be short."""


@dataclass(frozen=True)
class Trial:
    """One point in one kind of program."""

    scene: scenes.Scene
    point: str
    highest: int = 1
    """The latest arrival at the point that every round of the scene is sure to have."""
    lowest: int = 1

    @property
    def name(self) -> str:
        """As told, and as chosen with ``--only``."""
        return f"{self.scene.__name__.replace('_', '-')}/{self.point}"


TRIALS = (
    *(Trial(scenes.worker, point, 20) for point in ("lock-taken", "claim-written", "claim-committed")),
    *(Trial(scenes.worker, point, 20) for point in ("step-begun", "step-returned", "change-written")),
    *(Trial(scenes.worker, point, 8) for point in ("commit-asked", "commit-done")),
    *(Trial(scenes.worker, point, 20) for point in ("result-committed", "lock-freed")),
    *(Trial(scenes.hand, point, 3) for point in ("claim-noted", "note-erased", "claim-written", "result-committed")),
    *(Trial(scenes.hand, point, 100) for point in ("step-begun", "step-returned")),
    Trial(scenes.hand, "hand-relieved"),
    *(Trial(scenes.isolated_hand, point, scenes.ISOLATED_HANDS) for point in ("child-asked", "answer-received")),
    *(Trial(scenes.parent, point, scenes.ISOLATED_STEPS) for point in ("child-asked", "answer-received")),
    # A new child begins to count anew: at the first arrival every attempt would die, and the step be given up.
    *(Trial(scenes.child, point, scenes.ISOLATED_STEPS, lowest=2) for point in ("child-entered", "child-returned")),
    Trial(scenes.answered_child, "child-answered", scenes.ISOLATED_STEPS - 1),
    *(Trial(scenes.sweeper, point, scenes.DEAD_HANDS) for point in ("sweep-judged", "change-written")),
    # The first commit of a worker is its own entry.
    *(Trial(scenes.sweeper, point, scenes.DEAD_HANDS, lowest=2) for point in ("commit-asked", "commit-done")),
    Trial(scenes.sweeper, "sweep-recorded", scenes.DEAD_HANDS),
    *(Trial(scenes.starter, point) for point in ("commit-asked", "commit-done", "start-committed")),
    *(Trial(scenes.operator, point) for point in ("verb-judged", "change-written", "commit-asked", "commit-done")),
    Trial(scenes.operator, "verb-committed"),
    Trial(scenes.opener, "tables-made"),
)


@dataclass(frozen=True)
class Outcome:
    """What came of the rounds of one trial."""

    trial: Trial
    rounds: int
    hits: int
    """Rounds whose program died at the point."""
    verdicts: tuple[Verdict, ...]
    """Of each database, after its last round."""

    @property
    def is_green(self) -> bool:
        """Whether every program died where it was to, and every promise was kept."""
        return self.hits == self.rounds and all(verdict.is_green for verdict in self.verdicts)

    def total(self, figure: str) -> int:
        """Return the sum of a figure over the databases."""
        return sum(verdict.figures()[figure] for verdict in self.verdicts)


def perform(trial: Trial, folder: Path, *, rounds: int, chance: random.Random) -> Outcome:
    """Make the rounds of a trial in one database; each round that makes a database has one of its own."""
    own = trial.scene is scenes.opener
    hits, verdicts = 0, []
    for first in range(0, rounds, 1 if own else rounds):
        with closing(Ground(folder / f"{trial.name.replace('/', '-')}-{first}")) as ground:
            if not own:
                ground.prepare()
            for number in range(first, first + 1 if own else rounds):
                hits += any(_is_hit(trial, ground, number, chance) for _ in range(TRIES))
            verdicts.append(ground.verdict())
    return Outcome(trial, rounds, hits, tuple(verdicts))


def _is_hit(trial: Trial, ground: Ground, number: int, chance: random.Random) -> bool:
    is_dead = trial.scene(ground, f"{trial.point}:{chance.randint(trial.lowest, trial.highest)}", number)
    ground.finish()
    return is_dead


def main() -> None:
    """Perform every trial, tell what came of it, and end with 1 unless all is green and every point was hit."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=20, help="rounds of each trial")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", nargs="*", metavar="TRIAL", help="as named in the table", default=[])
    options = asked.parse_args()
    chance, begun = random.Random(options.seed), time.monotonic()
    say(f"seed {options.seed}")
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="failpoints-") as folder:
        for trial in TRIALS:
            if not options.only or trial.name in options.only:
                outcomes.append(perform(trial, Path(folder), rounds=options.times, chance=chance))
                _tell_progress(outcomes[-1])
    measured = _judged(outcomes, options.seed, is_whole=not options.only)
    measured.add("seconds", round(time.monotonic() - begun))
    sys.exit(measured.finish())


def _tell_progress(outcome: Outcome) -> None:
    say(f"{'green' if outcome.is_green else 'RED':5} {outcome.hits:3}/{outcome.rounds} {outcome.trial.name}")
    for verdict in outcome.verdicts:
        say_complaints(verdict)


def _judged(outcomes: Sequence[Outcome], seed: int, *, is_whole: bool) -> Measured:
    """Say what came of each trial, and return the figures of all."""
    shown = ("processes", "lost", "double_records", "second_ends", "stuck_left", "complaints", "effects_repeated")
    rows = [
        (one.trial.name, one.rounds, one.hits, *map(one.total, shown), "green" if one.is_green else "RED")
        for one in outcomes
    ]
    say(table([("trial", "rounds", "killed at it", *shown, ""), *rows]))
    hit = {outcome.trial.point for outcome in outcomes if outcome.hits}
    missed = sorted(POINTS.keys() - hit) if is_whole else []
    if missed:
        say(f"never hit: {', '.join(missed)}")
    measured = Measured("failpoints", seed)
    measured.add("points", len(POINTS))
    measured.add("points hit", len(hit), exactly=len(POINTS) if is_whole else None)
    measured.add("kills", sum(outcome.hits for outcome in outcomes))
    measured.add("trials that are not green", sum(not one.is_green for one in outcomes), exactly=0)
    for name in shown:
        measured.add(name, sum(outcome.total(name) for outcome in outcomes))
    return measured


if __name__ == "__main__":
    main()
