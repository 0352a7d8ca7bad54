"""The examination of an SQLite database: what `doctor` tells of it."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobboy.storage.driver import driver, is_safe

_SYNCHRONOUS = {0: "off", 1: "normal", 2: "full", 3: "extra"}

Check = tuple[str, bool, str]


def report(path: Path, found: Mapping[str, Any], *, wal_bytes: int, wal_limit: int) -> list[Check]:
    """Judge what was found: (what, is it well, in words) for each check."""
    return [
        _version(),
        ("database", True, f"{path}, identity {found['uuid']}, schema {found['user_version']}"),
        ("journal", found["journal_mode"] == "wal", f"mode {found['journal_mode']}"),
        ("durability", found["synchronous"] > 0, f"synchronous {_SYNCHRONOUS[found['synchronous']]}"),
        ("content", found["quick_check"] == "ok", f"quick_check says {found['quick_check']}"),
        _mode(path),
        ("write-ahead log", wal_bytes <= wal_limit, f"{wal_bytes:,} bytes, kept below {wal_limit:,}"),
        _readers(found["pinned_by"]),
    ]


def _version() -> Check:
    used = driver()
    safe = is_safe(used.sqlite_version_info)
    words = f"{used.sqlite_version} by {used.__name__.partition('.')[0]}"
    return "SQLite", safe, words if safe else f"{words}: can damage a database under load, 3.51.3 does not"


def _readers(who: str | None) -> Check:
    if who is None:
        return "readers", True, "none is in the way of that"
    words = f"{who} reads and does not end it, so the write-ahead log only grows: end that transaction or program"
    return "readers", False, words


def _mode(path: Path) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    others = mode & (stat.S_IWGRP | stat.S_IRWXO)
    words = f"mode {mode:04o}" + (f": others can reach it, run chmod 600 {path}" if others else "")
    return "file", not others, words
