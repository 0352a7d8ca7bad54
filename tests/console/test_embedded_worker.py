"""The real worker of a console: paused alone, killed with -9, and started again from its screen."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobboy import JobBoy
from jobboy_console.app import ConsoleApp
from jobboy_console.gateway import Gateway
from jobboy_console.running.embedded import ProcessWorker
from tests.console.conftest import Console
from tests.integration.apps import said


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[JobBoy]:
    said.jobs.database = f"sqlite:///{tmp_path / 'jobs.db'}"
    yield said.jobs
    said.jobs.database = None


async def test_a_worker_is_paused_killed_and_started_again_from_its_screen(jobs: JobBoy, tmp_path: Path) -> None:
    operations = jobs.operations("operator:ada@test")
    worker = ProcessWorker(str(jobs.database), "tests.integration.apps.said:jobs", tmp_path / "worker.log")
    app = ConsoleApp(Gateway(operations), worker=worker)
    try:
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            console = Console(app, pilot)
            await console.settle()
            await console.press("f2")
            await console.until_shown("● alive")
            await console.press("H", "y")
            await console.until_shown("H lets it go on")
            await console.until(lambda: "is paused" in (tmp_path / "worker.log").read_text())
            waiting = jobs.start("said")
            killed = worker.pid()
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            await console.until_shown("ENDED (signal SIGKILL)")
            assert jobs.get(waiting).status == "starting", "a paused worker takes nothing in hand"
            await console.until_shown("✗ died")
            await console.press("S", "y")
            await console.until(lambda: jobs.get(waiting).status == "completed")
            assert worker.pid() not in (None, killed)
            await console.press("E", "y")
            await console.until(lambda: worker.pid() is None)
            await console.until_shown("stopped")
    finally:
        worker.stop()
