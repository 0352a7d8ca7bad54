"""Which programs hold SQLite's locks on a database in WAL mode: only Linux tells, and only for its own eyes."""

from __future__ import annotations

import os
from pathlib import Path

_LOCKS = Path("/proc/locks")
_WRITING = 120
"""Byte of the ``-shm`` file that whoever writes has locked (SQLite: ``WAL_WRITE_LOCK``)."""
_READING = range(123, 128)
"""Bytes of which whoever reads has locked one (``WAL_READ_LOCK``)."""


def writers(path: Path) -> list[int]:
    """Return the pids of the other programs that are writing a database: one, or none that can be seen."""
    return _holders(path, range(_WRITING, _WRITING + 1))


def readers(path: Path) -> list[int]:
    """Return the pids of the other programs that have a read transaction open, sorted."""
    return _holders(path, _READING)


def in_words(pids: list[int]) -> str:
    """Return ``pid 12``, ``pids 12 and 13``; empty for none."""
    shown = [str(pid) for pid in pids]
    if len(shown) < 2:
        return "".join(f"pid {pid}" for pid in shown)
    return f"pids {', '.join(shown[:-1])} and {shown[-1]}"


def _holders(path: Path, wanted: range) -> list[int]:
    try:
        inode = os.stat(f"{os.path.realpath(path)}-shm").st_ino
        lines = _LOCKS.read_text().splitlines()
    except OSError:  # no log is open, or this system does not tell
        return []
    found = {pid for pid, place, first, last in map(_lock, lines) if place == inode and _meet(first, last, wanted)}
    return sorted(found - {os.getpid(), 0})  # 0: a program outside this container, which has no name in here


def _lock(line: str) -> tuple[int, int, int, int]:
    """Read pid, inode, first and last byte; the device is left out, for some file systems give several numbers.

    ``3: POSIX  ADVISORY  READ 4711 fe:00:131 123 123``; a line with ``->`` is of one that waits.
    """
    words = line.split()
    if words[1] != "POSIX":
        return 0, 0, 0, 0
    last = words[7]
    return int(words[4]), int(words[5].rpartition(":")[2]), int(words[6]), 1 << 62 if last == "EOF" else int(last)


def _meet(first: int, last: int, wanted: range) -> bool:
    return first < wanted.stop and last >= wanted.start
