"""Real programs on a folder whose calls are written down, until all of them die at once."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos.power_app import ACKS, DURABILITY

ROOT = Path(__file__).resolve().parents[2]
SHIM = Path(__file__).with_name("power_loss.c")
DATABASE = "jobboy.db"
STARTED_SECONDS = 60.0
"""Until the first acknowledgement; only a machine that does nothing takes so long."""

_APP = "tests.chaos.power_app"
_WORKER = ("-m", "jobboy", "work", "--slots", "4", "--idle-time", "0.2")
BUSY = (_WORKER, _WORKER, ("-m", _APP, "starter"), ("-m", _APP, "operator"))
CLOSING = (("-m", _APP, "opener"), ("-m", _APP, "opener"))
WORKLOADS: Sequence[Sequence[Sequence[str]]] = (BUSY, BUSY, BUSY, CLOSING)


class Run:
    """Some programs on a database of their own.

    Args:
        folder: empty; gets the database's folder, the log of calls and what was acknowledged.
        shim: the library built from `SHIM`.
        durability: of the database.
    """

    def __init__(self, folder: Path, shim: Path, durability: str) -> None:
        self.folder = folder.resolve() / "disk"
        self.folder.mkdir(parents=True)
        self.log, self._acks = folder / "calls", folder / "acks"
        for path in (self.log, self._acks):
            path.touch()
        self._output = (folder / "output").open("wb")
        self._environment = {
            **os.environ,
            "LD_PRELOAD": str(shim),
            "JOBBOY_POWER_FOLDER": str(self.folder),
            "JOBBOY_POWER_LOG": str(self.log.resolve()),
            ACKS: str(self._acks.resolve()),
            DURABILITY: durability,
            "JOBBOY_DATABASE_URL": f"sqlite:///{self.folder / DATABASE}",
            "JOBBOY_APP": f"{_APP}:jobs",
        }
        self._programs: list[subprocess.Popen[bytes]] = []

    def let_work(self, programs: Sequence[Sequence[str]], seconds: float) -> None:
        """Run programs for some time after their first acknowledgement, then end them all as a loss of power does.

        Raises:
            RuntimeError: one of them ended by itself, or did nothing.
        """
        try:
            for arguments in programs:
                self._programs.append(self._start(arguments))
            self._await_acknowledgement()
            time.sleep(seconds)
            self._require_all_alive()
        finally:
            self._cut_power()

    def _start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def _await_acknowledgement(self) -> None:
        deadline = time.monotonic() + STARTED_SECONDS
        while not self._acks.stat().st_size:
            self._require_all_alive()
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing was acknowledged within {STARTED_SECONDS:.0f} s")
            time.sleep(0.01)

    def _require_all_alive(self) -> None:
        for program in self._programs:
            if program.poll() is not None:
                said = Path(self._output.name).read_text().strip()
                raise RuntimeError(f"a program ended with code {program.returncode}: {said}")

    def _cut_power(self) -> None:
        with _between_calls(self.log):
            for program in self._programs:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(program.pid, signal.SIGKILL)
            for program in self._programs:
                program.wait()
        self._output.close()


@contextlib.contextmanager
def _between_calls(log: Path) -> Iterator[None]:
    """Keep every program from its next call: none goes on from a call of a dead one that is not in the log."""
    with log.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
