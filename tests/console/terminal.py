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


class Terminal:
    """Runs a program on its own terminal of 80x24 and keeps every byte it wrote there."""

    def __init__(self, command: Sequence[str], *, cwd: Path, env: dict[str, str]) -> None:
        self.written = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._program = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env, start_new_session=True
        )
        os.close(slave)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def wait_for(self, words: str, *, seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while words not in self.text:
            if not self._read(0.1) and time.monotonic() > end:
                raise AssertionError(f"{words!r} did not appear; the screen was:\n{self.text}")

    def wait_for_end(self, *, seconds: float = 40.0) -> int:
        end = time.monotonic() + seconds
        while self._program.poll() is None:
            self._read(0.1)
            if time.monotonic() > end:
                raise AssertionError(f"it did not end; the screen was:\n{self.text}")
        while self._read(0.1):
            pass
        return self._program.returncode

    def close(self) -> None:
        if self._program.poll() is None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
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
