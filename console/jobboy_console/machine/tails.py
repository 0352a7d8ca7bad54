"""Reads the end of a text file that another program may be writing."""

from __future__ import annotations

import os
from pathlib import Path

MOST_BYTES = 512 * 1024
"""Bytes of a file that are read: its end."""


def end_of_file(path: Path, *, most: int = MOST_BYTES) -> tuple[list[str], int]:
    """Return the last lines of a file and how many bytes before them are not shown; none when it is not there.

    Raises:
        ValueError: saying in words why it cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = max(size - most, 0)
            file.seek(start)
            content = file.read(most)
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    if start:
        cut = content.find(b"\n") + 1
        content, start = content[cut:], start + cut
    text = content.decode("utf-8", "replace").rstrip("\n")
    return text.split("\n") if text else [], start
