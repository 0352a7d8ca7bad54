"""Standard output and error as a program may find them: closed, full, without a reader, or without Unicode."""

from __future__ import annotations

import errno
import os
import sys
from typing import TextIO

_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def make_writable() -> None:
    """Let what is printed to a closed stream go nowhere, and what an encoding does not have be told by number."""
    if sys.stdout is None:  # as after `>&-`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for the life of the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for the life of the program
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def speaks_unicode() -> bool:
    """Say whether standard output can show more than ASCII."""
    return (sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf")


def cannot_be_written(error: OSError) -> bool:
    """Say whether an error is one of writing, to a stream whose disk is full or broken."""
    return error.errno in _UNWRITABLE and error.filename is None


def give_up(stream: TextIO) -> None:
    """Drop what is still to be written: Python would try it at exit, and complain or end with another exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
