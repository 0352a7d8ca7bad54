"""What is to be reached, and on what it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Gate:
    """One figure and the most it may be."""

    name: str
    most: float
    unit: str

    def is_met_by(self, measured: float | None) -> bool:
        """Say whether a figure is good enough; one that was not measured is not."""
        return measured is not None and measured <= self.most


@dataclass(frozen=True)
class Ground:
    """How much is measured, where, and who is told."""

    folder: Path
    count: int
    quick: bool
    tell: Callable[[str], None]
    only: str | None = None
    """The part that is measured, of `PARTS`; None for all of them."""

    def wants(self, part: str) -> bool:
        """Say whether a part is to be measured."""
        return self.only in (None, part)

    def samples(self, number: int) -> int:
        """Return how many samples are taken, few in a quick run."""
        return max(number // 10, 3) if self.quick else number


PARTS = ("beginning", "using", "working")
WHILE_WORKING = "while the worker works: "
_MOVES = (
    Gate("row move, p95", 16, "ms"),
    Gate("page, p95", 50, "ms"),
    Gate("page, p99", 100, "ms"),
    Gate("commit to screen, p95", 400, "ms"),
)
GATES = (
    Gate("first paint", 600, "ms"),
    Gate("first rows", 900, "ms"),
    *_MOVES,
    Gate("indexed filter, first result", 150, "ms"),
    Gate("idle, processor", 1, "% of a core"),
    Gate("idle, written", 1000, "bytes/s"),
    Gate("memory", 90, "MiB"),
    *(Gate(WHILE_WORKING + gate.name, gate.most, gate.unit) for gate in _MOVES),
)
