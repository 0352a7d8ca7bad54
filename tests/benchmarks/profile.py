"""Where the processor time of turns goes: adds up what py-spy has sampled, in percent of each part of the engine.

``python -m tests.benchmarks.profile SAMPLES``, where SAMPLES is what ``py-spy record --format raw`` has written of a
program of `tests.benchmarks.program`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

WHOLE = "work_through (jobboy/engine/"
"""Only what is inside of this is counted: a slot that iterates."""
PARTS: Sequence[tuple[str, Sequence[str]]] = (
    ("locks and notes outside the database", ("(jobboy/locks/",)),
    ("row to process", ("process (jobboy/storage/rows.py",)),
    ("result to columns", ("PreparedChange.__init__ (", "PreparedChange.update")),
    ("columns to parameters of statements", ("(jobboy/storage/texts.py",)),
    ("the turn: step, its output checked, records", ("PipelinePerformer.perform (", "PlainPerformer.perform (")),
    ("the turn: what it changed, released", ("ProcessIterator._iteration (",)),
    ("the turn: handler found, fences", ("ProcessIterator.iterate (",)),
    ("claiming, beginning", ("WorkerClaimant.begin (", "claim_hand (")),
)
"""The first part one of whose frames is in a stack gets its samples."""
DATABASE = ("Session.", "_Channel.commit (", "SqliteDatabase.begin")
"""Frames from which the driver is called: what is sampled in them themselves is SQLite and the driver."""


def part_of(stack: Sequence[str]) -> str:
    """Return the part of the engine that was at work, from the outermost frame to the innermost."""
    if stack[-1].startswith(DATABASE):
        return "statements, begin and commit"
    found = (name for name, frames in PARTS if any(part in frame for part in frames for frame in stack))
    return next(found, "the rest: hands, transactions, loops")


def parts(samples: Iterable[str]) -> Counter[str]:
    """Count the samples of each part, from lines of frames between semicolons with their number at the end."""
    counted: Counter[str] = Counter()
    for line in samples:
        frames, _, number = line.rpartition(" ")
        if WHOLE in frames:
            counted[part_of(frames.split(";"))] += int(number)
    return counted


def main() -> None:
    """Print the parts, the largest first."""
    counted = parts(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    for name, number in counted.most_common():
        sys.stdout.write(f"{number / counted.total():6.1%}  {name}\n")


if __name__ == "__main__":
    main()
