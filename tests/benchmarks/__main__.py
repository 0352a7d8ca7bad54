"""Measures jobboy and its comparators side by side; run ``python -m tests.benchmarks`` in the repository's top."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import harness, machine, report
from tests.benchmarks.line import Line
from tests.benchmarks.programs import MeasuringFailed

QUICK_ROUNDS = 2
RESULTS = "benchmarks.json"


def main() -> int:
    """Measure the lines that were asked for; returns the exit code."""
    arguments = _parser().parse_args()
    lines = all_lines()
    if arguments.list:
        for line in lines:
            _say(f"{line.key:4} {line.title}")
        return 0
    unknown = set(arguments.lines) - {line.key for line in lines}
    if unknown:
        _say(f"there is no line {', '.join(sorted(unknown))}: --list shows what there is")
        return 2
    chosen = [line for line in lines if not arguments.lines or line.key in arguments.lines]
    folder = Path(arguments.folder or Path(tempfile.gettempdir()) / "jobboy-benchmarks")
    folder.mkdir(parents=True, exist_ok=True)
    document = Path(arguments.write) if arguments.write else None
    results = report.Results(document.with_suffix(".json") if document else folder / RESULTS)
    rounds = arguments.rounds or (QUICK_ROUNDS if arguments.quick else harness.FEWEST_ROUNDS)
    failed = _measure(chosen, results, rounds=rounds, quick=arguments.quick, folder=folder)
    _say("\n" + report.document(chosen, results))
    if document:
        report.write_tables(document, lines, results)
    return 1 if failed else 0


def all_lines() -> list[Line]:
    """Return the lines in the order of their numbers."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("b[0-9][0-9]_*.py"))
    return [importlib.import_module(f"{__package__}.{name}").LINE for name in names]


def _measure(lines: Sequence[Line], results: report.Results, *, rounds: int, quick: bool, folder: Path) -> list[str]:
    """Measure lines, keeping each as it is done; returns the keys of those that failed."""
    failed = []
    about = machine.describe(folder)
    for line in lines:
        try:
            result = harness.measure(line, rounds=rounds, quick=quick, folder=folder, tell=_say)
        except MeasuringFailed as error:
            failed.append(line.key)
            _say(f"{line.key} FAILED: {error}")
        else:
            results.add(line, result, about)
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("lines", nargs="*", metavar="LINE", type=str.upper, help="B1 to B11; all when none is given")
    parser.add_argument("--list", action="store_true", help="show the lines and end")
    parser.add_argument(
        "--rounds", type=_positive, help=f"default {harness.FEWEST_ROUNDS}, or {QUICK_ROUNDS} with --quick"
    )
    parser.add_argument(
        "--quick", action="store_true", help="small counts: shows that everything works, not how fast"
    )
    parser.add_argument("--folder", help="on the disk to be measured; keeps the large file between runs")
    parser.add_argument("--write", metavar="FILE", help="put the tables into this document and the results beside it")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
