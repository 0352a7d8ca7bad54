"""Samples and their percentiles."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

SHORTEST_GAP, LONGEST_GAP = 0.1, 0.4  # seconds


def gaps(count: int) -> Iterator[float]:
    """Yield irregular pauses, so that nobody's polling can keep step with them; the same in every round."""
    source = random.Random(7)
    for _ in range(count):
        yield source.uniform(SHORTEST_GAP, LONGEST_GAP)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least so many percent of the values do not exceed."""
    ranked = sorted(values)
    place = -(-len(ranked) * percent // 100)
    return ranked[max(int(place) - 1, 0)]


def in_milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50 and p99 of waits."""
    return {f"p{percent}": percentile(seconds, percent) * 1000 for percent in (50, 99)}
