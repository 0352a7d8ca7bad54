"""The settings of a worker: what is refused, naming the setting."""

from typing import Any

import pytest

from jobboy import InvalidValue
from jobboy.worker import WorkerSettings


def test_the_defaults_work() -> None:
    settings = WorkerSettings()
    assert (settings.slots, settings.exclusive, settings.until_idle) == (4, False, False)
    assert (settings.timeout, settings.memory_limit) == (None, None)


@pytest.mark.parametrize(
    "given",
    [
        {"slots": 1},
        {"slots": 1000},
        {"timeout": 0.1},
        {"memory_limit": 1},
        {"idle_time": 0.01},
        {"idle_time": 86_400},
        {"grace": 0},
    ],
)
def test_the_last_values_before_the_limits_are_accepted(given: dict[str, Any]) -> None:
    ((name, value),) = given.items()
    assert getattr(WorkerSettings(**given), name) == value


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"slots": 0}, "slots: must be from 1 to 1000"),
        ({"slots": 1001}, "slots: must be from 1 to 1000"),
        ({"slots": 2.5}, "slots: must be from 1 to 1000"),
        ({"timeout": 0}, "timeout: must be more than 0"),
        ({"timeout": -1}, "timeout: must be more than 0"),
        ({"timeout": float("nan")}, "timeout: must be more than 0"),
        ({"memory_limit": 0}, "memory_limit: must be more than 0"),
        ({"idle_time": 0}, "idle_time: must be more than 0, up to 86,400 seconds"),
        ({"idle_time": 86_401}, "idle_time: must be more than 0, up to 86,400 seconds"),
        ({"idle_time": float("inf")}, "idle_time: must be more than 0, up to 86,400 seconds"),
        ({"idle_time": float("nan")}, "idle_time: must be more than 0, up to 86,400 seconds"),
        ({"grace": -0.1}, "grace: must not be negative"),
        ({"grace": float("nan")}, "grace: must not be negative"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(given: dict[str, Any], error: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{error}$"):
        WorkerSettings(**given)
