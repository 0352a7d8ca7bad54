"""F9, power loss: ``python -m tests.chaos.power --seed 1 --cuts 300``."""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.measured import Measured, say, table
from tests.chaos.power_checks import judge
from tests.chaos.power_disk import Call, Disk, read_log
from tests.chaos.power_run import DATABASE, SHIM, WORKLOADS, Run
from tests.chaos.shims import NoCompiler, build

LONGEST = 3.0
"""Seconds that programs work at most before the power is cut."""
WORKS_ON_EVERY = 5
"""Images until one is also given to a worker."""
MODES = ("synced", "torn")


@dataclass
class Tally:
    """What became of the cuts of one durability on one kind of disk."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    cuts_with_loss: int = 0
    damaged: list[str] = field(default_factory=list)


def main() -> int:
    """Cut the power, judge what is left, and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--cuts", type=int, default=300, help="with durability full; a third as many with normal")
    asked.add_argument("--cuts-of-run", type=int, default=10, help="moments at which one run of programs is cut")
    options = asked.parse_args()
    try:
        measured = measure(options.seed, options.cuts, options.cuts_of_run)
    except NoCompiler as error:
        say(f"power loss was not simulated: {error}")
        return 0
    return measured.finish()


def measure(seed: int, cuts: int, cuts_of_run: int) -> Measured:
    """Simulate losses of power.

    Raises:
        NoCompiler: nothing can be simulated here.
    """
    begun, measured = time.monotonic(), Measured("power", seed)
    _judge_full(measured, cut_often("full", seed, cuts, cuts_of_run), cuts)
    _judge_normal(measured, cut_often("normal", seed, max(cuts // 3, 2), cuts_of_run))
    measured.add("seconds", round(time.monotonic() - begun, 1))
    return measured


def cut_often(durability: str, seed: int, cuts: int, cuts_of_run: int, longest: float = LONGEST) -> dict[str, Tally]:
    """Run programs until there were enough cuts; returns what became of them, by what the disk kept.

    Raises:
        NoCompiler: nothing can be simulated here.
    """
    tallies = {mode: Tally() for mode in MODES}
    with tempfile.TemporaryDirectory(prefix="power-") as folder:
        shim = build(SHIM, Path(folder))
        for number in itertools.count():
            left = cuts - _cuts(tallies)
            if not left:
                break
            chance = random.Random(f"{seed} {durability} {number}")
            run = Run(Path(folder, str(number)), shim, durability)
            run.let_work(WORKLOADS[number % len(WORKLOADS)], chance.uniform(0.2, longest))
            _judge_run(run, _moments(run.log, chance, min(cuts_of_run, left)), tallies, chance)
            say(f"{durability}: run {number}\n{_table(tallies)}")
    return tallies


def _cuts(tallies: dict[str, Tally]) -> int:
    return sum(one.cuts for one in tallies.values())


def _judge_full(measured: Measured, tallies: dict[str, Tally], cuts: int) -> None:
    measured.add("full: cuts", _cuts(tallies), at_least=cuts)
    measured.add("full: facts acknowledged before the cuts", sum(one.acknowledged for one in tallies.values()))
    for mode, one in tallies.items():
        measured.add(f"full, {mode}: acknowledged and lost", one.lost, exactly=0)
        measured.add(f"full, {mode}: damaged", len(one.damaged), exactly=0)


def _judge_normal(measured: Measured, tallies: dict[str, Tally]) -> None:
    """That it loses something is what shows that the model would see it with full, too."""
    measured.add("normal: cuts", _cuts(tallies))
    measured.add("normal: cuts with loss", sum(one.cuts_with_loss for one in tallies.values()), at_least=1)
    measured.add("normal: acknowledged and lost", sum(one.lost for one in tallies.values()))
    measured.add("normal: damaged", sum(len(one.damaged) for one in tallies.values()), exactly=0)


def _moments(log: Path, chance: random.Random, wanted: int) -> Sequence[int]:
    """Choose calls before which the power is lost: the end, any, and those just after an acknowledgement."""
    calls = [record.call for record in read_log(log)]
    after_acks = [place + 1 for place, call in enumerate(calls) if call is Call.ACKNOWLEDGE]
    moments = {len(calls)}
    while len(moments) < wanted:
        moments.add(chance.choice([chance.randint(0, len(calls)), chance.choice(after_acks)]))
    return sorted(moments)


def _judge_run(run: Run, moments: Sequence[int], tallies: dict[str, Tally], chance: random.Random) -> None:
    for disk in _disks_at(run.log, moments):
        done = _cuts(tallies)
        mode = MODES[done % len(MODES)]
        image = run.folder.with_name(f"image-{done}")
        image.mkdir()
        if mode == "torn":
            disk.cut_with_leftovers(image, chance)
        else:
            disk.cut(image)
        verdict = judge(image / DATABASE, disk.acknowledged, works_on=done % WORKS_ON_EVERY == 0)
        tally = tallies[mode]
        tally.cuts += 1
        tally.acknowledged += verdict.acknowledged
        tally.lost += len(verdict.lost)
        tally.cuts_with_loss += bool(verdict.lost)
        if verdict.damage is not None:
            tally.damaged.append(verdict.damage)
            say(f"damaged, cut {done}: {verdict.damage}")


def _disks_at(log: Path, moments: Sequence[int]) -> Iterator[Disk]:
    disk, left = Disk(), list(moments)
    for place, record in enumerate(read_log(log)):
        if place == left[0]:
            yield disk
            left.pop(0)
        if not left:
            return
        disk.follow(record)
    yield disk


def _table(tallies: dict[str, Tally]) -> str:
    head = ("disk", "cuts", "acknowledged", "lost", "cuts with loss", "damaged")
    rows = [
        (mode, one.cuts, one.acknowledged, one.lost, one.cuts_with_loss, len(one.damaged))
        for mode, one in tallies.items()
    ]
    return table([head, *rows])


if __name__ == "__main__":
    sys.exit(main())
