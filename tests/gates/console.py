"""The console in a pseudo-terminal: when each byte came, and what the screen showed after it."""

from __future__ import annotations

import fcntl
import os
import pty
import queue
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pyte

COLUMNS, LINES = 120, 36
QUIET_S = 0.15
"""Nothing written for so long: the answer to a key is complete, the preview beside the list included."""
DEADLINE_S = 60.0
ROOT = Path(__file__).resolve().parents[2]
_TOP = 5
"""Lines above the first row."""


class NotShown(Exception):
    """What was waited for did not appear."""


@dataclass(frozen=True)
class Chunk:
    """Bytes that were read at once."""

    at: float
    data: bytes


class Console:
    """A console at work in a terminal of its own.

    What it writes is read at once, by a thread that only notes when it came; drawing takes longer and must neither
    delay that nor let the console wait for its terminal.
    """

    def __init__(self, program: subprocess.Popen[bytes], terminal: int, began: float) -> None:
        self.began = began
        self.written = 0
        self._program = program
        self._terminal = terminal
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._read: queue.SimpleQueue[Chunk] = queue.SimpleQueue()
        threading.Thread(target=self._keep_reading, name="terminal", daemon=True).start()

    # --- what it shows ---

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    @property
    def rows(self) -> list[str]:
        """The lines of the list, without what stands beside it."""
        edge = self._screen.display[_TOP - 2].find("╮") + 1 or COLUMNS
        return [line[1 : edge - 1] for line in self._screen.display[_TOP : LINES - 2]]

    @property
    def cursor(self) -> str | None:
        """The row on another ground than most, None while there is none."""
        grounds = [self._screen.buffer[y][2].bg for y in range(_TOP, LINES - 2)]
        odd = [y for y, ground in enumerate(grounds) if grounds.count(ground) == 1]
        return self.rows[odd[0]] if odd else None

    @property
    def is_complete(self) -> bool:
        """Whether no row is still being read."""
        return not any(row.strip() == "…" or "reading…" in row for row in self.rows)

    # --- what it does ---

    def type(self, keys: str) -> float:
        """Press keys and return when."""
        at = time.perf_counter()
        os.write(self._terminal, keys.encode())
        return at

    def until(self, condition: Callable[[], bool], *, since: float | None = None) -> float:
        """Draw what comes until a condition holds; returns the seconds from `since`, else from its beginning.

        Raises:
            NotShown: it does not within a minute.
        """
        end = time.perf_counter() + DEADLINE_S
        for chunk in self._chunks(end):
            self._stream.feed(chunk.data)
            if condition():
                return chunk.at - (self.began if since is None else since)
        raise NotShown(f"after {DEADLINE_S:.0f} s the screen shows:\n{self.text}")

    def answer(self, keys: str, condition: Callable[[], bool]) -> float:
        """Press keys and return after how many seconds a condition held for good: until nothing came any more.

        Raises:
            NotShown: it did not.
        """
        at = self.type(keys)
        chunks, held = [], None
        for chunk in self._chunks(at + DEADLINE_S, quiet=QUIET_S):
            chunks.append(chunk)
        for chunk in chunks:
            self._stream.feed(chunk.data)
            holds = condition()
            held = (chunk.at if held is None else held) if holds else None
        if held is None:
            return self.until(condition, since=at)
        return held - at

    def watch(self, seconds: float) -> tuple[float, float]:
        """Return what it takes while nobody does anything: percent of a core, and bytes written a second."""
        program = psutil.Process(self._program.pid)
        before, used = self.written, _used(program)
        for chunk in self._chunks(time.perf_counter() + seconds):
            self._stream.feed(chunk.data)
        return (_used(program) - used) / seconds * 100, (self.written - before) / seconds

    def memory(self) -> float:
        """Return its resident memory in MiB, without its worker's."""
        return float(psutil.Process(self._program.pid).memory_info().rss / 2**20)

    def settle(self) -> None:
        """Draw what comes until nothing does."""
        for chunk in self._chunks(time.perf_counter() + DEADLINE_S, quiet=QUIET_S):
            self._stream.feed(chunk.data)

    def _chunks(self, end: float, *, quiet: float | None = None) -> Iterator[Chunk]:
        heard = False
        while (left := end - time.perf_counter()) > 0:
            try:
                chunk = self._read.get(timeout=quiet if quiet and heard else min(left, 0.5))
            except queue.Empty:
                if quiet is not None:
                    return
                continue
            heard = True
            self.written += len(chunk.data)
            yield chunk

    def _keep_reading(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # its end of the terminal is closed
                os.close(self._terminal)
                return
            self._read.put(Chunk(time.perf_counter(), data))


@contextmanager
def opened(*arguments: str, home: Path) -> Iterator[Console]:
    """Start a console, and end it with the block."""
    terminal, its_end = pty.openpty()
    fcntl.ioctl(its_end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    strange = ("JOBBOY_", "PYTHONDONTWRITEBYTECODE")  # what is installed has its bytecode
    environment = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(home)}
    environment |= {"XDG_STATE_HOME": str(home), "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    began = time.perf_counter()
    program = subprocess.Popen(
        [sys.executable, "-m", "jobboy_console", *arguments],
        stdin=its_end, stdout=its_end, stderr=its_end, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(its_end)
    console = Console(program, terminal, began)
    try:
        yield console
    finally:
        _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    """Ask it to end; the thread reads what it still writes, and then closes the terminal."""
    program.terminate()
    try:
        program.wait(20)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _used(program: Any) -> float:
    times = program.cpu_times()
    return float(times.user + times.system)
