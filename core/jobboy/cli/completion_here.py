"""What the shell offers after a tab of what this folder and this machine have: apps, databases, files, time zones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

MOST_FILES = 200
"""Files that are looked into for apps, and names of one folder that are offered."""
_APP = re.compile(r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:jobboy\.)?JobBoy\(", re.MULTILINE)
_SQLITE = "sqlite:///"
_DATABASES = (".db", ".sqlite", ".sqlite3")


def complete_apps(incomplete: str) -> list[str]:
    """Offer each JobBoy that is made at the top of a module in this folder or a package in it; imports nothing."""
    return [app for app in _apps() if app.startswith(incomplete)]


def complete_databases(incomplete: str) -> list[str]:
    """Offer the URLs of files that look like databases, and of folders on the way to one."""
    typed = incomplete.removeprefix(_SQLITE) if incomplete.startswith(_SQLITE) else ""
    urls = [_SQLITE + name for name in _names(typed) if name.endswith(("/", *_DATABASES))]
    return [url for url in urls if url.startswith(incomplete)]


def complete_files(incomplete: str) -> list[str]:
    """Offer files, and folders on the way to one."""
    return list(_names(incomplete))


def complete_documents(incomplete: str) -> list[str]:
    """Offer files that a JSON object may be read from, once the @ is typed that says so."""
    return [f"@{name}" for name in _names(incomplete[1:])] if incomplete.startswith("@") else []


def complete_zones(incomplete: str) -> list[str]:
    """Offer the time zones that this machine knows."""
    from zoneinfo import available_timezones

    return [zone for zone in sorted(available_timezones()) if zone.startswith(incomplete)]


def _apps() -> Iterator[str]:
    here = Path()
    for path in islice([*sorted(here.glob("*.py")), *sorted(here.glob("*/*.py"))], MOST_FILES):
        parts = path.with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        with suppress(OSError):  # what cannot be read cannot be imported
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from (f"{module}:{name}" for name in _APP.findall(text))


def _names(typed: str) -> Iterator[str]:
    """Yield the paths that begin so, folders with a slash at their end, hidden ones only when a dot is typed."""
    folder, slash, start = typed.rpartition("/")
    try:
        with os.scandir(folder + slash or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(start))
    except OSError:
        return
    shown = ((name, is_folder) for name, is_folder in found if start or not name.startswith("."))
    for name, is_folder in islice(shown, MOST_FILES):
        yield f"{folder}{slash}{name}{'/' if is_folder else ''}"
