"""Measures the console through a real terminal on 1,000,000 processes; run ``python -m tests.gates`` in the top."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import machine
from tests.gates import report
from tests.gates.gates import GATES, PARTS, Ground
from tests.gates.measuring import measure

MANY = 1_000_000


def main() -> int:
    """Measure, print, and return 1 when a gate was missed."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.only and arguments.write:
        parser.error("--only measures a part, which is no table: leave out --write")
    folder = Path(arguments.folder or Path(tempfile.gettempdir()) / "jobboy-gates")
    folder.mkdir(parents=True, exist_ok=True)
    ground = Ground(folder, arguments.count, arguments.quick, _say, arguments.only)
    values = measure(ground)
    about = machine.describe(folder) | {"processes in the file": f"{arguments.count:,}"}
    meant = [gate for gate in GATES if gate.name in values or not arguments.only]
    _say("\n" + report.document(meant, values, about))
    if arguments.write:
        report.write(Path(arguments.write), GATES, values, about)
    return 0 if all(gate.is_met_by(values.get(gate.name)) for gate in meant) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.gates", description=__doc__)
    parser.add_argument("--count", type=int, default=MANY, metavar="N", help="processes in the file")
    parser.add_argument("--quick", action="store_true", help="few samples: shows that everything works, not how fast")
    parser.add_argument(
        "--only", choices=PARTS, help="measure this part: starts; keys and rest; keys beside a worker"
    )
    parser.add_argument("--folder", help="keeps the file between runs; on the disk to be measured")
    parser.add_argument(
        "--write", metavar="FILE", help="put the table into this document, and the values as JSON beside it"
    )
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
