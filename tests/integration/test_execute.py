"""Programs that iterate without a worker take up what a program that died had in hand, as workers do."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobboy import JobBoy
from jobboy.cli.program import program

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


CALL = [sys.executable, "-m", "jobboy", "--app", "dying:jobs", "--json", "execute", "once", "--key", "k"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the app, where a program has died with its process in hand."""
    (tmp_path / "dying.py").write_text(APP, encoding="utf-8")
    assert subprocess.run(CALL, cwd=tmp_path, capture_output=True).returncode == -9
    return tmp_path


def test_a_second_execute_goes_on_with_what_the_first_one_died_of(folder: Path) -> None:
    second = subprocess.run([*CALL, "--timeout", "2m"], cwd=folder, capture_output=True, text=True)

    assert second.returncode == 0, second.stderr
    assert '"attempt": 2' in second.stdout


def test_an_iteration_maker_goes_on_with_what_died_before_it_was_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "dying", raising=False)
    jobs = importlib.import_module("dying").jobs

    with jobs.iteration_maker() as maker:
        assert maker.work().has_worked

    (process,) = jobs.list()
    assert (process.status, process.output) == ("completed", {"attempt": 2})
    jobs.close()


def test_without_app_and_worker_it_says_what_it_waits_for(tmp_path: Path) -> None:
    jobs = JobBoy(f"sqlite:///{tmp_path / 'jobs.db'}")
    jobs.steps("once").step(lambda data: data, name="work")
    jobs.start("once")
    jobs.close()

    called = CliRunner().invoke(program, ["--database", jobs.database, "execute", "once", "--timeout", "0.01"])

    assert called.exit_code == 1
    assert called.stderr.splitlines()[0] == (
        "jobboy: no app is named to do it here, and no worker is alive: it waits until one is started"
    )
    assert "it stays, and goes on when a worker takes it" in called.stderr
