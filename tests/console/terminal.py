"""A real pseudo-terminal with a program in it, and a terminal emulator that reads what the program writes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pyte

PATIENCE_S = 120.0
"""Seconds that what shall come is waited for; only a test that fails takes so long."""


class Terminal:
    """Runs a program on its own terminal of 80x24 and keeps every byte it wrote there.

    Args:
        command: the program and its arguments.
        cwd: where it runs.
        env: its environment.
        controls: whether the system tells the program, by a signal, that the terminal is closed.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, env: dict[str, str], controls: bool = True) -> None:
        self.written = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._program = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=_take_terminal if controls else None,
        )
        os.close(slave)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def wait_for(self, words: str, *, seconds: float = PATIENCE_S) -> None:
        end = time.monotonic() + seconds
        while words not in self.text:
            if not self._read(0.1) and time.monotonic() > end:
                raise AssertionError(f"{words!r} did not appear; the screen was:\n{self.text}")

    def wait_for_no(self, words: str, *, seconds: float = PATIENCE_S) -> None:
        end = time.monotonic() + seconds
        while words in self.text:
            if not self._read(0.1) and time.monotonic() > end:
                raise AssertionError(f"{words!r} did not go; the screen was:\n{self.text}")

    def read_on(self) -> None:
        """Take what the program has written since, so that it never waits for its terminal."""
        while self._read(0):
            pass

    def wait_for_end(self, *, seconds: float = PATIENCE_S) -> int:
        end = time.monotonic() + seconds
        while self._program.poll() is None:
            self._read(0.1)
            if time.monotonic() > end:
                raise AssertionError(f"it did not end; the screen was:\n{self.text}")
        while self._read(0.1):
            pass
        return self._program.returncode

    def send(self, number: signal.Signals) -> None:
        self._program.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal under the program, as closing its window does."""
        os.close(self._master)
        self._master = -1

    def wait_without_terminal(self, *, seconds: float = PATIENCE_S) -> int:
        return self._program.wait(seconds)

    def close(self) -> None:
        if self._program.poll() is None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the program's end of the terminal is closed
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)


def _take_terminal() -> None:
    """Make the terminal the one of the session, so that its end is told to the program."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
