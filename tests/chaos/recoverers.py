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
from tests.chaos.figures import tell, tell_complaints, tell_figures, tell_table
from tests.chaos.ground import Ground
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
    tell(f"seed {options.seed}")
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="recoverers-") as folder:
        for scene in SCENES:
            outcomes.append(perform(scene, Path(folder, scene.__name__), rounds=each, chance=chance))
            tell(f"{'green' if outcomes[-1].is_green else 'RED':5} {scene.__name__}")
            tell_complaints(outcomes[-1].verdict)
    sys.exit(0 if _tell(outcomes, options.seed, time.monotonic() - begun) else 1)


def _tell(outcomes: Sequence[Outcome], seed: int, seconds: float) -> bool:
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
    tell()
    tell_table(("scene", "rounds", "in the middle", *shown, ""), rows)
    passed = all(one.is_green for one in outcomes)
    figures = {name: sum(one.verdict.figures()[name] for one in outcomes) for name in shown}
    played = {
        "rounds": sum(one.rounds for one in outcomes),
        "in_the_middle": sum(one.in_the_middle for one in outcomes),
    }
    tell_figures("F19", seed, {**played, **figures, "seconds": round(seconds)}, passed=passed)
    return passed


if __name__ == "__main__":
    main()
