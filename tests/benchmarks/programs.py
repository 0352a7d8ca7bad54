"""Starting the programs that are measured, and ending those that serve."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 3600.0  # seconds
READY = "ready"
"""Name of the file by which a program that serves says that it has begun."""
READY_SECONDS = 60.0
LAST_LINES = 5


class MeasuringFailed(Exception):
    """A measured program ended without a result."""


def call(
    program: str, folder: Path, count: int, options: Mapping[str, Any], *, before: Sequence[str] = ()
) -> dict[str, float]:
    """Call a function of this package in a program of its own and return its figures.

    Args:
        program: ``module:function``.
        folder: where it keeps its files.
        count: operations or seconds.
        options: further arguments.
        before: a command that the program is run under.

    Raises:
        MeasuringFailed: it raised, crashed or took too long; says what it wrote last.
    """
    order = json.dumps({"folder": str(folder), "count": count, "options": dict(options)})
    try:
        done = subprocess.run(
            [*before, *_command(program)], input=order, capture_output=True, text=True, cwd=ROOT, timeout=DEADLINE
        )
    except subprocess.TimeoutExpired as error:
        raise MeasuringFailed(f"{program} took more than {DEADLINE:.0f} s") from error
    if done.returncode or not done.stdout:
        last = "\n".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise MeasuringFailed(f"{program} ended with code {done.returncode}:\n{last}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def start(program: str, folder: Path, count: int, options: Mapping[str, Any]) -> subprocess.Popen[str]:
    """Start a function of this package in a program of its own; its figures are the standard output."""
    running = subprocess.Popen(
        _command(program),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    if running.stdin is None:
        raise MeasuringFailed(f"{program} cannot be told what to do")
    running.stdin.write(json.dumps({"folder": str(folder), "count": count, "options": dict(options)}))
    running.stdin.close()
    running.stdin = None
    return running


@contextmanager
def serving(program: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a function that serves until it is ended; it says that it has begun by making the file `READY`."""
    running = start(program, folder, 0, {})
    try:
        wait_until((folder / READY).exists, READY_SECONDS)
        yield running
    finally:
        end(running)


@contextmanager
def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a Python module as a program, with variables of its own, until the block ends."""
    running = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=os.environ | dict(environment),
    )  # fmt: skip
    try:
        yield running
    finally:
        end(running)


def end(running: subprocess.Popen[str]) -> None:
    """End a program, gently at first."""
    running.terminate()
    try:
        running.communicate(timeout=10.0)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()


def wait_until(condition: Callable[[], object], seconds: float, *, pause: float = 0.01) -> None:
    """Wait until a condition holds, looking at it every `pause` seconds.

    Raises:
        MeasuringFailed: it did not in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise MeasuringFailed(f"what was waited for did not happen within {seconds:.0f} s")
        time.sleep(pause)


def _command(program: str) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.program", program]
