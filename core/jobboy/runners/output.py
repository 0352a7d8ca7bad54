"""What a child printed: kept in a file without a name, for its last words."""

from __future__ import annotations

import fcntl
import os
import tempfile

_LINES = 20
_LONGEST_LINE = 500
_TAIL_BYTES = 64 * 1024


class Output:
    """A temporary file that a child writes its standard output and error to, each write at its end."""

    def __init__(self) -> None:
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
        size = os.fstat(self._file.fileno()).st_size
        tail = os.pread(self._file.fileno(), _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        text = tail.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return [line[:_LONGEST_LINE] for line in text.split("\n") if line.strip()][-_LINES:]

    def close(self) -> None:
        """Give the file back to the system."""
        self._file.close()
