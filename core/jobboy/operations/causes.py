"""How a program died, in words for people; pure. The words hold text from data: show them like any such text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FATAL = "Fatal Python error"
_CRASHED = re.compile(r"StepCrashed: step '.*?' (?:died: )?")


def death_words(cause: Mapping[str, Any] | None) -> str:
    """Say how it died: ``killed by SIGSEGV``, ``exit code 3``, ``its worker died``; empty when nothing is known."""
    if not cause:
        return ""
    if cause.get("signal"):
        return f"killed by {cause['signal']}"
    if cause.get("exit_code") is not None:
        return f"exit code {cause['exit_code']}"
    match cause.get("kind"):
        case "holder died":
            return "its worker died"
        case "stopped":
            return f"stopped: {cause.get('why')}"
        case "not started":
            return f"could not be started: {cause.get('why')}"
        case other:
            return str(other or "died")


def cause_words(cause: Mapping[str, Any] | None) -> str:
    """Say how and which program died: ``killed by SIGSEGV, attempt 2, pid 123``."""
    if not cause:
        return ""
    where = [f"{name} {cause[name]}" for name in ("attempt", "pid") if cause.get(name)]
    return ", ".join([death_words(cause), *where])


def short_cause(cause: Mapping[str, Any]) -> str:
    """Say how it died where there is little room: ``SIGSEGV in parse``, ``exit 3 in load``."""
    if cause.get("signal"):
        how = str(cause["signal"])
    elif cause.get("exit_code") is not None:
        how = f"exit {cause['exit_code']}"
    else:
        how = death_words(cause).removeprefix("its ")
    return f"{how} in {cause['step']}" if cause.get("step") else how


def short_error(error: str) -> str:
    """Return an error without the words that only say again which step crashed."""
    return _CRASHED.sub("", error, count=1) if _CRASHED.match(error) else error


def last_lines(cause: Mapping[str, Any] | None) -> list[str]:
    """Return what the program printed last; empty when nothing is known."""
    lines = (cause or {}).get("last_lines")
    return [str(line) for line in lines] if isinstance(lines, list) else []


def last_words(lines: list[str]) -> str:
    """Return the line that says most: the last fatal message, else the last line that is not blank."""
    for line in reversed(lines):
        if line.startswith(_FATAL):
            return line
    return next((line for line in reversed(lines) if line.strip()), "")
