"""Measures lines: contenders take turns, round by round, and ratios are taken inside each round."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks import programs
from tests.benchmarks.line import Contender, Goal, Line

INSTALL = "not installed: pip install -e '.[benchmarks]'"
FEWEST_ROUNDS = 5
"""Below these a result is called quick, whatever it measured."""


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of what several rounds gave."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass
class Result:
    """What was measured of one line: a value of each figure for each round that was complete."""

    key: str
    rounds: int
    quick: bool
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """By contender and figure, in the order of rounds."""
    missing: dict[str, str] = field(default_factory=dict)
    """Contenders that could not be measured, and why."""

    def spread(self, contender: str, figure: str) -> Spread | None:
        """Return median and ends, None where nothing was measured."""
        values = self.values.get(contender, {}).get(figure)
        return Spread.of(values) if values else None

    def ratio(self, figure: str, ours: str, theirs: str) -> Spread | None:
        """Return the spread of ours / theirs, each quotient taken inside one round; None where there is none."""
        above = self.values.get(ours, {}).get(figure, [])
        below = self.values.get(theirs, {}).get(figure, [])
        return Spread.of(ratios(above, below)) if above and below and all(below) else None

    def reached(self, goal: Goal) -> Spread | None:
        """Return what a goal is about, None where it was not measured."""
        if goal.theirs is None:
            return self.spread(goal.ours, goal.figure)
        return self.ratio(goal.figure, goal.ours, goal.theirs)


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return quotients round by round, so that what slows both in one round does not count."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def measure(line: Line, *, rounds: int, quick: bool, folder: Path, tell: Callable[[str], None]) -> Result:
    """Measure a line.

    Args:
        line: the contenders.
        rounds: each contender is measured once in each, with its place in the order moving on by one.
        quick: small counts, to see that everything works.
        folder: on the disk to be measured; each measurement gets a fresh folder inside it.
        tell: told each value as it comes.

    Raises:
        MeasuringFailed: a contender that is installed did not give a result.
    """
    result = Result(line.key, rounds, quick or rounds < FEWEST_ROUNDS)
    present = []
    for contender in line.contenders:
        lacking = what_is_missing(contender)
        if lacking is None:
            present.append(contender)
        else:
            result.missing[contender.name] = lacking
            tell(f"{line.key}  {contender.name}: {lacking}")
    for number in range(rounds):
        for contender in in_turn(present, number):
            figures = _once(contender, quick=quick, folder=folder)
            for name, value in figures.items():
                result.values.setdefault(contender.name, {}).setdefault(name, []).append(value)
            shown = ", ".join(f"{name} {value:,.3f}" for name, value in figures.items())
            tell(f"{line.key}  round {number + 1}  {contender.name}: {shown}")
    return result


def in_turn(contenders: Sequence[Contender], number: int) -> list[Contender]:
    """Return the contenders beginning with another one in each round: nobody is always first on a cool disk."""
    first = number % len(contenders) if contenders else 0
    return [*contenders[first:], *contenders[:first]]


def what_is_missing(contender: Contender) -> str | None:
    """Return why a contender cannot be measured here, None when it can."""
    if contender.needs is not None and importlib.util.find_spec(contender.needs) is None:
        return INSTALL
    if contender.tool is not None and shutil.which(contender.tool) is None:
        return f"not installed: the program {contender.tool}"
    return None


def _once(contender: Contender, *, quick: bool, folder: Path) -> dict[str, float]:
    count = contender.quick if quick else contender.count
    with tempfile.TemporaryDirectory(prefix="round-", dir=folder) as fresh:
        return programs.call(contender.program, Path(fresh), count, contender.options)
