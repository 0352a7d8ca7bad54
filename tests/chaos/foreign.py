"""A program that is not of jobboy and has the database open: it writes, or reads, and takes its time to end.

Usage: ``python -m tests.chaos.foreign FILE STATEMENT...``: executes them, reads one row of the last, says ``ready``,
and stays so until its standard input ends.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobboy.storage.driver import connect

ROOT = Path(__file__).resolve().parents[2]
WRITE = ("BEGIN IMMEDIATE", "UPDATE meta SET value = value")
IDLE_TRANSACTION = ("BEGIN", "SELECT count(*) FROM process")
OPEN_CURSOR = ("SELECT number FROM process",)


def main(path: str, *statements: str) -> None:
    """Do as the usage says."""
    connection = connect(Path(path))
    *before, last = statements
    for statement in before:
        connection.execute(statement)
    cursor = connection.execute(last)
    cursor.fetchone()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


@contextmanager
def foreign(path: Path, statements: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program until the block ends."""
    command = [sys.executable, "-m", "tests.chaos.foreign", str(path), *statements]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        try:
            if program.stdout is None or program.stdout.readline() != b"ready\n":
                raise RuntimeError(f"the foreign program did not come to {statements}")
            yield program
        finally:
            program.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
