"""Proof that nothing a step forks or starts keeps hold of what its worker holds, or answers in its place.

F16: steps fork, start programs and threads, and leave them behind, come back from both sides of a fork, or die with
a fork left behind; isolated, and in a thread of the worker. Looked at are the files that those programs have open,
whether they are gone when their step is recorded (isolated steps; a program that moved itself to another session is
left alone, and is then all that holds its process), whether the next step gets its own answer, and, in a thread,
whether what a killed worker had in hand is seen stuck while the program it left behind lives on.
"""

from __future__ import annotations

import random
import sys

from tests.chaos import forks_alone, forks_in_threads, proof

FORKS = 50


def main() -> int:
    """Run both parts and return the exit code."""
    chosen = proof.options(__doc__).parse_args()
    run = proof.begin("forks", chosen)
    source = random.Random(run.seed)
    kinds = [("isolated", how) for how in forks_alone.KINDS] + [("thread", how) for how in forks_in_threads.KINDS]
    # At least one of each kind: fewer would prove less than the name says.
    made = [kinds[number % len(kinds)] for number in range(max(len(kinds), run.scaled(FORKS)))]
    source.shuffle(made)
    with proof.ground(run, "tests.chaos.steps") as site:
        forks_alone.prove(run, site, [how for where, how in made if where == "isolated"])
        forks_in_threads.prove(run, site, [how for where, how in made if where == "thread"])
        doctor = [what for what, is_well, _ in site.operations.doctor() if not is_well]
        run.expect(not doctor, f"the doctor finds {doctor}")
    run.told("forks", len(made))
    return run.finish()


if __name__ == "__main__":
    sys.exit(main())
