"""The ways in which a step forks, or starts something else, and leaves it behind."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from jobboy.engine.handled_process import StepProcess
from tests.integration.apps import signs


def children_book(process_id: str) -> str:
    """Return the name of the book with the programs that a process has left behind."""
    return f"children-{process_id}"


def _note_child(process: StepProcess, pid: int) -> None:
    """Note a program that is left behind, and what it has open."""
    child = psutil.Process(pid)
    book = children_book(process.id)
    signs.note(process.parameters["folder"], book, child=pid, created=child.create_time(), opened=_opened_by(pid))


def _opened_by(pid: int) -> list[str]:
    """Return the names of what a program has open, where the system tells."""
    descriptors, opened = Path(f"/proc/{pid}/fd"), []
    for link in descriptors.iterdir() if descriptors.is_dir() else ():
        with suppress(FileNotFoundError):  # it runs meanwhile, and may close what is looked at
            opened.append(os.readlink(link))
    return opened


def _fork(live: Callable[[], object]) -> int:
    """Fork a program that lives as told, and return when it has begun to."""
    begun_end, told_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(told_end, b".")
        live()
        os._exit(0)
    os.close(told_end)
    os.read(begun_end, 1)
    os.close(begun_end)
    return pid


def _live_on() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.closerange(0, 3)
    time.sleep(signs.PATIENCE)


def _fork_and_wait(process: StepProcess) -> None:
    os.waitpid(_fork(lambda: None), 0)


def _leave_fork(process: StepProcess) -> None:
    _note_child(process, _fork(_live_on))


def _leave_fork_and_die(process: StepProcess) -> None:
    _leave_fork(process)
    os._exit(3)


def _leave_program(process: StepProcess) -> None:
    """Start a program in the one way that closes nothing for it: it has what was left inheritable."""
    sleep = shutil.which("sleep") or "/bin/sleep"
    _note_child(process, os.posix_spawn(sleep, [sleep, str(int(signs.PATIENCE))], dict(os.environ)))


def _leave_thread(process: StepProcess) -> None:
    threading.Thread(target=time.sleep, args=[signs.PATIENCE], daemon=True).start()


def _leave_pool(process: StepProcess) -> None:
    """Leave a pool at work: an idle one ends by itself when the program that gives it work is gone."""
    begun_end, told_end = os.pipe()
    pool = multiprocessing.get_context("fork").Pool(1)
    _pools.append(pool)
    pid = pool.apply(os.getpid)
    pool.apply_async(_tell_and_live_on, [told_end])
    os.read(begun_end, 1)
    for end in (begun_end, told_end):
        os.close(end)
    _note_child(process, pid)


def _tell_and_live_on(told_end: int) -> None:
    os.write(told_end, b".")
    _live_on()


_pools: list[Any] = []  # a pool that nobody knows any more is ended by its finalizer


def _leave_daemon(process: StepProcess) -> None:
    """Leave a program in a session of its own, whose parent ends at once."""
    folder, name = process.parameters["folder"], f"daemon-{process.id}"

    def become_daemon() -> None:
        os.setsid()
        if os.fork() == 0:
            Path(folder, f"{name}.pid").write_text(str(os.getpid()))
            signs.leave(folder, name)
            _live_on()

    os.waitpid(_fork(become_daemon), 0)
    signs.wait_for(folder, name)
    _note_child(process, int(Path(folder, f"{name}.pid").read_text()))


def _return_from_both_sides(process: StepProcess) -> None:
    forked = os.fork()
    if forked:
        _note_child(process, forked)


FORKS: dict[str, Callable[[StepProcess], None]] = {
    "fork that ends": _fork_and_wait,
    "fork left behind": _leave_fork,
    "fork left behind, step dies": _leave_fork_and_die,
    "program left behind": _leave_program,
    "thread left behind": _leave_thread,
    "pool of forks left behind": _leave_pool,
    "daemon in a session of its own": _leave_daemon,
    "both sides of a fork return": _return_from_both_sides,
}
