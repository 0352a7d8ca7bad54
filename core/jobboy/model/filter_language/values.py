"""Values of filters read from text: durations, dates, numbers, truth."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhdw])")
_DURATION = re.compile(rf"(?:{_PART.pattern}){{1,5}}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2})(:[0-9]{2})?Z?)?")
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}

UNITS = "s m h d w"


def read_duration(text: str) -> timedelta | None:
    """Read a duration such as ``90s``, ``1.5h`` or ``1h30m``; None for anything else."""
    if not _DURATION.fullmatch(text):
        return None
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)))


def read_number(text: str) -> int | float | None:
    """Read a decimal number; None for anything else."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    return float(text) if found[1] else int(text)


def read_truth(text: str) -> bool | None:
    """Read yes, no, true or false; None for anything else."""
    return _TRUTH.get(text)


def read_date(text: str) -> tuple[datetime, datetime] | None:
    """Read a date in UTC and return where it begins and ends: a day, a minute or a second; None for anything else."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    day, minute, second = found.groups()
    try:
        start = datetime.fromisoformat(day + (f"T{minute}{second or ''}" if minute else "")).replace(tzinfo=UTC)
        return start, start + _span(minute, second)
    except (ValueError, OverflowError):
        return None


def _span(minute: str | None, second: str | None) -> timedelta:
    if minute is None:
        return timedelta(days=1)
    return timedelta(minutes=1) if second is None else timedelta(seconds=1)
