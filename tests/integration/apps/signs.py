"""Files by which the steps of the test apps and the tests tell each other where they are and when to go on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobboy.system import SystemClock

PATIENCE = 300.0
"""Seconds a step waits for a sign before it raises: a test that forgot to give it must not leave programs behind."""


def leave(folder: str, name: str) -> None:
    """Make a sign that `is_left` sees from any program."""
    Path(folder, f"{name}.sign").touch()


def is_left(folder: str, name: str) -> bool:
    """Say whether a sign was made."""
    return Path(folder, f"{name}.sign").exists()


def wait_for(folder: str, name: str, *, within: float = PATIENCE) -> None:
    """Wait until a sign is made.

    Raises:
        TimeoutError: nobody made it.
    """
    end = time.monotonic() + within
    while not is_left(folder, name):
        if time.monotonic() > end:
            raise TimeoutError(f"nobody left the sign {name!r}")
        time.sleep(0.005)


def note(folder: str, book: str, **facts: Any) -> None:
    """Write one line into a book, with the moment and the program; whole, however many programs write."""
    line = {"at": SystemClock().now().isoformat(), "pid": os.getpid(), **facts}
    descriptor = os.open(Path(folder, f"{book}.notes"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, json.dumps(line).encode() + b"\n")
    finally:
        os.close(descriptor)


def notes(folder: str, book: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a book in the order they were written; none when there is no such book yet."""
    path = Path(folder, f"{book}.notes")
    if path.exists():
        yield from map(json.loads, path.read_text().splitlines())
