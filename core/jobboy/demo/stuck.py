"""Leaves a process stuck, the way it happens: its worker is killed while it has the process in its hands."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from jobboy.demo.app import DOOMED
from jobboy.demo.programs import LOG_FILE, worker_program
from jobboy.operations import Operations

_log = logging.getLogger(__name__)

CODE = "reconcile-bytecode"
LIMIT = 60.0  # seconds; a machine on which a worker takes longer to begin gets no stuck process
LOOK_EVERY = 0.02


def leave_stuck(operations: Operations, database: str, folder: Path, ended: threading.Event) -> str | None:
    """Start a process and a worker for it, and kill that worker in the middle of an iteration.

    Other workers may take turns at the process; the one that is killed takes its turn too.

    Args:
        operations: of the database.
        database: its absolute URL.
        folder: for files of the process and the log of the worker.
        ended: given up when it is set.

    Returns:
        The id of the process, None when it was given up or the process ended first.
    """
    with worker_program(database, folder, "--channel", DOOMED, "--slots", "1") as doomed:
        process_id = operations.start(CODE)
        limit = time.monotonic() + LIMIT
        while time.monotonic() < limit and doomed.poll() is None and not ended.wait(LOOK_EVERY):
            if not operations.get(process_id).status.is_active:
                return None
            if _killed_holding(operations, process_id, doomed):
                return process_id
    if not ended.is_set():
        _log.warning("nothing was left stuck: the worker for it did not begin, see %s", folder / LOG_FILE)
    return None


def _killed_holding(operations: Operations, process_id: str, doomed: subprocess.Popen[bytes]) -> bool:
    """Kill the worker if it holds the process: stopped first, so that it cannot release it between look and kill."""
    if not _holds(operations, process_id, doomed.pid):
        return False
    doomed.send_signal(signal.SIGSTOP)
    os.waitpid(doomed.pid, os.WUNTRACED)
    if not _holds(operations, process_id, doomed.pid):
        doomed.send_signal(signal.SIGCONT)
        return False
    doomed.kill()
    doomed.wait()
    return True


def _holds(operations: Operations, process_id: str, pid: int) -> bool:
    """Say whether the worker holds the process, with something done already that can be seen."""
    process = operations.get(process_id)
    holder = (process.handled_by or "").split(":")
    return str(pid) in holder[1:2] and process.store.get("files", 0) > 0
