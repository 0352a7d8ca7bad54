"""What a worker has open."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jobboy import JobBoy, bootstrap
from jobboy.worker import WorkerSettings
from jobboy.worker.worker import WorkerState
from tests.unit.bench import Bench


def test_a_worker_that_is_never_started_has_nothing_open(bench: Bench) -> None:
    before = len(os.listdir("/dev/fd"))
    worker = bootstrap.make_worker(bench.adapters, bench.jobs.registry, WorkerSettings())
    assert len(os.listdir("/dev/fd")) == before
    assert worker.stop()


def test_p10_a_worker_whose_database_is_gone_says_so_and_ends_in_order(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "jobs.db"
    jobs = JobBoy(f"sqlite:///{path}")
    worker = jobs.worker(slots=1)
    worker.start()
    path.rename(tmp_path / "moved.db")
    patience = time.monotonic() + 60
    while "no sweep for the stuck now" not in caplog.text and time.monotonic() < patience:
        time.sleep(0.01)
    assert worker.stop()
    assert worker.state is WorkerState.STOPPED
    assert f"no sweep for the stuck now: {path} is no longer the file that was opened" in caplog.text
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    jobs.close()
