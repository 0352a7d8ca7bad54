"""How the long forms tell what they found: a table for people, and one line of JSON for programs."""

from __future__ import annotations

import json
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from jobboy.storage.driver import driver
from tests.chaos.checker import Verdict


def tell(line: str = "") -> None:
    """Write one line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table, numbers to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    tell("  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True)))
    for row, line in zip(rows, cells, strict=True):
        parts = zip(row, line, widths, strict=True)
        tell(
            "  ".join(
                text.ljust(width) if isinstance(cell, str) else text.rjust(width) for cell, text, width in parts
            )
        )


def tell_complaints(verdict: Verdict) -> None:
    """Write what went wrong, a few lines of each kind."""
    for what, lines in verdict.complaints.items():
        tell(f"{what}: {len(lines)}")
        for line in lines[:5]:
            tell(f"    {line}")


def tell_figures(fault: str, seed: int, figures: Mapping[str, Any], *, passed: bool) -> None:
    """Write the line for programs: what was done, by which command, on what, and what came of it."""
    about = {
        "fault": fault,
        "command": shlex.join(["python", "-m", _module(), *sys.argv[1:]]),
        "seed": seed,
        "python": platform.python_version(),
        "sqlite": driver().sqlite_version,
        "passed": passed,
    }
    tell(json.dumps({**about, **figures}))


def _module() -> str:
    specification = sys.modules["__main__"].__spec__
    return specification.name if specification is not None else "pytest"
