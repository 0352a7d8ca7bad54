"""The short form of `python -m tests.chaos.clocks`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chaos.clocks import measure_worlds
from tests.chaos.clocks_real import PATIENCE, seconds_until_seen
from tests.chaos.shims import NoCompiler


def test_p7_clocks_that_jump_make_nobody_look_dead_and_no_dead_one_alive() -> None:
    assert measure_worlds(seed=1, seeds=6).missed == []


def test_p5_a_worker_whose_clock_is_set_back_still_sees_the_death_of_others() -> None:
    try:
        (seconds,) = seconds_until_seen([timedelta(hours=-1)])
    except NoCompiler as error:
        pytest.skip(str(error))
    assert seconds < PATIENCE, "not an hour later"
