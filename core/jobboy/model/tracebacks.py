"""Tracebacks for people: they begin where their own code begins."""

from __future__ import annotations

import traceback
from types import TracebackType

MAX_LENGTH = 20_000
"""Characters that are kept: the end, where the cause stands."""


def readable_traceback(error: BaseException, *, own_package: str = "jobboy") -> str:
    """Write an error with its causes, without our own frames above the first foreign one."""
    lines = traceback.format_exception(type(error), error, their_frames(error, own_package=own_package))
    return "".join(lines)[-MAX_LENGTH:]


def their_frames(error: BaseException, *, own_package: str = "jobboy") -> TracebackType | None:
    """Return the traceback of an error from its first foreign frame on; whole where it has none."""
    trace = error.__traceback__
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        is_own = name.partition(".")[0] == own_package and not name.startswith(f"{own_package}.demo")
        if not is_own:
            return trace
        trace = trace.tb_next
    return error.__traceback__
