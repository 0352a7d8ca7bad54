"""What a definition may be given: what breaks a rule is refused where it stands, not by the worker that meets it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jobboy.errors import InvalidDefinition

LONGEST = timedelta(days=36_500)
"""Longer times end after the last date there is."""
_NOTHING = timedelta(0)


def check_time(value: object, field: str, *, or_nothing: bool = False) -> None:
    """Refuse what is no length of time, or one that no date can be moved by.

    Args:
        value: what was given.
        field: the name the error gives.
        or_nothing: a time of 0 will do.

    Raises:
        InvalidDefinition: naming the field and the rule.
    """
    if not isinstance(value, timedelta):
        raise InvalidDefinition(field, f"must be a timedelta, such as timedelta(minutes=10), not {value!r}")
    if value > LONGEST or value < _NOTHING or (value == _NOTHING and not or_nothing):
        least = "from 0" if or_nothing else "more than 0, up"
        raise InvalidDefinition(field, f"must be {least} to {LONGEST.days:,} days, not {value}")


def check_count(value: object, field: str, *, least: int = 0) -> None:
    """Refuse what is no whole number, or too small a one.

    Raises:
        InvalidDefinition: naming the field and the rule.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidDefinition(field, f"must be a whole number from {least}, not {value!r}")


def check_factor(value: object, field: str) -> None:
    """Refuse what a time cannot be multiplied by.

    Raises:
        InvalidDefinition: naming the field and the rule.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and math.isfinite(value) and value > 0):  # type: ignore[arg-type,operator]  # seen just before
        raise InvalidDefinition(field, f"must be a number above 0, not {value!r}")


def check_function(function: Callable[..., Any], whose: str, *, may_be_async: bool = False) -> None:
    """Refuse a function whose call only makes a generator or a coroutine, so that none of it would run.

    Raises:
        InvalidDefinition: naming whose it is and the rule.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise InvalidDefinition(whose, "must return, not yield: a generator does nothing when it is called")
    if inspect.iscoroutinefunction(function) and not may_be_async:
        raise InvalidDefinition(whose, "must not be async: steps may be; all else can call asyncio.run(...)")
