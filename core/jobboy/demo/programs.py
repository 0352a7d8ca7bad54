"""The worker programs of the demo: started with a log file, and ended for certain."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APP = "jobboy.demo.app:jobs"
LOG_FILE = "workers.log"
PATIENCE = 5.0  # seconds between asking a worker to end and ending it: iterations take less


@contextmanager
def worker_program(database: str, folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``jobboy work`` on the app of the demo; the program has ended when the context is left.

    Args:
        database: absolute URL.
        folder: where it writes its log.
        options: of ``jobboy work``.
    """
    command = [sys.executable, "-P", "-m", "jobboy", "--database", database, "--app", APP, "work", "--attended"]
    with (folder / LOG_FILE).open("ab") as log:
        program = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.PIPE,  # closed by the system when this program dies, and the worker ends then
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # ctrl+c is for the program that opened the demo, which then ends this one
        )
    try:
        yield program
    finally:
        _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    program.terminate()
    try:
        program.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
    if program.stdin is not None:
        program.stdin.close()
