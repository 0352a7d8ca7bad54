"""The short forms of `python -m tests.chaos.busy` and `python -m tests.chaos.readers`."""

from __future__ import annotations

from tests.chaos import busy, readers


def test_p7_programs_that_keep_the_write_lock_cost_nobody_a_process() -> None:
    assert busy.measure(seed=1, rounds=2, scale=0.02).missed == []


def test_p10_nobody_of_ours_who_reads_lets_the_log_grow() -> None:
    assert readers.measure(seed=1, megabytes=10, with_foreign=False).missed == []
