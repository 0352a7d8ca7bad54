"""What must be known of a machine to judge figures that were measured on it."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path

from jobboy.storage.driver import driver

DISK_SECONDS = 1.0
_BLOCK = b"\0" * 4096


def describe(folder: Path) -> dict[str, str]:
    """Return processor, system, versions, and how often a second the disk under a folder can be waited for."""
    return {
        "processor": f"{_processor()} ({os.cpu_count()} cores)",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": str(driver().sqlite_version),
        "disk": f"{waits_a_second(folder):,.0f} times append 4 KiB and fdatasync a second",
    }


def waits_a_second(folder: Path) -> float:
    """Return how often a second 4 KiB can be appended to a file and made durable."""
    with tempfile.TemporaryFile(dir=folder) as file:
        sync = getattr(os, "fdatasync", os.fsync)
        done, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < DISK_SECONDS:
            os.write(file.fileno(), _BLOCK)
            sync(file.fileno())
            done += 1
    return done / spent


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
