"""Steps that die, hold on, fork and outstay their welcome: the app of the crash proofs.

Parameters: ``{"folder", "how"}``. Every attempt is noted, with its program, in a book of its process; see `begun`.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from jobboy import JobBoy
from jobboy.engine.handled_process import StepProcess
from tests.chaos.forking import FORKS
from tests.integration.apps import deaths, signs

jobs = JobBoy()

MEMORY_LIMIT = 300
"""Megabytes of address space for ``dies-limited``."""
PROGRAMS_LIMIT = 20
"""How many programs a fork bomb may have."""
NOBODY = 65534
"""User whose programs the kernel counts; root's it does not."""
STALLED_SECONDS = 4
LONGEST_PROOF = 3600.0
"""Seconds that what must live as long as a proof waits for its end."""


def begun(process: StepProcess) -> None:
    """Note an attempt, and the programs of earlier ones at the same step that run at this moment."""
    folder, book = process.parameters["folder"], attempts_book(process.id)
    earlier = [note for note in signs.notes(folder, book) if note["step"] == process.step]
    signs.note(
        folder,
        book,
        step=process.step,
        attempt=process.attempt,
        monotonic=time.monotonic(),
        created=psutil.Process().create_time(),
        running=[note["pid"] for note in earlier if runs(note["pid"], note["created"])],
    )


def attempts_book(process_id: str) -> str:
    """Return the name of the book with the attempts of one process."""
    return f"attempts-{process_id}"


def runs(pid: int, created: float) -> bool:
    """Say whether this very program runs; a dead one that nobody has asked for does not, nor one that is dying."""
    try:
        program = psutil.Process(pid)
        is_same = program.create_time() == created
        return is_same and program.status() != psutil.STATUS_ZOMBIE and not _is_dying(pid)
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return False


def _is_dying(pid: int) -> bool:
    """Say whether the kernel is taking a program apart: it has executed its last line, but looks as if it ran."""
    if sys.platform != "linux":
        return False
    facts = Path(f"/proc/{pid}/stat").read_bytes()
    return bool(int(facts[facts.rindex(b")") + 2 :].split()[6]) & _EXITING)


_EXITING = 0x4
"""``PF_EXITING``: files are closed, and locks free, before a program that was killed is a dead one."""


# --- dying: each attempt, for as long as it is tried again -------------------------------------------------------


def _recurse() -> None:
    _recurse()


def _fork_until_refused() -> None:
    for _ in range(10 * PROGRAMS_LIMIT):
        if os.fork() == 0:
            time.sleep(signs.PATIENCE)
            os._exit(0)
    raise RuntimeError("nothing limits the number of programs")


def _fork_as_nobody() -> None:
    if os.geteuid() == 0:
        os.setresuid(NOBODY, NOBODY, NOBODY)
    resource.setrlimit(resource.RLIMIT_NPROC, (PROGRAMS_LIMIT, PROGRAMS_LIMIT))
    _fork_until_refused()


def _fill_memory() -> None:
    blocks = []
    while True:
        blocks.append(b"x" * 1_000_000)


DEATHS: dict[str, Callable[[], object]] = {
    **deaths.HOW,
    "exit 3": lambda: os._exit(3),
    "sys.exit": lambda: sys.exit(7),
    "endless recursion": _recurse,
    "stack overflow": lambda: faulthandler._stack_overflow(),  # type: ignore[attr-defined]  # for tests, untyped
    "fork bomb": _fork_as_nobody,
    "memory of a control group": _fill_memory,
    "fork bomb in a control group": _fork_until_refused,
}


