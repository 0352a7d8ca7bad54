"""Proof that every death of a step is told with its cause, and that no step outlives the hold on its process.

F3: isolated steps die in each way there is, three times each (a crash is recovered until the third, an error is
retried twice), beside two innocent neighbours in the same worker. Measured is the time from the step's last words to
the moment at which another program reads the cause.

F4: workers are killed with kill -9 while a step sleeps, spins or holds the interpreter lock, in a thread of the
worker or in a program of its own (jobboy's one way to start such programs; there is no other start method to try);
and once more with the guardian killed before, so that the step really outlives its worker. As long as a program of
the step runs its process must be held, and an attempt must never begin beside one that runs.

Real limits of control groups are tried where a folder to make one in is named; under a user that is root the limit
RLIMIT_NPROC is tried as another user, for it does not bind root.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from pathlib import Path

from tests.chaos import proof, step_deaths, worker_deaths
from tests.chaos.control_groups import control_groups

APP = "tests.chaos.steps"


def main() -> int:
    """Run both parts and return the exit code."""
    asked = proof.options(__doc__)
    asked.add_argument(
        "--control-group",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="control group to make limited ones in, for memory or programs; may be given several times",
    )
    chosen = asked.parse_args()
    run = proof.begin("deaths", chosen)
    _note_limits(run, chosen)
    with control_groups(chosen.control_group) as groups, proof.ground(run, APP) as site:
        step_deaths.prove(run, site, groups, random.Random(run.seed))
    with proof.ground(run, APP) as site:
        worker_deaths.prove(run, site, random.Random(run.seed))
    return run.finish()


def _note_limits(run: proof.Proof, chosen: argparse.Namespace) -> None:
    who = "a user that is not root, to which a step of root turned" if os.geteuid() == 0 else "the user of the worker"
    run.notes.append(f"fork bomb: stopped by RLIMIT_NPROC as {who}")
    if not chosen.control_group:
        run.notes.append("control groups: none was named with --control-group, so none was tried")


if __name__ == "__main__":
    sys.exit(main())
