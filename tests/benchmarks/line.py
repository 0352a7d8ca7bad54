"""What a line of the benchmarks is: who is measured, in which figures, and what is to be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Bound = Literal["at least", "at most"]
HOLDS_FULL = "every commit waits for the disk (WAL, synchronous=FULL), for all of them"


@dataclass(frozen=True)
class Figure:
    """One quantity that contenders are measured in."""

    name: str
    unit: str
    digits: int = 0


@dataclass(frozen=True)
class Contender:
    """One program that is measured.

    Args:
        name: as shown.
        program: ``module:function`` inside this package; called with a fresh folder, a count and the options in a
            program of its own, and returns its figures by name.
        count: operations, or seconds, in one round.
        quick: the same in a quick round.
        options: further arguments of the function.
        needs: name of the Python module it cannot run without.
        tool: name of the program it cannot run without.
    """

    name: str
    program: str
    count: int
    quick: int
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: str | None = None
    tool: str | None = None


@dataclass(frozen=True)
class Goal:
    """A bound on a ratio ours / theirs, or on our own figure where there are no theirs."""

    figure: str
    ours: str
    bound: Bound
    value: float
    theirs: str | None = None

    def is_met_by(self, measured: float) -> bool:
        """Say whether a measured ratio or figure is on the right side."""
        return measured >= self.value if self.bound == "at least" else measured <= self.value


@dataclass(frozen=True)
class Line:
    """Contenders that are measured alternately, round by round, on one disk."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...] = ()
    durability: str = HOLDS_FULL
    note: str = ""
    """What a reader must know to judge the figures."""

    def figure(self, name: str) -> Figure:
        """Return a figure by name."""
        return next(figure for figure in self.figures if figure.name == name)
