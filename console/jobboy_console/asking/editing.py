"""Lets the operator's own editor change a text, in a private file that is gone afterwards."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MAX_BYTES = 2_000_000
"""More is not read back: it cannot be an answer."""


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """Return the words of the editor's command: ``$VISUAL``, else ``$EDITOR``, else ``vi``.

    Raises:
        ValueError: the variable cannot be read as words of a shell.
    """
    for name in ("VISUAL", "EDITOR"):
        text = environment.get(name, "").strip()
        if text:
            try:
                return shlex.split(text)
            except ValueError as error:
                raise ValueError(f"${name} cannot be read: {error}") from error
    return ["vi"]


def edit_text(text: str, *, suffix: str = ".json") -> str:
    """Open a text in the editor on this terminal, wait for its end, and return what was written.

    For while the screen is suspended; blocks. The file lies in a folder of its own, which only its owner may enter,
    and both are removed whatever happens. An interrupt by the keyboard is the editor's.

    Raises:
        ValueError: in words: there is no such editor, it failed, or it left no text.
    """
    command = editor_command(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="jobboy-answer-", ignore_cleanup_errors=True) as folder:
            file = Path(folder, f"answer{suffix}")
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as writer:
                writer.write(text + "\n")
            with _interrupts_left_to_it():
                code = _run([*command, str(file)])
            if code != 0:
                raise ValueError(f"{command[0]} {_ended(code)}: what you had stays")
            return _read(file)
    except FileNotFoundError as error:
        raise ValueError(f"there is no editor {command[0]!r}: set $VISUAL or $EDITOR") from error
    except OSError as error:
        raise ValueError(f"{command[0]} cannot be used: {error.strerror or error}") from error


def _run(command: list[str]) -> int:
    """Run it on the terminal of the screen: standard output may lead elsewhere, and descriptors 1 and 2 to a log."""
    terminal = sys.__stderr__
    return subprocess.run(command, stdin=sys.__stdin__, stdout=terminal, stderr=terminal, check=False).returncode


def _read(file: Path) -> str:
    try:
        with file.open("rb") as reader:
            content = reader.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"what was written cannot be read ({error.strerror}): what you had stays") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"what was written is longer than {MAX_BYTES:,} bytes: what you had stays")
    try:
        return content.decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise ValueError("what was written is not UTF-8 text: what you had stays") from error


def _ended(code: int) -> str:
    return f"ended with {code}" if code > 0 else f"was ended by signal {-code}"


@contextmanager
def _interrupts_left_to_it() -> Iterator[None]:
    """Let interrupts by the keyboard reach the editor only: by handlers, which a new program does not inherit."""
    kept = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