def die(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Die in the way the parameters name, in the control group they name, if any."""
    begun(process)
    print(f"last words of attempt {process.attempt}", flush=True)  # noqa: T201  # what the runner is to keep
    with _inside(process.parameters.get("control_group")):
        DEATHS[process.parameters["how"]]()
    return {}


@contextmanager
def _inside(control_group: str | None) -> Iterator[None]:
    if control_group is None:
        yield
        return
    group = Path(control_group)
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        (group.parent / "cgroup.procs").write_text(str(os.getpid()))


SOON = timedelta(milliseconds=10)
jobs.steps("dies").step(die, isolated=True, retries=2, backoff=SOON)
jobs.steps("dies-limited").step(die, isolated=True, retries=2, backoff=SOON, memory_limit=MEMORY_LIMIT)


def live_beside(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Be in hand until the proof is over, as something innocent beside what dies."""
    begun(process)
    signs.wait_for(process.parameters["folder"], "neighbours-may-end", within=LONGEST_PROOF)
    return {"attempt": process.attempt}


jobs.steps("neighbour").step(live_beside)
jobs.steps("neighbour-isolated").step(live_beside, isolated=True)


# --- holding on: in the first attempt, until somebody ends it ----------------------------------------------------


def _spin() -> None:
    end = time.monotonic() + signs.PATIENCE
    while time.monotonic() < end:
        pass


def call_into_c(seconds: int) -> None:
    """Call into C without giving the interpreter lock back."""
    ctypes.PyDLL(None).sleep(seconds)


HOLDS: dict[str, Callable[[], object]] = {
    "sleeps": lambda: time.sleep(signs.PATIENCE),
    "spins": _spin,
    "holds the interpreter": lambda: call_into_c(int(signs.PATIENCE)),
}


def hold_on(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Go on for a long time in the first attempt, return at once in later ones."""
    begun(process)
    if process.attempt == 1:
        HOLDS[process.parameters["how"]]()
    return {"attempt": process.attempt}


jobs.steps("holds-on").step(hold_on)
jobs.steps("holds-on-isolated").step(hold_on, isolated=True)


# --- stalling: for some seconds, then it returns -----------------------------------------------------------------


def _match() -> None:
    """Match as long as a pattern with nested repetitions takes: some seconds, with the interpreter lock held."""
    re.match(r"(a+)+$", "a" * 25 + "b")


STALLS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "C call": lambda _: call_into_c(STALLED_SECONDS),
    "regular expression": lambda _: _match(),
    "gate": lambda parameters: signs.wait_for(parameters["folder"], parameters["gate"]),
}


def stall(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Give no sign of life for a while."""
    begun(process)
    STALLS[process.parameters["how"]](process.parameters)
    return {"attempt": process.attempt}


jobs.steps("stalls").step(stall)
jobs.steps("stalls-isolated").step(stall, isolated=True)


# --- lingering: while their worker is asked to end ---------------------------------------------------------------

LANES = [f"lane-{number}" for number in range(3)]
"""Channels with the same codes each, so that workers of one database do not take each other's processes."""
QUICK = ["one", "two", "three"]


def _refuse_to_end() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end = time.monotonic() + signs.PATIENCE
    while time.monotonic() < end:
        time.sleep(1)


LINGERS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "gate": lambda parameters: signs.wait_for(parameters["folder"], parameters["gate"]),
    "sleeps": lambda _: time.sleep(signs.PATIENCE),
    "refuses to end": lambda _: _refuse_to_end(),
}


def linger(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Go on in the first attempt as the parameters say, return at once in later ones."""
    begun(process)
    if process.attempt == 1:
        LINGERS[process.parameters["how"]](process.parameters)
    return {"attempt": process.attempt}


def be_quick(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Do next to nothing."""
    begun(process)
    return {"quick": True}


for _lane in LANES:
    jobs.steps(_lane, channel=_lane).step(linger)
    jobs.steps(f"{_lane}-isolated", channel=_lane).step(linger, isolated=True)
    _quick = jobs.steps(f"{_lane}-quick", channel=_lane)
    for _name in QUICK:
        _quick.step(be_quick, name=_name, isolated=_name == "two")


# --- forking ------------------------------------------------------------------------------------------------------


def fork(data: dict[str, Any], process: StepProcess) -> dict[str, Any]:
    """Fork as the parameters say in the first attempt; the output tells which program returned."""
    begun(process)
    if process.attempt == 1:
        FORKS[process.parameters["how"]](process)
    return {"number": process.parameters["number"]}


jobs.steps("forks", on_crash="recover").step(fork)
jobs.steps("forks-isolated", on_crash="recover").step(fork, isolated=True)
