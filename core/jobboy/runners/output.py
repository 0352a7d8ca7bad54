"""What a child printed: kept in a file without a name, for its last words."""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading

_LINES = 20
_LONGEST_LINE = 500
_TAIL_BYTES = 64 * 1024


class Output:
    """A temporary file that a child writes its standard output and error to, each write at its end."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._last_text = ""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the child
        fcntl.fcntl(self._file, fcntl.F_SETFL, os.O_APPEND)

    def fileno(self) -> int:
        """Return the descriptor for the child to write to."""
        return self._file.fileno()

    def clear(self) -> None:
        """Forget what was printed so far."""
        if os.fstat(self._file.fileno()).st_size:
            os.ftruncate(self._file.fileno(), 0)

    def last_lines(self) -> list[str]:
        """Return the last 20 lines, each cut to 500 characters; bytes that are no text are replaced."""
        return [line[:_LONGEST_LINE] for line in self._tail().split("\n") if line.strip()][-_LINES:]

    def text(self) -> str:
        """Return the end of what was printed, at most 64 KiB; after `close` as it was then. From any thread."""
        with self._guard:
            return self._last_text if self._file.closed else self._tail()

    def close(self) -> None:
        """Give the file back to the system."""
        with self._guard:
            if not self._file.closed:
                self._last_text = self._tail()
                self._file.close()

    def _tail(self) -> str:
        size = os.fstat(self._file.fileno()).st_size
        if not size:
            return ""
        tail = os.pread(self._file.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        return tail.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
