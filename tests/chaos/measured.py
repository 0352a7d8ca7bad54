"""What a chaos programme says at its end: a table for people, a line of JSON for programs, and an exit code."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jobboy.storage.driver import driver
from tests.chaos.checker import Verdict

MOST_TOLD = 5
"""Complaints of one kind that are printed."""


@dataclass
class Measured:
    """The figures of one programme, each with the threshold it must keep.

    Args:
        name: of the programme.
        seed: it can be repeated with, as far as the scheduling of programs can.
    """

    name: str
    seed: int
    figures: dict[str, Any] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    _rows: list[tuple[str, Any, str]] = field(default_factory=list)

    def add(self, what: str, value: Any, *, exactly: Any = None, at_most: Any = None, at_least: Any = None) -> None:
        """Add a figure; one that breaks its threshold makes the programme fail."""
        wanted, is_kept = "", True
        for words, bound, holds in (
            ("exactly", exactly, value == exactly),
            ("at most", at_most, at_most is None or value <= at_most),
            ("at least", at_least, at_least is None or value >= at_least),
        ):
            if bound is not None:
                wanted = f"{words} {_shown(bound)}"
                is_kept = is_kept and holds
        self.figures[what] = value
        self._rows.append((what, value, wanted + ("" if is_kept else "   MISSED")))
        if not is_kept:
            self.missed.append(what)

    def finish(self) -> int:
        """Print the table and the line of JSON, and return the exit code."""
        say(table([("", "measured", "wanted"), *self._rows]))
        document = {
            "programme": self.name,
            "command": _command(),
            "seed": self.seed,
            "kept": not self.missed,
            "missed": self.missed,
            "figures": self.figures,
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
            "sqlite": driver().sqlite_version,
        }
        say(json.dumps(document))
        return 1 if self.missed else 0


def table(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as text in columns, numbers to the right."""
    lines = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(_placed(cell, text, width) for cell, text, width in zip(row, line, widths, strict=True))
        for row, line in zip(rows, lines, strict=True)
    )


def say_complaints(verdict: Verdict) -> None:
    """Print what the checker has found wrong, a few lines of each kind."""
    for what, lines in verdict.complaints.items():
        say("\n".join([f"{what}: {len(lines)}", *(f"    {line}" for line in lines[:MOST_TOLD])]))


def say(text: str) -> None:
    """Print at once, so that a long programme can be watched."""
    sys.stdout.write(f"{text.rstrip()}\n")
    sys.stdout.flush()


def _placed(cell: object, text: str, width: int) -> str:
    return text.ljust(width) if isinstance(cell, str) else text.rjust(width)


def _command() -> str:
    specification = sys.modules["__main__"].__spec__
    return shlex.join(["python", "-m", "pytest" if specification is None else specification.name, *sys.argv[1:]])


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
