"""A worker at a terminal of its own, as a person has it: control+c can be typed, and the terminal can be closed."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.integration.worker_programs import REPOSITORY, Site

GRACE = 1.0
"""Seconds; the command line gives 30, and nothing but the length of the wait depends on it."""
_WORK = "import sys; from {module} import jobs; sys.exit(jobs.worker({settings}).run())"


class TerminalWorker:
    """A worker that is the leader of a session, with a controlling terminal.

    Args:
        site: to work on; what the worker writes goes into a file in its folder.
        channel: of the handlers it asks.
        until_idle: end when nothing is left to do.
    """

    def __init__(self, site: Site, channel: str, *, until_idle: bool = False) -> None:
        settings = f"slots=2, grace={GRACE}, channel={channel!r}, until_idle={until_idle}"
        code = _WORK.format(module=site.app.partition(":")[0], settings=settings)
        self._terminal: int | None
        self._terminal, its_end = os.openpty()
        with Path(site.folder, f"{channel}.err").open("ab") as written:
            self._process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=REPOSITORY,
                env={**os.environ, "JOBBOY_DATABASE_URL": site.database},
                stdin=its_end,
                stdout=written,
                stderr=written,
                start_new_session=True,
                preexec_fn=_take_terminal,
            )
        os.close(its_end)
        self.pid = self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""
        self._process.send_signal(number)

    def press_control_c(self) -> None:
        """Type control+c: everything in the foreground of the terminal is interrupted."""
        if self._terminal is not None:
            os.write(self._terminal, b"\x03")

    def close_terminal(self) -> None:
        """Close the terminal: its session hears SIGHUP."""
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None

    def end(self) -> None:
        """Make sure that it is gone."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self.close_terminal()


SIGNALS: dict[str, list[Callable[[TerminalWorker], None]]] = {
    "TERM": [lambda worker: worker.signal(signal.SIGTERM)],
    "INT": [lambda worker: worker.signal(signal.SIGINT)],
    "INT INT": [lambda worker: worker.signal(signal.SIGINT)] * 2,
    "control+c": [TerminalWorker.press_control_c],
    "HUP, terminal closed": [TerminalWorker.close_terminal],
    "QUIT": [lambda worker: worker.signal(signal.SIGQUIT)],
    "TERM, KILL in the grace": [
        lambda worker: worker.signal(signal.SIGTERM),
        lambda worker: worker.signal(signal.SIGKILL),
    ],
}
"""What is done to a worker, one thing shortly after the other."""


def _take_terminal() -> None:
    """Begin as a terminal's own program does: a shell's background ignores INT and QUIT, ``nohup`` HUP."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for sign in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(sign, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
