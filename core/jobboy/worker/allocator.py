"""How memory is handed out in a program that is nothing but a worker."""

from __future__ import annotations

import ctypes
import os
import sys

_ARENA_MAX = -8
"""``M_ARENA_MAX`` of glibc."""


def share_one_arena() -> bool:
    """Let all threads take memory from one place; to be called before there are any.

    By itself glibc gives each thread an arena of its own, up to eight a core, and what is freed in one serves no
    other thread: a worker's memory then rises with the number of its slots for as long as it works. Returns whether
    it was done: not where the C library is another, or the environment has chosen already.
    """
    if not sys.platform.startswith("linux") or {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"} & os.environ.keys():
        return False
    library = ctypes.CDLL(None)
    return hasattr(library, "gnu_get_libc_version") and bool(library.mallopt(_ARENA_MAX, 1))
