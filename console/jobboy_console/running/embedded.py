"""The worker that lives under the console: none, a program of its own, or threads of this one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

GRACE_S = 5.0
"""Time a worker has to bring its turns to an end before it is ended."""


class Embedded(Protocol):
    """A worker that starts and ends with the console."""

    kind: str
    """``process``, ``thread`` or ``none``."""
    log: Path | None
    """File for what it prints; None when it has none of its own."""
    paused: bool
    """It was told to take nothing more in hand."""

    def start(self) -> None:
        """Begin to work, for the first time or again; does nothing while it runs."""

    def state(self) -> str:
        """Say in a few words how it is."""

    def pid(self) -> int | None:
        """Return the program it runs in; None when it does not run."""

    def pause(self) -> None:
        """Let it take nothing more in hand; turns in progress are finished. Does nothing when it does not run."""

    def resume(self) -> None:
        """End the pause."""

    def stop(self, grace_s: float = GRACE_S) -> None:
        """End it: turns in progress get `grace_s` seconds. Blocks as long."""


class NoWorker:
    """Nothing works here; others may."""

    kind = "none"
    log: Path | None = None
    paused = False

    def start(self) -> None:
        """Do nothing."""

    def pause(self) -> None:
        """Do nothing."""

    def resume(self) -> None:
        """Do nothing."""

    def state(self) -> str:
        """There is none."""
        return "none here"

    def pid(self) -> int | None:
        """There is none."""
        return None

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Do nothing."""


class ProcessWorker:
    """`jobboy work` as a program of its own: it cannot slow the screen, and its output goes to a file.

    Args:
        url: of the database; handed over in the environment, since it may hold a password that `ps` would show.
        app: ``module:object``.
        log: file for what it prints.
    """

    kind = "process"

    def __init__(self, url: str, app: str, log: Path) -> None:
        self._url, self._app = url, app
        self.log: Path | None = log
        self.paused = False
        self._path = log
        self._was_stopped = False
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program in a session of its own, so that keys of this terminal do not reach it."""
        if self.pid() is not None:
            return
        self._hang_up()
        self.paused = self._was_stopped = False
        with self._path.open("ab") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "jobboy", "work", "--attended"],  # it ends with us, however we end
                env=os.environ | {"JOBBOY_DATABASE_URL": self._url, "JOBBOY_APP": self._app},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def state(self) -> str:
        """Running, or how it ended and where to read why."""
        if self._child is None:
            return "not started"
        code = self._child.poll()
        if code is None:
            return "own process, paused" if self.paused else "own process"
        if code == 0 or self._was_stopped:
            return "stopped"
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
        return f"ENDED ({how}), see {self._path}"

    def pid(self) -> int | None:
        """Return the pid while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def pause(self) -> None:
        """Tell it on its standard input."""
        if self._told(b"pause\n"):
            self.paused = True

    def resume(self) -> None:
        """Tell it on its standard input."""
        if self._told(b"resume\n"):
            self.paused = False

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM, and after the grace SIGKILL; a log in which nothing stands is removed."""
        if self._child is None:
            return
        self._was_stopped = self._was_stopped or self.pid() is not None
        self._end(self._child, grace_s)
        self._hang_up()
        if self._path.exists() and self._path.stat().st_size == 0:
            self._path.unlink()

    def _told(self, order: bytes) -> bool:
        """Write an order to its standard input; False when it is gone."""
        if self.pid() is None or self._child is None or self._child.stdin is None:
            return False
        try:
            self._child.stdin.write(order)
            self._child.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def _hang_up(self) -> None:
        """Close the pipe to a program that has ended."""
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # what was written last was never read
                self._child.stdin.close()

    @staticmethod
    def _end(child: subprocess.Popen[bytes], grace_s: float) -> None:
        if child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(grace_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class ThreadWorker:
    """A worker in threads of this program: quick to start; handlers that keep the GIL slow the keys.

    Args:
        make: makes one of the public facade: ``start``, ``stop(grace=)``, ``pause``, ``resume`` and ``state``; asked
            at every start, since a worker that ended does not begin again.
    """

    kind = "thread"
    log: Path | None = None

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._worker: Any = None
        self._started = threading.Event()
        self.paused = False

    def start(self) -> None:
        """Start its threads."""
        if self._started.is_set():
            return
        self._worker = self._make()
        self._worker.start()
        self.paused = False
        self._started.set()

    def pause(self) -> None:
        """Let it rest."""
        if self._started.is_set():
            self._worker.pause()
            self.paused = True

    def resume(self) -> None:
        """Let it go on."""
        if self._started.is_set():
            self._worker.resume()
            self.paused = False

    def state(self) -> str:
        """What the worker says of itself."""
        return f"threads, {self._worker.state}" if self._started.is_set() else "not started"

    def pid(self) -> int | None:
        """This program."""
        return os.getpid() if self._started.is_set() else None

    def stop(self, grace_s: float = GRACE_S) -> None:
        """Let turns end, then leave their processes to the sweep."""
        if self._started.is_set():
            self._started.clear()
            self._worker.stop(grace=grace_s)
