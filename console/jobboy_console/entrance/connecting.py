"""How the options of a call become a database, and what is said when they do not; loads no screen.

The engine is loaded by what needs it, so that a screen can be there before.
"""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from jobboy.errors import InvalidValue, StorageError
from jobboy_console.looks.text import safe_text

if TYPE_CHECKING:
    from jobboy import JobBoy
    from jobboy_console.gateway import FilterError

USAGE, UNREACHABLE = 2, 3
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):[^@/]*@")


def load_jobs(options: Namespace) -> JobBoy:
    """Load the app, or make a bare one, on the database that is named.

    Raises:
        InvalidValue: the app cannot be imported.
    """
    from jobboy import JobBoy, load_app

    jobs = load_app(options.app) if options.app else JobBoy()
    if options.database:
        jobs.database = options.database
    return jobs


def look_only(options: Namespace, jobs: JobBoy) -> None:
    """Refuse to make or to upgrade a database where one is only to be looked at.

    Raises:
        DatabaseMissing: it is not there.
        OlderSchema: it would be upgraded.
    """
    from jobboy.bootstrap import require_database

    require_database(jobs.database, _named_by(options), looks=True)


def _named_by(options: Namespace) -> str | None:
    """Return in words what names the database; None for the app or nothing at all."""
    from jobboy.bootstrap import DATABASE_VARIABLE

    if not options.database:
        return None
    profile = options.profile
    if profile is not None and profile.database == options.database:
        return f"named by the profile {profile.name}"
    is_usual = os.environ.get(DATABASE_VARIABLE) == options.database
    return f"named by ${DATABASE_VARIABLE}" if is_usual else "named by --database"


def shown_name(url: str) -> str:
    """Return what may be shown of a URL: all but a password."""
    return _PASSWORD.sub(r"\1:***@", url)


def filter_problem(text: str) -> str | None:
    """Return why a filter cannot be read; None when it can. Its language is loaded only when there is one."""
    if not text:
        return None
    from jobboy_console.gateway import FilterError, check_filter

    try:
        check_filter(text)
    except FilterError as error:
        return _filter_words(error)
    return None


def told(error: Exception) -> tuple[str, int]:
    """Say what went wrong, and with which code the console exits."""
    from jobboy_console.gateway import FilterError

    if isinstance(error, FilterError):
        return _filter_words(error), USAGE
    if isinstance(error, InvalidValue):
        return str(error), USAGE
    if isinstance(error, StorageError):
        return f"cannot reach the database: {error}", UNREACHABLE
    return str(error), 1


def _filter_words(error: FilterError) -> str:
    return f"--filter: {error} (at character {error.position + 1})"


def complain(text: str, code: int) -> int:
    """Write one line to standard error and return the code."""
    sys.stderr.write(f"jobboy-console: {safe_text(text, limit=1000)}\n")
    return code
