"""From how many places the threads of a worker take their memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
from jobboy.worker.allocator import share_one_arena
print(share_one_arena(), flush=True)
together = threading.Barrier(4)
def take():
    together.wait()
    kept = [bytes(10_000) for _ in range(100)]
    together.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""
glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")


def arenas(**environment: str) -> tuple[str, int]:
    """Return what the program printed, and how many arenas its threads have used."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=inherited | environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.strip(), done.stderr.count("Arena ")


@glibc
def test_all_threads_of_a_worker_share_one_arena() -> None:
    assert arenas() == ("True", 1)


@glibc
def test_the_environment_chooses_first() -> None:
    said, count = arenas(MALLOC_ARENA_MAX="3")
    assert said == "False"
    assert 1 < count <= 3
