"""Keeps the terminal to the screen alone: what anybody else prints or logs goes to a file."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_state_path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_folder() -> Path:
    """Return a folder for logs that only this user can read; a temporary one where there is no home."""
    folder = user_state_path("jobboy-console")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:  # a home that is missing or read-only must not keep anyone from looking
        pass
    return Path(tempfile.mkdtemp(prefix="jobboy-console-"))


def log_path() -> Path:
    """Return the file that takes what this program prints and logs while the screen has the terminal."""
    return _log_paths[-1] if _log_paths else user_state_path("jobboy-console") / "console.log"


_log_paths: list[Path] = []


class _Terminal(io.TextIOWrapper):
    """A terminal that may be closed meanwhile: what is written then is lost, and the console ends in order."""

    def write(self, text: str) -> int:
        """Write, or lose the text."""
        with contextlib.suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or lose what was not."""
        with contextlib.suppress(OSError):
            super().flush()


@contextlib.contextmanager
def guarded(log: Path) -> Iterator[None]:
    """Send descriptors 1 and 2 and all logging to `log`, while Textual keeps copies of the terminal.

    Textual writes to ``sys.__stderr__``; everything else, native libraries and child programs included, writes to
    the descriptors.
    """
    kept = sys.__stdout__, sys.__stderr__
    terminal = [os.dup(1), os.dup(2)]
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logging.FileHandler(log, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    others = root.handlers[:]
    streams = [_Terminal(os.fdopen(os.dup(number), "wb"), encoding="utf-8") for number in terminal]
    root.handlers[:] = [handler]
    _log_paths.append(log)
    try:
        sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]  # Textual looks for the terminal there
        for number in (1, 2):
            os.dup2(file, number)
        yield
    finally:
        _log_paths.remove(log)
        for number, original in zip((1, 2), terminal, strict=True):
            os.dup2(original, number)
            os.close(original)
        sys.__stdout__, sys.__stderr__ = kept  # type: ignore[misc]  # put back as it was
        root.handlers[:] = others
        handler.close()
        os.close(file)
        for stream in streams:
            with contextlib.suppress(OSError, ValueError):  # a terminal that is gone cannot be flushed
                stream.close()
