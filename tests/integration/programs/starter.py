"""Starts processes until it is killed, and writes each id to standard output as soon as it has it.

Usage: ``python -m tests.integration.programs.starter FOLDER``; the database is ``$JOBBOY_DATABASE_URL``.
"""

from __future__ import annotations

import os
import sys

from tests.integration.apps.trails import jobs


def main(folder: str) -> None:
    while True:
        process_id = jobs.start("trail", {"folder": folder})
        os.write(sys.stdout.fileno(), f"{process_id}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1])
