"""The console without a screen, for monitoring: one line about the database, and an exit code."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import Namespace

from jobboy import JobBoyError
from jobboy.errors import StorageError
from jobboy.system import user
from jobboy_console.entrance.connecting import UNREACHABLE, complain, load_jobs, look_only, told
from jobboy_console.gateway import FilterError, check_filter
from jobboy_console.gateway.checking import read_health
from jobboy_console.looks.text import safe_json, safe_text

ATTENTION = 1


def check(options: Namespace) -> int:
    """Print how the database is; returns 0 when nothing needs anybody, 1 when something does, 3 when nobody knows."""
    try:
        check_filter(options.filter)
        jobs = load_jobs(options)
        with contextlib.closing(jobs):
            look_only(options, jobs)
            health = read_health(jobs.operations(actor=f"operator:{user()}"), options.filter)
    except StorageError as error:
        _print_unreachable(str(error), as_json=options.json)
        return UNREACHABLE
    except (FilterError, JobBoyError) as error:
        return complain(*told(error))
    _print(_document(health.as_json()) if options.json else health.line())
    return 0 if health.is_well else ATTENTION


def _print_unreachable(why: str, *, as_json: bool) -> None:
    """Say it where monitoring reads: on standard output."""
    line = f"jobboy UNREACHABLE: {safe_text(why, limit=1000)}"
    _print(_document({"state": "unreachable", "error": why}) if as_json else line)


def _document(value: dict[str, object]) -> str:
    return safe_json(json.dumps(value))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
