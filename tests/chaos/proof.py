"""What every crash proof shares: its options, its ground, and how it tells what it measured against the promise."""

from __future__ import annotations

import argparse
import json
import math
import platform
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.benchmarks.sampling import percentile
from tests.integration.worker_programs import Site

MOST_TOLD = 20
"""Misses that are told one by one; all of them are counted."""
LONGEST_MISS = 400


@dataclass(frozen=True)
class Figure:
    """One measured number beside what was promised of it."""

    name: str
    value: float | None
    promised: str
    kept: bool

    @property
    def words(self) -> str:
        """The number for people."""
        if self.value is None:
            return "-"
        return f"{self.value:g}" if isinstance(self.value, int) else f"{self.value:.3f}"


@dataclass
class Proof:
    """Collects what one proof sees, and tells it at its end.

    Args:
        name: of the proof.
        scale: 1 for as many of everything as the promise names.
        seed: of all that is random in it.
    """

    name: str
    scale: float
    seed: int
    notes: list[str] = field(default_factory=list)
    """What a reader must know, such as what could not be tried here."""
    misses: list[str] = field(default_factory=list)
    """What should not have happened, each with enough words to find it."""
    _figures: list[Figure] = field(default_factory=list)
    _tables: list[tuple[Sequence[str], Sequence[Sequence[object]]]] = field(default_factory=list)

    def scaled(self, count: int) -> int:
        """Return how many of `count` are made at this scale, at least one."""
        return max(1, math.ceil(count * self.scale))

    def expect(self, holds: bool, miss: str) -> bool:
        """Write a miss down unless something holds; returns whether it does."""
        if not holds:
            self.misses.append(miss)
            if len(self.misses) <= MOST_TOLD:
                _progress(f"miss: {miss[:LONGEST_MISS]}")
        return holds

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show rows under a head."""
        self._tables.append((head, rows))

    def told(self, name: str, value: float | None) -> None:
        """Show a number of which nothing is promised."""
        self._figures.append(Figure(name, value, "", kept=True))

    def exactly(self, name: str, value: float, promised: float) -> None:
        """Show a number that must be this one."""
        self._figures.append(Figure(name, value, f"{promised:g}", kept=value == promised))

    def at_most(self, name: str, value: float | None, promised: float) -> None:
        """Show a number that may not be more; one that could not be measured is a miss."""
        kept = value is not None and value <= promised
        self._figures.append(Figure(name, value, f"<= {promised:g}", kept=kept))

    def finish(self) -> int:
        """Print tables, figures, misses and the line for machines; returns the exit code, 1 when a promise broke."""
        good = not self.misses and all(figure.kept for figure in self._figures)
        for head, rows in self._tables:
            _tell(aligned([head, *rows]))
        verdicts = [
            (one.name, one.words, one.promised, "" if not one.promised else "kept" if one.kept else "MISSED")
            for one in self._figures
        ]
        _tell(aligned([("figure", "measured", "promised", ""), *verdicts]))
        for line in [*self.notes, *(f"miss: {miss[:LONGEST_MISS]}" for miss in self.misses[:MOST_TOLD])]:
            _tell(line)
        _tell(json.dumps(self._document(good)))
        return 0 if good else 1

    def _document(self, good: bool) -> dict[str, object]:
        return {
            "proof": self.name,
            "scale": self.scale,
            "seed": self.seed,
            "kept": good,
            "figures": {figure.name: _finite(figure.value) for figure in self._figures},
            "misses": len(self.misses),
            "notes": self.notes,
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
            "processors": psutil.cpu_count(),
        }


def _finite(value: float | None) -> float | None:
    """Return a number that JSON has; what never came about has none."""
    return value if value is not None and math.isfinite(value) else None


def options(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows ``--scale`` and ``--seed``."""
    asked = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scale", type=float, default=1.0, help="1 makes as many of everything as is promised")
    asked.add_argument("--seed", type=int, default=1, help="of all that is random")
    return asked


def begin(name: str, chosen: argparse.Namespace) -> Proof:
    """Return the proof with the options that were chosen, and say that it begins."""
    _tell(f"{name}: scale {chosen.scale:g}, seed {chosen.seed}")
    return Proof(name, chosen.scale, chosen.seed)


@contextmanager
def ground(proof: Proof, app: str) -> Iterator[Site]:
    """Give a site for one app on a new database, which is kept for looking at when the proof has missed.

    Whatever it started is ended with it.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"jobboy-{proof.name}-"))
    site, missed = Site(folder, app), len(proof.misses)
    try:
        yield site
    except AssertionError as error:  # a wait that was given up: told with all else that was seen
        proof.expect(False, f"given up at {_place(error)}: {error}")
    finally:
        site.close(tells=False)
        if len(proof.misses) == missed and sys.exc_info()[0] is None:
            shutil.rmtree(folder)
        else:
            _progress(f"kept for looking at: {folder}")


def _place(error: BaseException) -> str:
    """Return the lines of the proof an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame for frame in frames if Path(frame.filename).parent == Path(__file__).parent and frame.name != "ground"
    ]
    return " > ".join(f"{Path(frame.filename).stem}:{frame.lineno}" for frame in own)


def spread(total: int, kinds: Sequence[str]) -> Iterator[str]:
    """Yield kinds in turn, so many in total that each comes equally often, give or take one."""
    for number in range(total):
        yield kinds[number % len(kinds)]


def percentiles(seconds: Sequence[float]) -> tuple[float | None, float | None]:
    """Return p50 and p99, None and None of nothing."""
    return (percentile(seconds, 50), percentile(seconds, 99)) if seconds else (None, None)


def seconds_words(value: float | None) -> str:
    """Write seconds for a table."""
    return "-" if value is None else f"{value:.3f}"


def aligned(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as columns of text: the first to the left, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = []
    for first, *others in texts:
        cells = [first.ljust(widths[0]), *(text.rjust(width) for text, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, ""])


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
