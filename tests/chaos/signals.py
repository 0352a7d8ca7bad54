"""Proof that whatever signal ends a worker, and whenever, nothing stays in hands that are gone.

F17: workers at terminals of their own get SIGTERM, SIGINT, two SIGINT, control+c, SIGHUP by the closing of the
terminal, SIGQUIT, and SIGKILL within the grace after SIGTERM: while they start, are idle, have their hands full of
quick steps, and have a step in hand that ends within the grace or does not, in a thread or isolated. Each must be
gone within its grace and two seconds, and what it held be released or seen stuck; in the end other workers must bring
every process to its end. The grace is 1 s instead of the command line's 30 s: only the wait depends on it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.chaos import proof
from tests.chaos.proof import Proof, percentiles, seconds_words
from tests.chaos.signalled_lives import PHASES, Life, live
from tests.chaos.steps import LANES
from tests.chaos.terminal_programs import GRACE, SIGNALS
from tests.integration.worker_programs import Site

OF_EACH_SIGNAL_AND_PHASE = 20
LOOK_EVERY = 0.01
PROMISED_SECONDS = GRACE + 2.0


def main() -> int:
    """Run all lives and return the exit code."""
    chosen = proof.options(__doc__).parse_args()
    run = proof.begin("signals", chosen)
    with proof.ground(run, "tests.chaos.steps") as site:
        lives = _lives(run, random.Random(run.seed))
        _live_all(run, site, lives)
    _tell(run, lives)
    return run.finish()


def _lives(run: Proof, source: random.Random) -> list[Life]:
    each = run.scaled(OF_EACH_SIGNAL_AND_PHASE)
    lives = [
        Life(number, sign, phase, source.random())
        for number, (sign, phase) in enumerate([(sign, phase) for sign in SIGNALS for phase in PHASES] * each)
    ]
    source.shuffle(lives)
    return lives


def _live_all(run: Proof, site: Site, lives: list[Life]) -> None:
    """Let every lane live one life after the other, all lanes at the same time."""
    waiting = iter(lives)
    lanes = {lane: _next(run, site, lane, waiting) for lane in LANES}
    while any(lanes.values()):
        for lane, current in lanes.items():
            if current is not None and next(current, "over") == "over":
                lanes[lane] = _next(run, site, lane, waiting)
        time.sleep(LOOK_EVERY)


def _next(run: Proof, site: Site, lane: str, waiting: Iterator[Life]) -> Iterator[None] | None:
    life = next(waiting, None)
    return None if life is None else live(run, site, lane, life)


def _tell(run: Proof, lives: list[Life]) -> None:
    run.table(("signal", *_HEAD), _rows((life.sign, life) for life in lives))
    run.table(("phase", *_HEAD), _rows((life.phase, life) for life in lives))
    exits = [life.exit_seconds for life in lives]
    run.told("workers signalled", len(lives))
    run.told("gone p50 s", percentiles(exits)[0])
    run.at_most("gone p99 s", percentiles(exits)[1], PROMISED_SECONDS)
    run.at_most("gone max s", max(exits), PROMISED_SECONDS)
    run.exactly("processes in hands that are gone", sum(life.held for life in lives), 0)


_HEAD = ("workers", "gone p50 s", "p99 s", "max s", "released", "stuck", "held")


def _rows(named: Iterable[tuple[str, Life]]) -> list[list[object]]:
    groups: dict[str, list[Life]] = defaultdict(list)
    for name, life in named:
        groups[name].append(life)
    rows: list[list[object]] = []
    for name, lives in groups.items():
        exits = [life.exit_seconds for life in lives]
        times = [seconds_words(value) for value in (*percentiles(exits), max(exits))]
        ends = [sum(getattr(life, end) for life in lives) for end in ("released", "stuck", "held")]
        rows.append([name, len(lives), *times, *ends])
    return rows


if __name__ == "__main__":
    sys.exit(main())
