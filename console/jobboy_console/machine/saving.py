"""Writes text to a file of the operator's choice."""

from __future__ import annotations

import os
from pathlib import Path


def save_text(name: str, text: str) -> str:
    """Write a new file that only its owner can read; returns its full path.

    Raises:
        ValueError: saying in words why it cannot be written; nothing is overwritten.
    """
    if not name.strip() or "\0" in name:
        raise ValueError("a file needs a name")
    try:
        path = Path(name.strip()).expanduser().absolute()
    except RuntimeError as error:  # ~name of somebody who is not known here
        raise ValueError(f"{name.strip()} is no place: {error}") from error
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
    except FileExistsError:
        raise ValueError(f"{path} exists already: choose another name") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from error
    return str(path)
