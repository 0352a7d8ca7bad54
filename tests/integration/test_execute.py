"""`execute` where no worker lives: it does the work of all, also of a program that died with a process in hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

APP = """
import os
import signal

from jobboy import JobBoy

jobs = JobBoy()
once = jobs.steps("once")


@once.step
def work(data, process):
    if process.attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"attempt": process.attempt}
"""


def test_a_second_execute_goes_on_with_what_the_first_one_died_of(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    call = [sys.executable, "-m", "jobboy", "--app", "app:jobs", "--json", "execute", "once", "--key", "k"]

    first = subprocess.run(call, cwd=tmp_path, capture_output=True)
    second = subprocess.run([*call, "--timeout", "2m"], cwd=tmp_path, capture_output=True, text=True)

    assert first.returncode == -9
    assert second.returncode == 0, second.stderr
    assert '"attempt": 2' in second.stdout
