"""F7, clocks that jump: ``python -m tests.chaos.clocks --seed 1 --seeds 500``."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.clocks_real import seconds_until_seen
from tests.chaos.clocks_world import JUMPS, World
from tests.chaos.measured import Measured, say
from tests.chaos.shims import NoCompiler

ACTIONS = 60
"""In one world."""
ROUNDS = 3
"""How often the clock of a real worker is set by each of the jumps."""
ZONE = "Europe/Rome"
"""Its summer time begins and ends at two of the moments that worlds pass."""


def main() -> int:
    """Let the worlds live and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="of the first world")
    asked.add_argument("--seeds", type=int, default=500, help="worlds, each with the next seed")
    options = asked.parse_args()
    begun = time.monotonic()
    measured = measure_worlds(options.seed, options.seeds)
    try:
        _add_real_worker(measured)
    except NoCompiler as error:
        say(f"no clock of a real worker was set: {error}")
    measured.add("seconds", round(time.monotonic() - begun, 1))
    return measured.finish()


def _add_real_worker(measured: Measured) -> None:
    chance = random.Random(measured.seed)
    jumps = [jump for jump in JUMPS for _ in range(ROUNDS)]
    chance.shuffle(jumps)
    seconds = seconds_until_seen(jumps)
    measured.add("real worker: its clock was set", len(seconds))
    measured.add("real worker: slowest sight of a dead holder, s", round(max(seconds), 2), at_most=2.0)


def measure_worlds(seed: int, seeds: int) -> Measured:
    """Let worlds live, and count what happened in them."""
    happened = Counter[str]()
    with _zone(ZONE):
        for number in range(seed, seed + seeds):
            World(number, happened).live(ACTIONS)
            if (number - seed + 1) % 100 == 0:
                say(f"{number - seed + 1} worlds: {dict(happened)}")
    measured = Measured("clocks", seed)
    measured.add("worlds", seeds)
    for what in ("started", "claimed", "finished", "jumps of clocks"):
        measured.add(what, happened[what], at_least=seeds)
    measured.add("holders died", happened["died"], at_least=1)
    measured.add("found dead", happened["found dead"], exactly=happened["died"])
    for what in ("false takeovers", "dead unseen", "left undone"):
        measured.add(what, happened[what], exactly=0)
    return measured


@contextmanager
def _zone(name: str) -> Iterator[None]:
    """Live in a time zone, as far as this program asks for one."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


if __name__ == "__main__":
    sys.exit(main())
