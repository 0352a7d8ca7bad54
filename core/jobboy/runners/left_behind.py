"""What a step leaves behind in its program: surroundings it has changed, threads and programs that go on."""

from __future__ import annotations

import os
import resource
import threading

_LIMITS = [getattr(resource, f"RLIMIT_{name}") for name in ("AS", "CPU", "DATA", "FSIZE", "NOFILE", "NPROC", "STACK")]


class Surroundings:
    """What the step of one process may change for itself, but not for the step of the next."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] | None = None

    def forget(self) -> None:
        """Count them as changed until they are looked at."""
        self._known = None

    def look(self) -> None:
        """Take them as they are for those of every step."""
        self._known = _surroundings()

    def are_changed(self) -> bool:
        """Say whether they are others than when they were looked at."""
        return self._known != _surroundings()


def _surroundings() -> tuple[object, ...]:
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        folder = ""
    users = os.getuid(), os.geteuid(), os.getgid(), os.getegid()
    outputs = [_file_behind(descriptor) for descriptor in (1, 2)]
    return folder, users, outputs, [resource.getrlimit(limit) for limit in _LIMITS]


def _file_behind(descriptor: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(descriptor)
    except OSError:  # the step closed it
        return None
    return found.st_dev, found.st_ino


def something_still_runs() -> bool:
    """Say whether the step left threads, or programs in our process group, that go on without it."""
    if threading.active_count() > 1:
        return True
    group = os.getpgrp()
    try:
        while os.waitpid(-group, os.WNOHANG) != (0, 0):
            pass  # that one had ended; nobody will ask for its status any more
    except ChildProcessError:
        return False
    return True


def holds_anything(output: int) -> bool:
    """Say whether anything is in the file of an output; True when it cannot be told."""
    try:
        return os.fstat(output).st_size > 0
    except OSError:  # the step closed it
        return True
