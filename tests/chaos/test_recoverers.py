"""The short form of F19; the long form is `python -m tests.chaos.recoverers`."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

from tests.chaos.ground import ENDS, Ground
from tests.chaos.recoverer_scenes import frozen_sweeper, killed_sweeper, several_at_once


def test_deaths_are_recorded_once_whatever_happens_to_those_who_record_them(tmp_path: Path) -> None:
    chance = random.Random(20260725)
    with closing(Ground(tmp_path / "ground")) as ground:
        ground.prepare()
        for scene in (killed_sweeper, several_at_once, frozen_sweeper):
            scene(ground, chance)
            ground.finish()

        verdict = ground.verdict(killed=ground.killed)

    assert verdict.complaints == {}
    assert verdict.stuck == len(ground.expected) - len(ENDS), "all but those that prepared the ground"
