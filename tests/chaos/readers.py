"""F11, readers that stay: ``python -m tests.chaos.readers --seed 1 --megabytes 500``."""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from jobboy import bootstrap
from jobboy.model.selection import Selection
from jobboy.storage.write_ahead import WAL_LIMIT
from tests.chaos.foreign import IDLE_TRANSACTION, OPEN_CURSOR, foreign
from tests.chaos.measured import Measured, say
from tests.console.terminal import Terminal
from tests.integration.worker_programs import PATIENCE, Site, eventually

MEGABYTE = 1_000_000
CODE = "kept-for-a-day"
BATCH, SIZE = 10, 200_000
"""Processes started in one transaction, and the characters of the parameters of each."""
FOREIGN = {"idle transaction": IDLE_TRANSACTION, "open cursor": OPEN_CURSOR}
BEYOND = 16 * MEGABYTE
"""How far beyond its limit a foreign reader lets the log grow here."""


def main() -> int:
    """Read and write at the same time and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="of the contents that are written")
    asked.add_argument("--megabytes", type=int, default=500, help="written while our own readers stay")
    options = asked.parse_args()
    return measure(options.seed, options.megabytes).finish()


def measure(seed: int, megabytes: int, *, with_foreign: bool = True) -> Measured:
    """Let our own readers stay, then foreign ones, while much is written."""
    begun, measured = time.monotonic(), Measured("readers", seed)
    with tempfile.TemporaryDirectory(prefix="readers-") as folder, closing(Site(Path(folder), "trails")) as site:
        site.ready_worker()
        _add_ours(measured, site, megabytes * MEGABYTE)
        for name, statements in FOREIGN.items() if with_foreign else ():
            _add_foreign(measured, site, name, statements)
    measured.add("seconds", round(time.monotonic() - begun, 1))
    return measured


def _add_ours(measured: Measured, site: Site, size: int) -> None:
    """A console, a tail of the command line, and in this program a list and a tail that nobody reads to its end."""
    chance = random.Random(measured.seed)
    watched = site.start("asking")
    site.program("-m", "jobboy", "tail", watched)
    tail = site.operations.tail(watched)
    next(tail)
    with _console(site) as console:
        longest = _write(site, chance, size, meanwhile=console.read_on)
    measured.add("written while ours read, MB", size / MEGABYTE)
    measured.add("longest log then, MB", longest / MEGABYTE, at_most=WAL_LIMIT / MEGABYTE)


def _add_foreign(measured: Measured, site: Site, name: str, statements: tuple[str, ...]) -> None:
    chance = random.Random(f"{measured.seed} {name}")
    with foreign(_path(site), statements) as reader:
        longest = _write(site, chance, WAL_LIMIT + BEYOND, meanwhile=lambda: None)
        told = {what: words for what, is_well, words in site.operations.doctor() if not is_well}
    measured.add(f"{name}: longest log, MB", longest / MEGABYTE, at_least=WAL_LIMIT / MEGABYTE)
    measured.add(
        f"{name}: the doctor names its pid",
        str(reader.pid) in re.findall(r"\d+", told.get("readers", "")),
        exactly=True,
    )
    _maintain(site)
    measured.add(f"{name}: log after it, MB", _log_bytes(site) / MEGABYTE, at_most=WAL_LIMIT / MEGABYTE)


def _write(site: Site, chance: random.Random, size: int, *, meanwhile: Callable[[], None]) -> int:
    """Start processes until so many bytes are written; returns the length of the log at its longest."""
    longest = 0
    for _ in range(size // (BATCH * SIZE) + 1):
        parameters = {"noise": chance.randbytes(SIZE // 2).hex()}
        site.jobs.start_many([(CODE, parameters)] * BATCH)
        site.operations.page(Selection(), limit=100)
        meanwhile()
        longest = max(longest, _log_bytes(site))
    say(f"{size / MEGABYTE:,.0f} MB written, log at most {longest / MEGABYTE:,.1f} MB")
    return longest


def _maintain(site: Site) -> None:
    """Do what each worker does once a minute, until no other writer is in the way."""
    with closing(bootstrap.open_adapters(site.database)) as adapters:

        def is_short() -> bool:
            adapters.repository.maintain()
            return _log_bytes(site) <= WAL_LIMIT

        eventually(is_short, within=PATIENCE)


@contextmanager
def _console(site: Site) -> Iterator[Terminal]:
    """A real console on a terminal of its own, looked at by nobody."""
    environment = {**os.environ, "TERM": "xterm-256color", "HOME": site.folder}
    command = [sys.executable, "-m", "jobboy_console", "--database", site.database, "--worker", "none"]
    with closing(Terminal(command, cwd=Path(site.folder), env=environment)) as terminal:
        terminal.wait_for("asking")
        yield terminal


def _path(site: Site) -> Path:
    return Path(site.folder, "jobboy.db")


def _log_bytes(site: Site) -> int:
    return Path(f"{_path(site)}-wal").stat().st_size


if __name__ == "__main__":
    sys.exit(main())
