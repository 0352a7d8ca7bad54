"""Failpoints: set off by the environment alone, at the arrival that was asked for, and each one somewhere reached."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import jobboy
from jobboy.errors import InvalidValue
from jobboy.failpoints import CRASH_VARIABLE, POINTS, _read

FIVE_ARRIVALS = """
import os
from jobboy.failpoints import reach
os.environ["JOBBOY_CRASH_AT"] = "lock-taken"
for arrival in range(1, 6):
    reach("lock-taken")
    reach("claim-written")
    os.write(1, b"%d" % arrival)
"""


def program(crash_at: str | None) -> subprocess.CompletedProcess[bytes]:
    """Run a program that reaches two points five times and writes down how often it passed them."""
    environment = {name: value for name, value in os.environ.items() if name != CRASH_VARIABLE}
    if crash_at is not None:
        environment[CRASH_VARIABLE] = crash_at
    return subprocess.run([sys.executable, "-c", FIVE_ARRIVALS], env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(("crash_at", "passed"), [("claim-written", b""), ("claim-written:4", b"123")])
def test_a_program_dies_at_the_arrival_its_environment_names(crash_at: str, passed: bytes) -> None:
    ended = program(crash_at)

    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, passed)


def test_a_program_that_has_begun_cannot_be_told_to_die() -> None:
    ended = program(None)

    assert (ended.returncode, ended.stdout) == (0, b"12345")


@pytest.mark.parametrize("order", ["nowhere", "claim-written:0", "claim-written:x", "claim-written:-1", ":2"])
def test_a_place_that_does_not_exist_is_refused_by_name(order: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{CRASH_VARIABLE}: must be POINT or POINT:N, POINT one of tables-made"):
        _read(order)


def test_the_engine_reaches_every_point_and_no_other() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in Path(jobboy.__file__).parent.rglob("*.py"))

    assert set(re.findall(r"^ +reach\((.*)\)$", sources, re.MULTILINE)) == {f'"{point}"' for point in POINTS}
