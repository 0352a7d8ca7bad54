"""The limits a worker ends at, measured on the real clock and memory of this program."""

import time

import psutil
import pytest

from jobboy.worker import WorkerSettings
from jobboy.worker.limits import Limits, resident_megabytes


def test_without_limits_none_is_reached() -> None:
    assert Limits(WorkerSettings()).reached() is None


def test_a_time_that_is_over_is_told() -> None:
    limits = Limits(WorkerSettings(timeout=0.02))
    deadline = time.monotonic() + 10
    while limits.reached() is None and time.monotonic() < deadline:
        continue
    assert limits.reached() == "its time of 0.02 s is over"


def test_a_time_that_is_not_over_is_not_reached() -> None:
    assert Limits(WorkerSettings(timeout=3600)).reached() is None


def test_memory_beyond_the_limit_is_told() -> None:
    assert Limits(WorkerSettings(memory_limit=1)).reached() == "it uses more than 1 MB of memory"
    assert Limits(WorkerSettings(memory_limit=1e6)).reached() is None


def test_memory_is_what_the_operating_system_says() -> None:
    assert resident_megabytes() == pytest.approx(psutil.Process().memory_info().rss / 1e6, rel=0.2)
