"""The long form of the model test: ``python -m tests.chaos.model --steps 100000 --seed 1``."""

from __future__ import annotations

import argparse
import itertools
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.measured import Measured, say
from tests.chaos.model_machine import OperationsMachine

STEPS_AT_ONCE = 100
"""In one database; the next begins with an empty one."""
EXAMPLES_AT_ONCE = 20
SELDOM = 1000
"""Steps among which each of the rare things is to happen once at least, on average."""
ENOUGH = 20_000
"""Steps; of fewer, Hypothesis leaves whole rules out often enough for one not to happen at all."""
RARE = (
    "proceeded",
    "proceeded: conflict",
    "kill during a hold",
    "settle with a kill meanwhile",
    "settle too late: fenced",
    "out of time",
    "claim of a stuck one",
    "offer: found",
    "restart from a step",
)


def main() -> int:
    """Run until enough rules have happened, and print how often each one did; raises what was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--steps", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--minimise", action="store_true", help="look for the shortest way to what was found")
    options = asked.parse_args()
    say(f"seed {options.seed}")  # before anything can go wrong
    begun, steps = time.monotonic(), OperationsMachine.happened
    measured = Measured("model", options.seed)
    for number in itertools.count(options.seed * 1_000_000):
        _run(number, minimises=options.minimise)
        if sum(steps.values()) >= options.steps:
            break
    taken, total = time.monotonic() - begun, sum(steps.values())
    measured.add("steps", total, at_least=options.steps)
    measured.add("steps a second", round(total / taken, 1))
    for what, times in sorted(steps.items()):
        measured.add(what, times)
    for what in RARE if options.steps >= ENOUGH else ():
        measured.add(f"rare, and asked for: {what}", steps[what], at_least=options.steps // SELDOM)
    return measured.finish()


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
    sys.exit(main())
