"""The worker's side of the guardian: started with the first child, told of every child, replaced when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress

from jobboy.runners import guardian

_END_WITHIN = 2.0


class Guard:
    """Makes sure that no child outlives this program."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._groups: set[int] = set()
        self._guardian: subprocess.Popen[bytes] | None = None

    def watch(self, group: int) -> None:
        """Have this process group killed when this program dies.

        Raises:
            OSError: when the guardian cannot be started.
        """
        with self._mutex:
            self._groups.add(group)
            self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """Leave this group alone from now on; called before its number can be given to another one."""
        with self._mutex:
            self._groups.discard(group)
            self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guardian."""
        with self._mutex:
            if self._guardian is not None:
                self._dismiss(self._guardian)
                self._guardian = None

    def _tell(self, line: str) -> None:
        if self._guardian is not None:
            with suppress(BrokenPipeError):
                self._write(self._guardian, line)
                return
            self._dismiss(self._guardian)
        self._guardian = None
        if self._groups:
            self._guardian = self._start()
            self._write(self._guardian, "".join(f"+{group}\n" for group in self._groups))

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )

    def _write(self, program: subprocess.Popen[bytes], line: str) -> None:
        assert program.stdin is not None
        program.stdin.write(line.encode())

    def _dismiss(self, program: subprocess.Popen[bytes]) -> None:
        assert program.stdin is not None
        program.stdin.close()
        try:
            program.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
