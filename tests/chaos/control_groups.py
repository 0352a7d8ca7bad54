"""Real control groups for steps to be limited by: made below folders that the caller names, removed afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.chaos.steps import PROGRAMS_LIMIT
from tests.integration.worker_programs import eventually

MEMORY_BYTES = 128_000_000
LIMITS = {
    "memory.max": ("memory", MEMORY_BYTES),
    "memory.limit_in_bytes": ("memory", MEMORY_BYTES),
    "pids.max": ("pids", PROGRAMS_LIMIT),
}
"""File of a limit: what it limits, and to how much; the first for memory is of version 2, the second of version 1."""


@contextmanager
def control_groups(parents: Sequence[Path]) -> Iterator[dict[str, Path]]:
    """Make a limited group below each parent; gives what is limited (memory, pids) and the group to join for it.

    Raises:
        OSError: a parent is no writable control group.
    """
    with ExitStack() as made:
        found: dict[str, Path] = {}
        for parent in parents:
            for what, limit in _limits(parent):
                group = made.enter_context(_group(parent / f"jobboy-{what}-{os.getpid()}"))
                (group / limit).write_text(str(LIMITS[limit][1]))
                found[what] = group
        yield found


def _limits(parent: Path) -> list[tuple[str, str]]:
    """Return what groups below this one can limit, and the file for it."""
    with _group(parent / f"jobboy-probe-{os.getpid()}") as probe:
        return [(what, name) for name, (what, _) in LIMITS.items() if (probe / name).exists()]


@contextmanager
def _group(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    try:
        yield folder
    finally:
        eventually(lambda: _removed(folder))  # the kernel takes a moment to forget what has run in it


def _removed(folder: Path) -> bool:
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()
