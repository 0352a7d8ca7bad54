"""What the console knows of its database, its programs and its folders, under headings."""

from __future__ import annotations

import platform
import sys
from datetime import datetime
from importlib import metadata

from platformdirs import user_config_path

from jobboy.model.facts import DatabaseFacts
from jobboy.operations import Operations, Overview
from jobboy_console.facts.house_snapshots import Facts
from jobboy_console.looks.text import span
from jobboy_console.machine.screen_guard import log_path


def read_facts(operations: Operations) -> list[Facts]:
    """Return everything that can be told without examining the whole database."""
    found, overview, now = operations.house.facts(), operations.overview(), operations.now()
    return [
        Facts(heading="Database", facts=_database(operations.database(), found)),
        Facts(heading="Processes", facts=_processes(found, overview, now)),
        Facts(heading="Programs", facts=_programs(found)),
        Facts(heading="Files of this console", facts=_files()),
    ]


def size(number: int) -> str:
    """Write a number of bytes: ``812 B``, ``4.1 kB``, ``1.2 GB``."""
    scaled = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if scaled < 1000:
            return f"{scaled:.0f} {unit}" if unit == "B" else f"{scaled:.1f} {unit}"
        scaled /= 1000
    return f"{scaled:.1f} TB"


def _database(url: str, found: DatabaseFacts) -> tuple[tuple[str, str], ...]:
    free = size(found.free_pages * found.page_bytes)
    return (
        ("URL", url),
        ("file", f"{found.path}, {size(found.file_bytes)}"),
        ("write-ahead log", size(found.log_bytes)),
        ("pages", f"{found.pages:,} of {size(found.page_bytes)}; {found.free_pages:,} free, {free}"),
        ("schema", str(found.schema)),
        ("identity", found.identity),
    )


def _processes(found: DatabaseFacts, overview: Overview, now: datetime) -> tuple[tuple[str, str], ...]:
    counts = overview.counts
    kinds = ", ".join(f"{number:,} {status.value}" for status, number in counts.by_status.items() if number)
    marks = [(name, getattr(counts, name)) for name in ("handled", "stuck", "paused", "waiting")]
    marked = ", ".join(f"{number:,} {name}" for name, number in marks if number)
    return (
        ("kept", f"{counts.total:,}" + (f": {kinds}" if kinds else "")),
        ("of these", marked or "none handled, stuck, paused or waiting"),
        ("oldest", _made(found.oldest_at, now)),
        ("newest", _made(found.newest_at, now)),
        ("events so far", f"{found.last_seq:,}"),
        ("workers alive", str(overview.workers_alive)),
    )


def _made(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "there is none"
    passed = span(now - moment)
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC ({passed if passed == 'now' else passed + ' ago'})"


def _programs(found: DatabaseFacts) -> tuple[tuple[str, str], ...]:
    return (
        ("jobboy", metadata.version("jobboy-console")),
        ("database", found.engine),
        ("Python", f"{platform.python_version()}, {sys.executable}"),
        ("Textual", metadata.version("textual")),
        ("system", f"{platform.system()} {platform.release()} on {platform.machine()}"),
    )


def _files() -> tuple[tuple[str, str], ...]:
    log = log_path()
    return (
        ("configuration", str(user_config_path("jobboy-console") / "config.toml")),
        ("state", str(log.parent)),
        ("log", str(log)),
    )
