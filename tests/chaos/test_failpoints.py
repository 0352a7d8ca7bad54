"""The short form of F2; the long form is `python -m tests.chaos.failpoints`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jobboy.failpoints import POINTS
from tests.chaos.failpoints import TRIALS, perform

SHORT = ("worker/commit-done", "child/child-returned", "sweeper/change-written")


def test_the_long_form_kills_a_program_at_every_point() -> None:
    assert {trial.point for trial in TRIALS} == POINTS.keys()


@pytest.mark.parametrize("name", SHORT)
def test_a_second_worker_finishes_what_a_crash_at_a_point_left(tmp_path: Path, name: str) -> None:
    (trial,) = [trial for trial in TRIALS if trial.name == name]

    outcome = perform(trial, tmp_path, rounds=1, chance=random.Random(20260725))

    assert [verdict.complaints for verdict in outcome.verdicts] == [{}]
    assert outcome.hits == 1, "it died at its point"
