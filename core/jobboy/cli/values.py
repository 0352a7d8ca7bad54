"""Values as they are typed: durations, and JSON objects given in place, in a file or through a pipe."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import Any

from jobboy.errors import InvalidValue
from jobboy.model.json_rules import MAX_BYTES, read_json_object

_SECONDS_OF_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhdw])+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw])")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DURATION_RULE = "must be a duration such as 30s, 10m, 2h, 90d or 1h30m"


def read_duration(text: str, field: str) -> timedelta:
    """Read a duration; every number needs its unit, so that 90 is never taken for days or seconds by mistake.

    Raises:
        InvalidValue: for anything else, and for more than a timedelta holds.
    """
    if not _DURATION.fullmatch(text):
        raise InvalidValue(field, f"{_DURATION_RULE}, not {text!r}")
    seconds = sum(float(number) * _SECONDS_OF_UNIT[unit] for number, unit in _PART.findall(text))
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise InvalidValue(field, f"is longer than {timedelta.max.days:,} days") from error


def read_seconds(text: str, field: str) -> timedelta:
    """Read a number of seconds, or a duration.

    Raises:
        InvalidValue: like `read_duration`.
    """
    return read_duration(f"{text}s" if _SECONDS.fullmatch(text) else text, field)


def read_object(text: str, field: str) -> dict[str, Any]:
    """Read a JSON object: the text itself, ``@FILE`` for a file that holds it, or ``@-`` for standard input.

    Raises:
        InvalidValue: when the file cannot be read, or what is in it is no JSON object that can be kept.
    """
    if not text.startswith("@"):
        return read_json_object(text, field)
    if text == "@-":
        return read_json_object(sys.stdin.buffer.read(MAX_BYTES + 1), field)
    try:
        with open(text[1:], "rb") as file:
            return read_json_object(file.read(MAX_BYTES + 1), field)
    except (OSError, ValueError) as error:
        if isinstance(error, InvalidValue):
            raise
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidValue(field, f"cannot be read from {text[1:]!r}: {why}") from error
