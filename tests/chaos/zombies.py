"""Proof that a holder that lost its process writes nothing, and that a living one never loses it by being slow.

F5: workers with their hands full are stopped (SIGSTOP), their processes are recovered, failed or failed at once by an
operator with force, others bring them to their end, and then the stopped ones go on (SIGCONT) and want to write.
There is no lease to outlive on one host: a stopped worker keeps its locks for as long as it is stopped, so the
operator can act at once and the length of the stop does not matter.

F6: steps hold the interpreter lock in a call into C and in a regular expression, whole groups of programs (worker,
guardian, isolated steps) are stopped, and the clock of a holder jumps by hours, while another worker with free slots
and this program sweep as fast as they can, the latter also by a clock that jumps. The stalls take 3 s instead of 10 s
and 60 s: many sweeps happen in that time, and none of them measures time.
"""

from __future__ import annotations

import random
import sys

from tests.chaos import proof, stalled_holders, zombie_writers


def main() -> int:
    """Run both parts and return the exit code."""
    chosen = proof.options(__doc__).parse_args()
    run = proof.begin("zombies", chosen)
    with proof.ground(run, "gates") as site:
        zombie_writers.prove(run, site, random.Random(run.seed))
    with proof.ground(run, "tests.chaos.steps") as site:
        stalled_holders.prove(run, site, random.Random(run.seed))
    return run.finish()


if __name__ == "__main__":
    sys.exit(main())
