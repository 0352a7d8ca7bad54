"""The long form of the model test: ``python -m tests.chaos.model --steps 100000 --seed 1``."""

from __future__ import annotations

import argparse
import itertools
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.model_machine import OperationsMachine

STEPS_AT_ONCE = 100
"""In one database; the next begins with an empty one."""
EXAMPLES_AT_ONCE = 20


def main() -> None:
    """Run until enough rules have happened, and print how often each one did; raises what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--steps", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--minimise", action="store_true", help="look for the shortest way to what was found")
    options = asked.parse_args()
    _tell(f"seed {options.seed}")  # before anything can go wrong
    begun, steps = time.monotonic(), OperationsMachine.happened
    for number in itertools.count(options.seed * 1_000_000):
        _run(number, minimises=options.minimise)
        if sum(steps.values()) >= options.steps:
            break
    taken = time.monotonic() - begun
    total = sum(steps.values())
    _tell(f"{total} steps in {taken:.0f} s, {total / taken:.0f} steps/s")
    for what, times in sorted(steps.items()):
        _tell(f"{times:8} {what}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _run(number: int, *, minimises: bool) -> None:
    patient = settings(
        max_examples=EXAMPLES_AT_ONCE,
        stateful_step_count=STEPS_AT_ONCE,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if minimises else [])],
        suppress_health_check=list(HealthCheck),
    )
    seeded = seed(number)(OperationsMachine)
    run_state_machine_as_test(seeded, settings=patient)


if __name__ == "__main__":
    main()
