"""Where the processor time of turns and of starts goes: adds up what py-spy has sampled, in percent of each part.

``python -m tests.benchmarks.profile SAMPLES [turn|start]``, where SAMPLES is what ``py-spy record --format raw`` has
written of a program of `tests.benchmarks.program`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

Parts = Sequence[tuple[str, Sequence[str]]]
"""Names of parts, each with the beginnings or pieces of the frames that tell it."""


class Whole(NamedTuple):
    """What is divided."""

    frame: str
    """Only what is inside of it is counted."""
    database: Parts
    """Frames from which the driver is called: what is sampled in them themselves is SQLite and the driver."""
    parts: Parts
    """The first one any of whose frames is in a stack gets its samples."""
    rest: str


WHOLES = {
    "turn": Whole(
        "work_through (jobboy/engine/",
        (("statements, begin and commit", ("Session.", "_Channel.commit (", "SqliteDatabase.begin")),),
        (
            ("locks and notes outside the database", ("(jobboy/locks/",)),
            ("row to process", ("process (jobboy/storage/rows.py",)),
            ("result to columns", ("PreparedChange.__init__ (", "PreparedChange.update")),
            ("columns to parameters of statements", ("(jobboy/storage/texts.py",)),
            (
                "the turn: step, its output checked, records",
                ("PipelinePerformer.perform (", "PlainPerformer.perform ("),
            ),
            ("the turn: what it changed, released", ("ProcessIterator._iteration (",)),
            ("the turn: handler found, fences", ("ProcessIterator.iterate (",)),
            ("claiming, beginning", ("WorkerClaimant.begin (", "claim_hand (")),
        ),
        "the rest: hands, transactions, loops",
    ),
    "start": Whole(
        "Operations.start",
        (
            ("SQLite: commit", ("_Channel.commit (",)),
            ("SQLite: rows and events", ("Session.",)),
            ("SQLite: begin", ("SqliteDatabase.begin",)),
        ),
        (
            ("the bell, and whether others wait to write", ("(jobboy/locks/",)),
            ("whether the file is still the same", ("SqliteDatabase.examine_identity (",)),
            ("ids", ("SystemIdentifiers.",)),
            ("parameters checked, as JSON", ("_document (", "_documents (")),
            ("definition and pattern", ("_definition (", "_pattern (")),
            ("row and event made ready", ("PreparedAlike.",)),
            ("sharing the commit with other threads", ("(jobboy/storage/writer.py", "(jobboy/sheltering.py")),
        ),
        "the rest: the door, the clock, loops",
    ),
}


def part_of(stack: Sequence[str], whole: Whole) -> str:
    """Return the part that was at work, from the outermost frame to the innermost."""
    called = (name for name, frames in whole.database if stack[-1].startswith(tuple(frames)))
    found = (name for name, frames in whole.parts if any(part in frame for part in frames for frame in stack))
    return next(called, None) or next(found, whole.rest)


def parts(samples: Iterable[str], whole: Whole = WHOLES["turn"]) -> Counter[str]:
    """Count the samples of each part, from lines of frames between semicolons with their number at the end."""
    counted: Counter[str] = Counter()
    for line in samples:
        frames, _, number = line.rpartition(" ")
        if whole.frame in frames:
            counted[part_of(frames.split(";"), whole)] += int(number)
    return counted


def main() -> None:
    """Print the parts, the largest first."""
    path, what = (*sys.argv[1:], "turn")[:2]
    counted = parts(Path(path).read_text(encoding="utf-8").splitlines(), WHOLES[what])
    for name, number in counted.most_common():
        sys.stdout.write(f"{number / counted.total():6.1%}  {name}\n")


if __name__ == "__main__":
    main()
