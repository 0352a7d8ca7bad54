"""Process groups: everything that a step has running, short of what moved itself elsewhere."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_LOOK_EVERY = 0.001


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to every program of a group; one that has ended is no error."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def wait_for_group(group: int, limit: float) -> None:
    """Wait until no program of a killed group runs, at most `limit` seconds: the kernel may be unable to end one."""
    until = time.monotonic() + limit
    while _runs(group) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)


def _runs(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    # Somebody is there, perhaps only dead ones whose new parent has not asked for them yet.
    return not _PROC.is_dir() or any(_is_running_in(group, program) for program in _PROC.glob("[0-9]*"))


def _is_running_in(group: int, program: Path) -> bool:
    try:
        facts = (program / "stat").read_bytes()
    except OSError:  # it ended between the listing and the reading
        return False
    state, _, its_group = facts[facts.rindex(b")") + 2 :].split(b" ", 3)[:3]
    return int(its_group) == group and state not in (b"Z", b"X")
