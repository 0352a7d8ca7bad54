"""The worker that lives under the console: none, a program of its own, or threads of this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Protocol

GRACE_S = 5.0
"""Time a worker has to bring its turns to an end before it is ended."""


class Embedded(Protocol):
    """A worker that starts and ends with the console."""

    kind: str
    """``process``, ``thread`` or ``none``."""

    def start(self) -> None:
        """Begin to work."""

    def state(self) -> str:
        """Say in a few words how it is."""

    def pid(self) -> int | None:
        """Return the program it runs in; None when it does not run."""

    def stop(self, grace_s: float = GRACE_S) -> None:
        """End it: turns in progress get `grace_s` seconds. Blocks as long."""


class NoWorker:
    """Nothing works here; others may."""

    kind = "none"

    def start(self) -> None:
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
        self._url, self._app, self._log = url, app, log
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program in a session of its own, so that keys of this terminal do not reach it."""
        with self._log.open("ab") as output:
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
            return "own process"
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
        return f"ENDED ({how}), see {self._log}"

    def pid(self) -> int | None:
        """Return the pid while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM, and after the grace SIGKILL; a log in which nothing stands is removed."""
        if self._child is None:
            return
        self._end(self._child, grace_s)
        if self._log.exists() and self._log.stat().st_size == 0:
            self._log.unlink()

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
        worker: of the public facade: ``start``, ``stop(grace=)`` and ``state``.
    """

    kind = "thread"

    def __init__(self, worker: Any) -> None:
        self._worker = worker
        self._started = threading.Event()

    def start(self) -> None:
        """Start its threads."""
        self._worker.start()
        self._started.set()

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
