"""Tracebacks for people: they begin where their own code begins."""

from __future__ import annotations

import traceback
from types import TracebackType

MAX_LENGTH = 20_000
"""Characters that are kept: the end, where the cause stands."""


def readable_traceback(error: BaseException, *, own_package: str = "jobboy") -> str:
    """Write an error with its causes, without our own frames above the first foreign one."""
    trimmed = _from_foreign(error.__traceback__, own_package)
    lines = traceback.format_exception(type(error), error, trimmed or error.__traceback__)
    return "".join(lines)[-MAX_LENGTH:]


def _from_foreign(trace: TracebackType | None, own_package: str) -> TracebackType | None:
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        is_own = name.partition(".")[0] == own_package and not name.startswith(f"{own_package}.demo")
        if not is_own:
            return trace
        trace = trace.tb_next
    return None
