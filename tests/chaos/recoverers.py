"""F19, recovery under recovery: ``python -m tests.chaos.recoverers --rounds 200 --seed 1``.

Work is left in dead hands, and whoever recovers it is killed, frozen, refused by the database, or not alone. Whatever
happens, each death is recorded once, and everything comes to its one end.
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

from tests.chaos.checker import Verdict
from tests.chaos.ground import Ground
from tests.chaos.measured import Measured, say, say_complaints, table
from tests.chaos.recoverer_scenes import SCENES, Scene


@dataclass(frozen=True)
class Outcome:
    """What came of the rounds of one scene."""

    scene: Scene
    rounds: int
    in_the_middle: int
    """Rounds in which the fault came while some deaths were recorded, and others not."""
    verdict: Verdict

    @property
    def is_green(self) -> bool:
        """Whether the scene really happened, and every promise was kept."""
        return self.in_the_middle > 0 and self.verdict.is_green


def perform(scene: Scene, folder: Path, *, rounds: int, chance: random.Random) -> Outcome:
    """Play a scene again and again in one database; whatever it leaves is finished after each."""
    with closing(Ground(folder)) as ground:
        ground.prepare()
        in_the_middle = 0
        for _ in range(rounds):
            in_the_middle += scene(ground, chance)
            ground.finish()
        return Outcome(scene, rounds, in_the_middle, ground.verdict(killed=ground.killed))


def main() -> None:
    """Play every scene, tell what came of it, and end with 1 unless all is green and every fault really happened."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=200, help="over all scenes")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    chance, begun = random.Random(options.seed), time.monotonic()
    each = -(-options.rounds // len(SCENES))
    say(f"seed {options.seed}")
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="recoverers-") as folder:
        for scene in SCENES:
            outcomes.append(perform(scene, Path(folder, scene.__name__), rounds=each, chance=chance))
            say(f"{'green' if outcomes[-1].is_green else 'RED':5} {scene.__name__}")
            say_complaints(outcomes[-1].verdict)
    sys.exit(_judged(outcomes, options.seed, time.monotonic() - begun).finish())


def _judged(outcomes: Sequence[Outcome], seed: int, seconds: float) -> Measured:
    shown = (
        "processes",
        "deaths_recorded",
        "lost",
        "double_records",
        "second_ends",
        "stuck_left",
        "complaints",
        "effects_repeated",
    )
    rows = [
        (
            one.scene.__name__.replace("_", " "),
            one.rounds,
            one.in_the_middle,
            *(one.verdict.figures()[name] for name in shown),
            "green" if one.is_green else "RED",
        )
        for one in outcomes
    ]
    say(table([("scene", "rounds", "in the middle", *shown, ""), *rows]))
    measured = Measured("recoverers", seed)
    measured.add("rounds", sum(one.rounds for one in outcomes))
    measured.add("in_the_middle", sum(one.in_the_middle for one in outcomes))
    measured.add("scenes that are not green", sum(not one.is_green for one in outcomes), exactly=0)
    for name in shown:
        measured.add(name, sum(one.verdict.figures()[name] for one in outcomes))
    measured.add("seconds", round(seconds))
    return measured


if __name__ == "__main__":
    main()
